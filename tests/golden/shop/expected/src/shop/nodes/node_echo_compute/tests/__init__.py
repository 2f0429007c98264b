"""Tests of echo."""
