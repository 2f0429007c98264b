"""Contracts that were there before their specs: how the language says what stands in them, section by section."""
