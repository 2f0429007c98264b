"""Results that are asked for more than once: kept for a while, by the very values that they were made of."""

from __future__ import annotations

from collections.abc import Callable

_MOST = 64


def remembered[One, Other, Result](function: Callable[[One, Other], Result]) -> Callable[[One, Other], Result]:
    """Return a function that gives its last results again, without making them; nobody may change one.

    Arguments are told apart by identity: large values cost too much to hash.
    """
    kept: dict[tuple[int, int], tuple[One, Other, Result]] = {}

    def asked(one: One, other: Other) -> Result:
        key = (id(one), id(other))
        if key not in kept:
            if len(kept) >= _MOST:
                del kept[next(iter(kept))]
            kept[key] = (one, other, function(one, other))
        return kept[key][2]

    return asked
