"""The life of a ticket, from new to closed."""
