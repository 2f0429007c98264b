"""What leaves the store: what nothing needs, what cannot be read, and what was unused longest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from omnibuild.adapters.store_index import KeptTrace, StoreIndex, index
from omnibuild.adapters.store_rows import Progress, Row, StoreError, StoreRows, opened, remove_store


@dataclass(frozen=True, slots=True)
class Evicted:
    """What left the store: how many traces, contents and files of no entry, how many bytes; and the bytes left.

    `unreadable` says why the whole store had to go, if it had.
    """

    traces: int = 0
    contents: int = 0
    files: int = 0
    freed: int = 0
    left: int = 0
    unreadable: str = ""


def make_room(folder: Path, max_size: int) -> Evicted:
    """Evict what is damaged, then the traces that were unused longest, with what only they use, down to a size.

    Raises StoreError if the database cannot be read.
    """
    with opened(folder) as rows:
        if rows is None:
            return Evicted()
        before = rows.volume()
        found = index(rows)
        damaged = [row for row, _ in found.damaged]
        excess = before - max_size - sum(it.size for it in damaged)
        gone = [*damaged, *_oldest(found, excess)]
        rows.remove([*gone, *_behind(found, gone)])
        return _evicted(gone, before, rows.volume())


def collect(folder: Path, max_size: int, said: Progress | None = None) -> Evicted:
    """Evict what nothing needs and what is damaged, then down to a size. Raises OSError, StoreError.

    What nothing needs: traces that have lost contents, contents that no trace uses, and files that no entry names.
    A store that cannot be read goes as a whole.
    """
    try:
        with opened(folder) as rows:
            return _collected(rows, max_size, said) if rows is not None else Evicted()
    except StoreError as error:
        before = sum(it.stat().st_size for it in folder.rglob("*") if it.is_file())
        remove_store(folder)
        return Evicted(freed=before, unreadable=str(error))


def verify(folder: Path, said: Progress | None = None, *, repair: bool = False) -> tuple[int, list[str]]:
    """Read every entry; return how many there are and what is damaged, which `repair` removes. Raises OSError.

    A database that cannot be read is one damage, and goes as a whole.
    """
    try:
        with opened(folder) as rows:
            if rows is None:
                return 0, []
            rows.check()
            found = index(rows, said)
            if repair:
                rows.remove([row for row, _ in found.damaged])
            return len(rows) + len(found.damaged) * repair, [why for _, why in found.damaged]
    except StoreError as error:
        if repair:
            remove_store(folder)
        return 0, [f"the database cannot be read: {error}"]


def _collected(rows: StoreRows, max_size: int, said: Progress | None) -> Evicted:
    before = rows.volume()
    found = index(rows, said)
    useless = [it.row for it in found.incomplete()]
    found.traces = [it for it in found.traces if it.row not in useless]
    unused = found.unused()
    useless += [*unused.values(), *(row for row, _ in found.damaged), *found.dangling()]
    rows.remove(useless)
    for digest in unused:
        del found.contents[digest]
    old = list(_oldest(found, rows.volume() - max_size))
    rows.remove([*old, *_behind(found, old)])
    orphans = [_remove(it) for it in list(rows.orphans())]
    return replace(_evicted([*useless, *old], before + sum(orphans), rows.volume()), files=len(orphans))


def _oldest(found: StoreIndex, excess: int) -> Iterator[Row]:
    """Yield what to evict until `excess` bytes are gone: what was used longest ago first."""
    users = found.users
    waiting: list[tuple[float, int, KeptTrace | Row]] = [(it.row.used, it.row.number, it) for it in found.traces]
    waiting += [(it.used, it.number, it) for it in found.unused().values()]
    for _, _, it in sorted(waiting, key=lambda entry: entry[:2]):
        if excess <= 0:
            return
        alone = [] if isinstance(it, Row) else [*_released(found, it, users)]
        for row in [it if isinstance(it, Row) else it.row, *alone]:
            excess -= row.size
            yield row


def _released(found: StoreIndex, trace: KeptTrace, users: dict[str, int]) -> Iterator[Row]:
    """Yield the contents that nothing uses any more when a trace goes."""
    for digest in sorted(trace.uses):
        users[digest] -= 1
        if not users[digest] and digest in found.contents:
            yield found.contents[digest]


def _behind(found: StoreIndex, gone: Iterable[Row]) -> list[Row]:
    """Return the entries that name a last trace which is about to go."""
    numbers = {it.number for it in gone}
    found.traces = [it for it in found.traces if it.row.number not in numbers]
    return found.dangling()


def _remove(file: Path) -> int:
    size = file.stat().st_size
    file.unlink(missing_ok=True)
    return size


def _evicted(gone: list[Row], before: int, after: int) -> Evicted:
    words = [it.words[:1] for it in gone]
    traces, contents = words.count(("trace",)), words.count(("content",))
    return Evicted(traces, contents, freed=max(0, before - after), left=after)
