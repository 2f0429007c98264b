from __future__ import annotations

import json
import pickle
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.adapters.store import DiskCache
from omnibuild.cache.trace import from_json, to_json
from omnibuild.core.ports import Cache
from omnibuild.core.values import Json, Level, Manifest, Place, Pointer, Problem, Trace, Verdict, digest

TEXTS = st.text(max_size=8)
LEVELS = st.sampled_from(Level)
PLACES = st.builds(Place, TEXTS, st.integers(1), st.integers(1))
POINTERS = st.builds(
    Pointer, TEXTS, st.integers(0), st.lists(TEXTS | st.integers()).map(tuple), st.booleans(), st.integers(0)
)
PROBLEMS = st.builds(Problem, TEXTS, TEXTS, st.none() | PLACES | POINTERS, TEXTS, TEXTS, LEVELS)
VERDICTS = st.builds(Verdict, TEXTS, LEVELS, st.lists(PROBLEMS, max_size=3).map(tuple))
MANIFESTS = st.builds(Manifest, TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=4).map(tuple))
FILES = st.tuples(st.sampled_from(["a.py", "src/acme/b.py", "ä/.hidden"]), TEXTS.map(digest))
TRACES = st.builds(Trace, MANIFESTS, st.lists(FILES, max_size=3).map(tuple), st.lists(VERDICTS, max_size=3).map(tuple))


def trace_of(node: str = "a", key: str = "1", files: dict[str, str] | None = None) -> Trace:
    problem = Problem("G7", "short", Pointer("specs/a.yaml", 0, ("description", 1), offset=3), level=Level.WARN)
    return Trace(
        Manifest(node, (("spec", key),)),
        tuple((path, digest(text)) for path, text in (files or {}).items()),
        (Verdict("G7", Level.WARN, (problem,)),),
    )


def cache_in(folder: Path, told: list[Problem] | None = None, max_size: int = 1 << 30) -> DiskCache:
    return DiskCache(folder, max_size, (told if told is not None else []).append)


@given(TRACES)
def test_a_trace_survives_the_way_to_json_and_back(trace: Trace) -> None:
    assert from_json(json.loads(json.dumps(to_json(trace)))) == trace


def broken() -> list[Json]:
    def changed(**changes: Json) -> Json:
        value = to_json(trace_of(files={"a": "A"}))
        assert isinstance(value, dict)
        return {**value, **changes}

    problem: Json = {"code": "", "message": "", "at": None, "hint": "", "node": "", "level": "warn"}
    assert isinstance(problem, dict)
    places: list[Json] = [
        3,
        {"file": "a", "line": True, "column": 1},
        {"file": "a", "line": 1},
        {"file": "a", "document": 0, "path": [1.5], "key": False, "offset": 0},
        {"file": "a", "document": 0, "path": [], "key": 0, "offset": 0},
    ]
    return [
        None,
        [],
        {},
        changed(version=2),
        changed(more=1),
        changed(node=None),
        changed(manifest=[["a"]]),
        changed(files=[["a", "not a digest"]]),
        *(changed(files=[[path, digest("")]]) for path in ("../a", "/a", "a/../../b", "", "C:/a", "a\\b", "a\0")),
        changed(verdicts=[["G7", "loud", []]]),
        *(changed(verdicts=[["G7", "warn", [{**problem, "at": at}]]]) for at in places),
    ]


@pytest.mark.parametrize("value", broken())
def test_what_is_no_trace_is_a_value_error(value: Json) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the messages are for no one
        from_json(value)


def test_what_was_kept_is_found_by_the_next_process(tmp_path: Path) -> None:
    files = {"a.py": "x = 'ä'\r\n", "b.py": "#" * 100_000}
    trace = trace_of(files=files)
    first = cache_in(tmp_path / "c")
    first.keep(trace, files)
    first.close()

    told: list[Problem] = []
    cache: Cache = cache_in(tmp_path / "c", told)
    assert cache.trace("a", trace.manifest.key) == trace
    assert [cache.content(it) for _, it in trace.files] == list(files.values())
    assert cache.trace("a", "other") is None
    assert cache.trace("b", trace.manifest.key) is None
    assert cache.content(digest("other")) is None
    assert told == []


def test_the_latest_trace_is_the_one_kept_last(tmp_path: Path) -> None:
    cache = cache_in(tmp_path)
    assert cache.latest("a") is None
    for key in ("1", "2", "1"):
        cache.keep(trace_of(key=key), {})

        assert cache.latest("a") == trace_of(key=key)
    assert cache.latest("b") is None


def test_nothing_is_opened_before_it_is_used(tmp_path: Path) -> None:
    cache_in(tmp_path / "c").close()

    assert not (tmp_path / "c").exists()


def test_a_trace_without_its_contents_is_still_a_trace(tmp_path: Path) -> None:
    cache = cache_in(tmp_path)
    trace = trace_of(files={"a.py": "A"})
    cache.keep(trace, {})

    assert cache.trace("a", trace.manifest.key) == trace
    assert cache.content(digest("A")) is None


