"""Writes the state file by which `noop` knows that nothing has to be done."""

from __future__ import annotations

import array
import marshal
import os
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from omnibuild import noop
from omnibuild.adapters.sightings import Sightings, Signature

TICK_NS = 20_000_000
"""A clock of file times is no finer than this on some systems: two changes within it look like one."""


def write_state(root: Path, cache: Path, sightings: Sightings, text: str, json: str) -> None:
    """Write the state after a build that left everything in step; `text` and `json` are the next answer.

    A file system that refuses costs only the quick answer, so that nothing is raised.
    """
    if cache != root / noop.DEFAULT_CACHE:
        return
    latest = max((time_ for time_, _ in sightings.files.values()), default=0)
    while time.time_ns() < latest + TICK_NS <= time.time_ns() + 2 * TICK_NS:
        time.sleep(0.002)
    package = Path(__file__).resolve().parents[1]
    own = {str(it.relative_to(package)): _signature(it) for it in sorted(package.rglob("*.py"))}
    installed = {it: os.stat(it).st_mtime_ns for it in sys.path if it and Path(it).is_dir()}  # noqa: PTH116
    inside, outside = _divided(sightings)
    places = (
        _place("", *inside),
        _place(str(package), own, {}),
        _place("/", *outside),
        _place("/", {}, {it.lstrip("/"): changed for it, changed in installed.items()}),
    )
    temporary = cache / f"{noop.NAME}.{os.getpid()}"
    with suppress(OSError):
        state = (noop.interpreter_tag(), noop.checkout_tag(str(root)), places, text, json)
        data = marshal.dumps((noop.FORMAT, state))
        cache.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(noop.checksum(data) + data)
        temporary.replace(cache / noop.NAME)


def _signature(path: Path) -> Signature:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


type _Part = tuple[Mapping[str, Signature], Mapping[str, int]]


def _divided(sightings: Sightings) -> tuple[_Part, _Part]:
    """Return what lies in the workspace, and what lies outside, without the first slash."""
    parts = []
    for outside in (False, True):
        files = {it.lstrip("/"): found for it, found in sightings.files.items() if it.startswith("/") is outside}
        folders = {it.lstrip("/"): found for it, found in sightings.folders.items() if it.startswith("/") is outside}
        parts.append((files, folders))
    return parts[0], parts[1]


def _place(base: str, files: Mapping[str, Signature], folders: Mapping[str, int]) -> tuple[str, str, bytes, str, bytes]:
    return (
        base,
        "\0".join(files),
        _packed(number for signature in files.values() for number in signature),
        "\0".join(folders),
        _packed(folders.values()),
    )


def _packed(numbers: Iterable[int]) -> bytes:
    return array.array("q", numbers).tobytes()
