"""Models that several nodes use."""
