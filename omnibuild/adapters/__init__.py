"""Where the world is: every adapter implements one port of `omnibuild.core.ports`.

Disk, processes, caches and installed packages are touched here and nowhere else. Importing an
adapter is cheap: what is heavy is imported by the functions that need it.
"""
