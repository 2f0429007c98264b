from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from omnibuild.adapters.store import DiskCache
from omnibuild.adapters.store_eviction import collect, make_room, verify
from omnibuild.adapters.store_index import census
from omnibuild.core.values import Manifest, Problem, Trace, digest

LARGE = 1 << 30
LONG = 50_000
"""Longer than what the database holds itself: such a content has a file."""


def keep(folder: Path, node: str, *texts: str, key: str = "1", kept: tuple[str, ...] | None = None) -> Trace:
    """Keep a trace of these texts, or with some of them lacking."""
    files = {f"{number}.py": text for number, text in enumerate(texts)}
    entries = tuple((path, digest(text)) for path, text in files.items())
    trace = Trace(Manifest(node, (("spec", key),)), entries, ())
    cache = DiskCache(folder, LARGE, fail)
    cache.keep(trace, {path: text for path, text in files.items() if kept is None or text in kept})
    cache.close()
    return trace


def fail(problem: Problem) -> None:
    raise AssertionError(problem)


def has(folder: Path, trace: Trace) -> bool:
    """Return whether a store has a trace and all its contents."""
    cache = DiskCache(folder, LARGE, fail)
    found = cache.trace(trace.manifest.node, trace.manifest.key)
    whole = found == trace and all(cache.content(it) is not None for _, it in trace.files)
    cache.close()
    return whole


def execute(folder: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(folder / "cache.db") as database:
        assert database.execute(statement, values).rowcount
    database.close()


def test_a_census_counts_what_there_is(tmp_path: Path) -> None:
    keep(tmp_path, "a", "shared", "own")
    keep(tmp_path, "a", "shared", key="2")
    keep(tmp_path, "b", "B" * LONG)
    keep(tmp_path, ".", "around")
    execute(tmp_path, "DELETE FROM Cache WHERE key = ?", f"trace b {Manifest('b', (('spec', '1'),)).key}")
    execute(tmp_path, "UPDATE Cache SET value = 'x' WHERE key = ?", f"content {digest('around')}")

    found = census(tmp_path)

    assert (found.entries, found.traces, found.nodes) == (10, 3, 1)
    assert (found.contents, found.shared, found.unused, found.damaged) == (3, 1, 1, 1)
    assert LONG < found.used < 4 * LONG
    assert found.unreadable == ""


def test_to_be_counted_is_not_to_be_used(tmp_path: Path) -> None:
    old = keep(tmp_path, "old", "O" * LONG)
    time.sleep(0.01)
    new = keep(tmp_path, "new", "N" * LONG)
    execute(tmp_path, "UPDATE Cache SET access_time = 1 WHERE key LIKE 'trace old%'")
    census(tmp_path)
    verify(tmp_path)

    make_room(tmp_path, 100_000)

    assert not has(tmp_path, old)
    assert has(tmp_path, new)


def test_nothing_is_counted_where_there_is_no_store(tmp_path: Path) -> None:
    assert census(tmp_path / "none").entries == 0
    assert collect(tmp_path / "none", 0).freed == 0
    assert verify(tmp_path / "none") == (0, [])
    assert not (tmp_path / "none").exists()


def test_what_was_unused_longest_goes_first_and_shared_contents_stay(tmp_path: Path) -> None:
    old = keep(tmp_path, "old", "S" * LONG, "O" * LONG)
    new = keep(tmp_path, "new", "S" * LONG, "N" * LONG)
    execute(tmp_path, "UPDATE Cache SET access_time = 1 WHERE key LIKE 'trace old%'")

    done = collect(tmp_path, 150_000)

    assert has(tmp_path, new)
    assert not has(tmp_path, old)
    assert (done.traces, done.contents) == (1, 1)
    assert done.freed >= LONG
    assert done.left <= 150_000
    assert census(tmp_path).entries == 4  # the trace, that it is the last, and two contents


def test_room_is_made_down_to_nothing(tmp_path: Path) -> None:
    trace = keep(tmp_path, "a", "A" * LONG, "a")

    make_room(tmp_path, 0)

    assert census(tmp_path).entries == 0
    assert not list(tmp_path.rglob("*.val"))
    assert not has(tmp_path, trace)


def test_what_nothing_needs_goes_though_there_is_room(tmp_path: Path) -> None:
    whole = keep(tmp_path, "whole", "A")
    broken = keep(tmp_path, "broken", "A", "B", "C", kept=("A", "B"))
    orphan = tmp_path / "ab" / "cd" / f"{'0' * 28}.val"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"x" * 1000)
    execute(tmp_path, "UPDATE Cache SET value = ? WHERE key = 'latest whole'", b"\xff")

    done = collect(tmp_path, LARGE)

    assert (done.traces, done.contents, done.files) == (1, 1, 1)
    assert not orphan.exists()
    assert has(tmp_path, whole)
    assert not has(tmp_path, broken)
    assert census(tmp_path).entries == 2
    assert collect(tmp_path, LARGE).freed == 0


