"""When a node need not be built again: manifest, key, trace, and the explanation of all three."""
