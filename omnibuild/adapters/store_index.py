"""What the store holds, as a whole: which trace uses which contents, and which entries are damaged."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from omnibuild.adapters.store_entry import read_content, read_trace
from omnibuild.adapters.store_rows import Progress, Row, StoreError, StoreRows, opened, progressing

_KEY = re.compile(rb"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class KeptTrace:
    """A trace of the store: its entry, its node and key, and the digests of its contents."""

    row: Row
    node: str
    key: str
    uses: frozenset[str]


@dataclass(slots=True)
class StoreIndex:
    """The sound entries of a store by what they are, and the damaged ones with why; values are left out."""

    traces: list[KeptTrace] = field(default_factory=list)
    contents: dict[str, Row] = field(default_factory=dict)
    latest: list[tuple[Row, str, str]] = field(default_factory=list)
    """The entry, the node, and the key of the trace that was kept last for it."""
    damaged: list[tuple[Row, str]] = field(default_factory=list)

    @property
    def nodes(self) -> frozenset[str]:
        """The nodes that have traces, without what stands for the files around them."""
        return frozenset(it.node for it in self.traces if it.node.isidentifier())

    @property
    def users(self) -> Counter[str]:
        """How many traces use each content."""
        return Counter(digest for it in self.traces for digest in it.uses)

    def incomplete(self) -> list[KeptTrace]:
        """Return the traces that have lost contents."""
        return [it for it in self.traces if not it.uses <= self.contents.keys()]

    def unused(self) -> dict[str, Row]:
        """Return the contents that no trace uses."""
        users = self.users
        return {digest: row for digest, row in self.contents.items() if digest not in users}

    def dangling(self) -> list[Row]:
        """Return the entries that name a last trace which is gone."""
        known = {(it.node, it.key) for it in self.traces}
        return [row for row, node, key in self.latest if (node, key) not in known]


@dataclass(frozen=True, slots=True)
class Census:
    """How many of what a store holds, and how many bytes that takes; `unreadable` says why nobody knows."""

    entries: int = 0
    traces: int = 0
    nodes: int = 0
    contents: int = 0
    shared: int = 0
    unused: int = 0
    damaged: int = 0
    used: int = 0
    unreadable: str = ""


def census(folder: Path, said: Progress | None = None) -> Census:
    """Count what the store of a folder holds."""
    try:
        with opened(folder) as rows:
            if rows is None:
                return Census()
            found = index(rows, said)
            return Census(
                entries=len(rows),
                traces=len(found.traces),
                nodes=len(found.nodes),
                contents=len(found.contents),
                shared=sum(number > 1 for number in found.users.values()),
                unused=len(found.unused()),
                damaged=len(found.damaged),
                used=rows.volume(),
            )
    except StoreError as error:
        return Census(unreadable=str(error))


def index(rows: StoreRows, said: Progress | None = None) -> StoreIndex:
    """Read every entry and check its digest. Raises StoreError if the database cannot be read."""
    found = StoreIndex()
    for row in progressing(rows, said):
        try:
            _take(row, found)
        except (ValueError, RecursionError) as error:
            found.damaged.append((_light(row), f"{_name(row)} is damaged: {error}"))
    return found


def _take(row: Row, found: StoreIndex) -> None:
    if isinstance(row.value, ValueError):
        raise row.value
    match row.words:
        case ("content", digest):
            read_content(row.value, digest)
            found.contents[digest] = _light(row)
        case ("trace", node, key):
            uses = frozenset(it for _, it in read_trace(row.value, node, key).files)
            found.traces.append(KeptTrace(_light(row), node, key, uses))
        case ("latest", node):
            if not _KEY.fullmatch(row.value):
                raise ValueError("it names no trace")
            found.latest.append((_light(row), node, row.value.decode()))
        case _:
            raise ValueError("its key is none of omnibuild's")


def _light(row: Row) -> Row:
    return replace(row, value=b"")


def _name(row: Row) -> str:
    match row.words:
        case ("content", digest):
            return f"the content {digest[:12]}"
        case ("trace", node, key):
            return f"the trace {key[:12]} of {node}"
        case ("latest", node):
            return f"the name of the last trace of {node}"
        case _:
            return f"entry {row.number}"
