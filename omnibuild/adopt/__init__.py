"""Specs of nodes that exist already: their code is read, never imported."""
