"""Taking over nodes that people already have: from contracts and the Python beside them to specs."""