def test_progress_is_told(tmp_path: Path) -> None:
    keep(tmp_path, "a", "A", "B")
    told: list[tuple[int, int]] = []

    collect(tmp_path, LARGE, lambda done, total: told.append((done, total)))

    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def flip(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("key", "said"),
    [("content %", "the content "), ("trace %", "of a is damaged"), ("latest %", "the last trace of a is damaged")],
)
def test_every_damaged_entry_is_found_and_repaired(tmp_path: Path, key: str, said: str) -> None:
    keep(tmp_path, "a", "A" * 100)
    with sqlite3.connect(tmp_path / "cache.db") as database:
        [(value,)] = database.execute("SELECT value FROM Cache WHERE key LIKE ?", (key,)).fetchall()
    database.close()
    execute(tmp_path, "UPDATE Cache SET value = ? WHERE key LIKE ?", b"?" if key == "latest %" else flip(value), key)

    entries, damage = verify(tmp_path)

    assert entries == 3
    assert len(damage) == 1
    assert said in damage[0]
    assert verify(tmp_path, repair=True) == (3, damage)
    assert verify(tmp_path) == (2, [])


def test_files_of_contents_are_read_too(tmp_path: Path) -> None:
    keep(tmp_path, "a", "A" * LONG, "B" * LONG)
    first, second = sorted(tmp_path.rglob("*.val"))
    first.write_bytes(flip(first.read_bytes()))
    second.unlink()

    assert len(verify(tmp_path)[1]) == 2
    verify(tmp_path, repair=True)
    assert verify(tmp_path) == (2, [])
    assert not list(tmp_path.rglob("*.val"))


def test_entries_of_others_are_damage(tmp_path: Path) -> None:
    keep(tmp_path, "a", "A")
    execute(tmp_path, "UPDATE Cache SET key = 'thesis' WHERE key LIKE 'latest%'")
    execute(tmp_path, "UPDATE Cache SET raw = 0 WHERE key LIKE 'content%'")
    execute(tmp_path, "UPDATE Cache SET mode = 2, value = NULL, filename = '../../mine' WHERE key LIKE 'trace%'")
    (tmp_path.parent / "mine").write_text("mine")

    assert len(verify(tmp_path)[1]) == 3
    verify(tmp_path, repair=True)
    assert verify(tmp_path) == (0, [])
    assert (tmp_path.parent / "mine").read_text() == "mine"


@pytest.mark.parametrize("damage", ["noise", "other tables", "broken pages"])
def test_a_store_that_cannot_be_read_goes_as_a_whole(tmp_path: Path, damage: str) -> None:
    trace = keep(tmp_path, "a", "A" * LONG, *(f"{number} " * 2_000 for number in range(99)))
    database = tmp_path / "cache.db"
    match damage:
        case "noise":
            database.write_bytes(b"no database" * 1000)
        case "other tables":
            with sqlite3.connect(database) as connection:
                connection.execute("DROP TABLE Cache")
            connection.close()
        case _:
            data = database.read_bytes()
            database.write_bytes(data[:60_000] + b"\xff" * (len(data) - 60_000))

    assert census(tmp_path).unreadable
    [said] = verify(tmp_path)[1]
    assert said.startswith("the database cannot be read: ")
    assert database.exists()
    verify(tmp_path, repair=True)
    assert verify(tmp_path) == (0, [])
    assert not list(tmp_path.rglob("*.val"))
    keep(tmp_path, "a", "A")
    database.write_bytes(b"no database" * 1000)
    assert collect(tmp_path, LARGE).unreadable
    assert not has(tmp_path, trace)
