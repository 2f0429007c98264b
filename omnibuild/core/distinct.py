"""A name that nothing else has: what to call a thing where its own name is taken."""

from __future__ import annotations

from collections.abc import Container


def distinct(name: str, taken: Container[str]) -> str:
    """Return the name, with the first number behind it that makes it distinct if it is taken."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found
