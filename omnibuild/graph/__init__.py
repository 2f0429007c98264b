"""The nodes in order, and what each needs of which other.

`resolve` makes the graph, `selection` picks from it, `picture` draws it.
"""
