"""One test module a gate."""
