"""The cache folder part by part: how much each takes, and what other versions of the tools have left there."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from omnibuild.adapters.stage import is_stage

_PARTS = (
    ("store", re.compile(r"store")),
    ("stage", re.compile(r"stage(-\d+)?(\.json)?")),
    ("mypy", re.compile(r"mypy.*")),
    ("overwritten", re.compile(r"overwritten")),
    ("state", re.compile(r"(state|memory)(\.\w+)?")),
    ("events", re.compile(r"events(\.1)?\.jsonl")),
)
_OTHER = "other"
_PYTHON = re.compile(r"\d+\.\d+")
_CHECKED = "3.12"
"""The version of Python that generated code is checked for."""
_HALF_WRITTEN = re.compile(r"(state|memory)\.\w+")


@dataclass(frozen=True, slots=True)
class Leftover:
    """What is of no use any more: which part of the cache it is of, its path, how many bytes it takes."""

    part: str
    path: Path
    size: int


def sizes(cache: Path) -> Mapping[str, int]:
    """Return how many bytes each part of a cache takes; `other` is what omnibuild did not make, and its lock."""
    found = {name: 0 for name, _ in _PARTS} | {_OTHER: 0}
    for entry in sorted(cache.iterdir()) if cache.is_dir() else ():
        found[_part(entry.name)] += size_of(entry)
    return found


def size_of(path: Path) -> int:
    """Return how many bytes a file or a folder with all below it takes; links are not followed."""
    if path.is_symlink() or not path.is_dir():
        return _size(path)
    return sum(_size(Path(folder) / name) for folder, _, names in os.walk(path) for name in names)


def leftovers(cache: Path) -> Iterator[Leftover]:
    """Yield what no version of the tools that is installed now will read.

    That is what mypy noted for other versions of Python, byte code of other interpreters, stages beside
    the one in use, and states that were never finished.
    """
    if not cache.is_dir():
        return
    for entry in sorted(cache.iterdir()):
        if _HALF_WRITTEN.fullmatch(entry.name):
            yield _leftover(entry, "state")
        elif _part(entry.name) == "mypy" and entry.is_dir():
            others = (it for it in sorted(entry.iterdir()) if _PYTHON.fullmatch(it.name) and it.name != _CHECKED)
            yield from (_leftover(it, "mypy") for it in others)
    stages = _stages(cache)
    for stage in stages[1:]:
        yield _leftover(stage, "stage")
        yield _leftover(stage.with_name(f"{stage.name}.json"), "stage")
    for stage in stages[:1]:
        byte_code = (it for it in sorted(stage.rglob("__pycache__/*.pyc")) if _is_foreign(it.name))
        yield from (_leftover(it, "stage") for it in byte_code)


def remove(leftover: Leftover) -> None:
    """Remove a leftover. Raises OSError."""
    if leftover.path.is_dir() and not leftover.path.is_symlink():
        shutil.rmtree(leftover.path)
    else:
        leftover.path.unlink(missing_ok=True)


def _stages(cache: Path) -> list[Path]:
    """Return the stages that omnibuild has made, the one in use first: the next build takes the same."""
    found = [it for it in cache.iterdir() if _part(it.name) == "stage" and it.is_dir() and is_stage(it)]
    return sorted(found, key=lambda it: int(it.name.partition("-")[2] or 0))


def _is_foreign(name: str) -> bool:
    return f".{sys.implementation.cache_tag}." not in name


def _part(name: str) -> str:
    return next((part for part, pattern in _PARTS if pattern.fullmatch(name)), _OTHER)


def _leftover(path: Path, part: str) -> Leftover:
    return Leftover(part, path, size_of(path))


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # it went meanwhile
        return 0
