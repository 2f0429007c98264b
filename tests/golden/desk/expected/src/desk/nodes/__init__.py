"""The nodes of desk."""
