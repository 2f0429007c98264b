"""The nodes of forms."""
