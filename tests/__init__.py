"""The tests of omnibuild."""
