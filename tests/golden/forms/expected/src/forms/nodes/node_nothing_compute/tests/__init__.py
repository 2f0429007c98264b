"""Tests of nothing."""
