"""What `out/` holds against what it should hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """What it takes to bring `out/` in step.

    `write` are the files that differ or are missing, `remove` those that no spec makes any more,
    `edited` those of both that hold neither what is wanted nor what omnibuild wrote; `missing` is
    the part of `write` that is not there; `ledger` is what omnibuild will have written.
    """

    write: tuple[str, ...]
    remove: tuple[str, ...]
    edited: tuple[str, ...]
    missing: frozenset[str]
    ledger: Mapping[str, str]
    changed: bool


def compare(
    wanted: Mapping[str, str], ledger: Mapping[str, str], present: Mapping[str, str], in_scope: Callable[[str], bool]
) -> Comparison:
    """Return what it takes; all mappings are path to digest.

    `in_scope` says of a file in the ledger that nothing wants whether this build may remove it: a
    build of a selection leaves other nodes' files alone.
    """
    kept = {path: digest for path, digest in ledger.items() if path not in wanted and not in_scope(path)}
    write = tuple(path for path, digest in wanted.items() if present.get(path) != digest)
    remove = tuple(path for path in ledger if path not in wanted and path not in kept and path in present)
    edited = tuple(path for path in (*write, *remove) if path in present and present[path] != ledger.get(path))
    now = dict(sorted((kept | dict(wanted)).items()))
    missing = frozenset(path for path in write if path not in present)
    return Comparison(write, remove, edited, missing, now, bool(write or remove) or now != dict(sorted(ledger.items())))
