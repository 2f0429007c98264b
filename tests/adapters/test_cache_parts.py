from __future__ import annotations

import sys
from pathlib import Path

from omnibuild.adapters.cache_parts import leftovers, remove, sizes
from omnibuild.adapters.cleaning import clean_cache
from omnibuild.adapters.stage import StageFolder


def write(path: Path, size: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def test_every_part_has_its_size(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    write(cache / "store/cache.db", 1)
    write(cache / "store/ab/cd/x.val", 2)
    write(cache / "stage/src/a.py", 4)
    write(cache / "stage.json", 8)
    write(cache / "stage-1/b.py", 16)
    write(cache / "mypy/3.12/a.ff", 32)
    write(cache / "overwritten/1/a.py", 64)
    write(cache / "state", 128)
    write(cache / "events.jsonl", 256)
    write(cache / "events.1.jsonl", 512)
    write(cache / "lock", 0)
    write(cache / "thesis", 1024)
    (cache / "link").symlink_to(write(tmp_path / "huge", 10_000_000))

    found = dict(sizes(cache))
    link = (cache / "link").lstat().st_size

    assert found == {
        "store": 3,
        "stage": 28,
        "mypy": 32,
        "overwritten": 64,
        "state": 128,
        "events": 768,
        "other": 1024 + link,
    }
    assert set(sizes(tmp_path / "none").values()) == {0}


def test_what_other_versions_left_goes_and_nothing_else(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    StageFolder(cache).lay({"src/a.py": "1"})
    (cache / "stage").rename(cache / "stage-2")
    (cache / "stage.json").rename(cache / "stage-2.json")
    write(cache / "stage-3/thesis", 1)
    StageFolder(cache).lay({"src/a.py": "1"})
    tag = sys.implementation.cache_tag
    gone = {
        write(cache / "mypy/3.11/a.ff", 5).parent,
        write(cache / "stage/src/__pycache__/a.cpython-399.pyc", 7),
        write(cache / "state.4711", 9),
        cache / "stage-2",
        cache / "stage-2.json",
    }
    kept = [
        write(cache / "mypy/3.12/a.ff", 1),
        write(cache / f"stage/src/__pycache__/a.{tag}.pyc", 1),
        write(cache / "state", 1),
        write(cache / "overwritten/3.11/a.py", 1),
        cache / "stage/src/a.py",
        cache / "stage.json",
        cache / "stage-3/thesis",
    ]

    found = list(leftovers(cache))
    for it in found:
        remove(it)

    assert {it.path for it in found} == gone
    assert {it.part for it in found} == {"mypy", "stage", "state"}
    assert {it.path.name: it.size for it in found}["3.11"] == 5
    assert all(it.exists() for it in kept)
    assert not any(it.exists() for it in gone)
    assert list(leftovers(cache)) == []
    assert list(leftovers(tmp_path / "none")) == []


def test_clean_takes_the_log_of_events_too(tmp_path: Path) -> None:
    write(tmp_path / "cache/events.jsonl", 1)
    write(tmp_path / "cache/events.1.jsonl", 1)

    assert clean_cache(tmp_path / "cache") == ()
