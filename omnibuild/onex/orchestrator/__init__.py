"""Orchestrators: steps that call other nodes, as soon as they can, guarded, repeated and undone."""
