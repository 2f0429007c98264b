"""The words of the whole program: its values, its events and the ports to the world."""
