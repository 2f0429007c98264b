"""What adopted nodes are called in their specs: short, distinct, and the same whatever else is adopted with them."""

from __future__ import annotations

import hashlib
import keyword
import re
from collections import Counter
from collections.abc import Collection, Sequence

from omnibuild.core.values import Kind

LONGEST = 64
"""How long the language lets a name be."""


def node_names(contracts: Sequence[tuple[str, Kind]], taken: Collection[str]) -> list[str]:
    """Return a name for each (contract's name, kind), none of which is taken.

    `node_order_pricer_compute` becomes `order_pricer`; where several would become the same, each keeps its kind.
    """
    short = [usual_name(name, kind) for name, kind in contracts]
    often = Counter(short)
    used = set(taken)
    found: list[str] = []
    for (name, kind), wanted in zip(contracts, short, strict=True):
        candidates = [wanted] if often[wanted] == 1 else []
        candidates += [_fitting(f"{wanted}_{kind.value}"), _fitting(_snake(name))]
        number = 2
        while (it := candidates.pop(0)) in used:
            if not candidates:
                candidates.append(_fitting(f"{wanted}_{number}"))
                number += 1
        used.add(it)
        found.append(it)
    return found


def usual_name(name: str, kind: Kind) -> str:
    """Return what a node is called where no other wants the same name."""
    return _fitting(_snake(name).removeprefix("node_").removesuffix(f"_{kind.value}"))


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")


def _fitting(name: str) -> str:
    """Return a name that the language takes: one that is too long ends in a part of its digest."""
    if not name[:1].isalpha() or keyword.iskeyword(name):
        name = f"node_{name}".rstrip("_")
    if len(name) > LONGEST:
        name = f"{name[: LONGEST - 9].rstrip('_')}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return name
