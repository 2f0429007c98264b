"""Tests of pricer."""
