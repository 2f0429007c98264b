"""Take a value of every type that there is."""