def rows(folder: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(folder / "cache.db") as database:
        database.execute(statement, values)
    database.close()


@pytest.mark.parametrize("damage", [b"y = 1\n", b"\xff", None, 10**12, "text"])
def test_damaged_contents_are_missing_and_told_once(tmp_path: Path, damage: object) -> None:
    told: list[Problem] = []
    cache = cache_in(tmp_path, told)
    trace = trace_of(files={"a.py": "x = 1\n"})
    cache.keep(trace, {"a.py": "x = 1\n"})
    rows(tmp_path, "UPDATE Cache SET value = ?", damage)

    assert cache.content(digest("x = 1\n")) is None
    assert cache.trace("a", trace.manifest.key) is None
    assert cache.latest("a") is None
    assert [(it.code, it.level) for it in told] == [("cache", Level.WARN)]

    cache.keep(trace, {"a.py": "x = 1\n"})
    assert cache.content(digest("x = 1\n")) == "x = 1\n"
    assert cache.latest("a") == trace
    assert len(told) == 1


def test_another_nodes_trace_is_none(tmp_path: Path) -> None:
    told: list[Problem] = []
    cache = cache_in(tmp_path, told)
    cache.keep(trace_of("a"), {})
    key = trace_of("a").manifest.key
    rows(tmp_path, "UPDATE Cache SET key = ? WHERE key = ?", f"trace b {key}", f"trace a {key}")

    assert cache.trace("b", key) is None
    assert "another one's" in told[0].message


class Bomb:
    """Pickles as a call that leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self._path,))


def test_a_cache_from_elsewhere_runs_no_code_and_reads_no_other_file(tmp_path: Path) -> None:
    told: list[Problem] = []
    cache = cache_in(tmp_path / "c", told)
    cache.keep(trace_of(files={"a.py": "A"}), {"a.py": "A"})
    (tmp_path / "secret").write_text("A")
    bomb = pickle.dumps(Bomb(tmp_path / "bang"))

    rows(tmp_path / "c", "UPDATE Cache SET mode = 4, value = ?", bomb)
    assert cache.content(digest("A")) is None
    rows(tmp_path / "c", "UPDATE Cache SET mode = 2, filename = '../secret', value = NULL")
    assert cache.content(digest("A")) is None
    rows(tmp_path / "c", "UPDATE Cache SET raw = 0, key = ? WHERE rowid = 1", bomb)
    cache.keep(trace_of(files={"a.py": "A"}), {"a.py": "A"})

    assert not (tmp_path / "bang").exists()
    assert (tmp_path / "secret").exists()
    assert len(told) == 1


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"", None])
def test_a_damaged_database_is_an_empty_cache(tmp_path: Path, damage: bytes | None) -> None:
    told: list[Problem] = []
    first = cache_in(tmp_path)
    first.keep(trace_of(), {})
    first.close()
    for it in tmp_path.glob("cache.db-*"):
        it.unlink()
    if damage is None:  # the middle of the file
        data = (tmp_path / "cache.db").read_bytes()
        (tmp_path / "cache.db").write_bytes(data[:3000] + b"\xff" * (len(data) - 3000))
    else:
        (tmp_path / "cache.db").write_bytes(damage)

    cache = cache_in(tmp_path, told)
    assert cache.trace("a", trace_of().manifest.key) is None
    assert cache.content(digest("A")) is None
    cache.keep(trace_of(), {"a": "A"})
    assert cache.content(digest("A")) == "A"
    cache.close()
    assert cache_in(tmp_path, told).latest("a") == trace_of()
    assert len(told) == (damage != b"")


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP TABLE Cache", "CREATE TABLE Cache (thesis)"],
        ["UPDATE Settings SET value = 'much' WHERE key = 'size'"],
        ["DROP TABLE Settings", "CREATE TABLE Settings (thesis)"],
    ],
)
def test_a_database_of_another_kind_is_replaced(tmp_path: Path, statements: list[str]) -> None:
    told: list[Problem] = []
    cache = cache_in(tmp_path, told)
    cache.keep(trace_of(files={"a": "A" * 50_000}), {"a": "A" * 50_000})
    cache.close()
    for it in statements:
        rows(tmp_path, it)

    cache.content(digest("A"))
    cache.keep(trace_of(files={"b": "B"}), {"b": "B"})
    cache.keep(trace_of(files={"b": "B"}), {"b": "B"})

    assert cache.content(digest("B")) == "B"
    assert len(told) <= 1


def test_a_folder_that_is_a_file_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("")
    told: list[Problem] = []
    cache = cache_in(tmp_path / "c", told)

    cache.keep(trace_of(), {})
    assert cache.latest("a") is None
    assert len(told) == 1


def test_what_was_unused_longest_is_forgotten_first(tmp_path: Path) -> None:
    cache = cache_in(tmp_path, max_size=1_000_000)
    texts = [f"{number} " * 33_000 for number in range(10, 28)]
    for number, text in enumerate(texts):
        cache.keep(trace_of(key=str(number), files={"a": text}), {"a": text})

    kept = [cache.content(digest(text)) is not None for text in texts]
    assert kept[-1]
    assert not kept[0]
    cache.close()
    assert sum(it.stat().st_size for it in tmp_path.rglob("*") if it.is_file()) < 1_000_000


def test_what_is_up_to_date_is_kept_though_its_contents_are_never_read(tmp_path: Path) -> None:
    cache = cache_in(tmp_path, max_size=600_000)
    texts = {name: f"{name} " * 33_000 for name in ("alive", *(f"old{number}" for number in range(9)))}
    alive = trace_of("alive", files={"a": texts["alive"]})
    for name, text in texts.items():
        cache.keep(trace_of(name, files={"a": text}), {"a": text})
        assert cache.trace("alive", alive.manifest.key) == alive

    assert cache.content(digest(texts["alive"])) == texts["alive"]
    assert cache.content(digest(texts["old0"])) is None
    assert cache.latest("old0") is None


def test_no_path_of_the_machine_is_in_the_cache(tmp_path: Path) -> None:
    cache = cache_in(tmp_path / "here")
    cache.keep(trace_of(files={"a": "A" * 50_000}), {"a": "A" * 50_000})
    cache.close()

    assert not any(str(tmp_path).encode() in it.read_bytes() for it in tmp_path.rglob("*") if it.is_file())
