"""Effects: operations over connectors in order, the resources they need, and the world of an example."""
