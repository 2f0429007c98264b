"""Python that is there already: read, looked up and followed, never imported."""
