"""Decide how many boxes the lines of an order need."""
