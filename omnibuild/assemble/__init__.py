"""The language of Python modules: typed parts and expressions to text, and the way back to the spec."""
