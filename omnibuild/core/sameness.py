"""When two values of JSON are the same: Python takes true for 1."""

from __future__ import annotations

from omnibuild.core.values import Json


def same(one: Json, other: Json) -> bool:
    """Return whether two values are the same, numbers and booleans kept apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(it, other[key]) for key, it in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other
