"""Tests of ticket."""
