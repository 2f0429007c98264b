"""Writes the state file by which `noop` knows that nothing has to be done, and the memory beside it."""

from __future__ import annotations

import array
import marshal
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from omnibuild import noop
from omnibuild.adapters.output import OutputFolder, is_made_by_python
from omnibuild.adapters.sightings import TICK_NS, Sightings, Signature, listing
from omnibuild.core.values import Mode, Outcome, Report, Settings, Status
from omnibuild.gates import at_compile
from omnibuild.memory import Memory, Part, Remembered, part, remember
from omnibuild.survey import Survey

PLACE = 4096
"""How many files stand together in the state."""

MEMORY = "memory"
"""The file beside the state that says more of the nodes: what a build of a part begins with."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the next build or check says if nothing changes; in which mode, and which is usual.

    `text` is for files and for terminals with colours.
    """

    text: tuple[str, str]
    json: str
    mode: str
    usual: str


def write_state(root: Path, cache: Path, sightings: Sightings, answer: Answer, memory: Memory | None = None) -> None:
    """Write the state after a build that left everything in step.

    A file system that refuses costs only the quick answer, so that nothing is raised.
    """
    if cache != root / noop.DEFAULT_CACHE:
        return
    package = Path(__file__).resolve().parents[1]
    own = {str(it.relative_to(package)): _signature(it) for it in sorted(package.rglob("*.py"))}
    installed = {it: noop.changed(os.stat(it)) for it in sys.path if it and Path(it).is_dir()}  # noqa: PTH116
    inside, outside = _divided(sightings)
    elsewhere = (
        (str(package), *_place(own, {})),
        ("/", *_place(*outside)),
        ("/", *_place({}, {it.lstrip("/"): changed for it, changed in installed.items()})),
    )
    data = _dumped(memory)
    with suppress(OSError):
        how = (answer.mode, answer.usual, noop.variables(dict(os.environb)))
        tags = (noop.interpreter_tag(), noop.checkout_tag(str(root)), how)
        cache.mkdir(parents=True, exist_ok=True)
        _replace(cache / MEMORY, noop.checksum(data) + data)
        _write(
            cache, (*tags, elsewhere, tuple(_places(*inside)), answer.text, answer.json, noop.checksum(data)), sightings
        )


def _write(cache: Path, state: tuple[Any, ...], sightings: Sightings) -> None:
    # What is written now must not look like what somebody writes in a moment.
    latest = max((time_ for time_, _ in sightings.files.values()), default=0)
    while time.time_ns() < latest + TICK_NS <= time.time_ns() + 2 * TICK_NS:
        time.sleep(0.001)
    data = marshal.dumps((noop.FORMAT, state))
    _replace(cache / noop.NAME, noop.checksum(data) + data)


def _replace(path: Path, data: bytes) -> None:
    # One name for all processes, so that those that are killed leave one file; a mixture fails its checksum.
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_bytes(data)
    temporary.replace(path)


def _dumped(memory: Memory | None) -> bytes:
    if memory is None:
        return b""
    nodes = [(name, it.file, it.body, it.code, it.needs, it.outward, it.files) for name, it in memory.nodes.items()]
    return marshal.dumps((nodes, dict(memory.tools), dict(memory.folders)))


def _loaded(data: bytes) -> Memory:
    """Return a memory; raises ValueError, TypeError or EOFError for what is none."""
    nodes, tools, folders = marshal.loads(data)  # noqa: S302 - our own file, and its checksum holds
    return Memory({name: Remembered(*rest) for name, *rest in nodes}, tools, folders)


@dataclass(frozen=True, slots=True)
class Recalled:
    """The state of a workspace in which only a part changed, and when its folders of specs did."""

    part: Part
    state: tuple[Any, ...]
    folders: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Finished:
    """A build that is over: what it looked at, and what it read, or from where it went on."""

    sightings: Sightings
    survey: Survey | None = None
    tools: Mapping[str, str] = field(default_factory=dict)
    recalled: Recalled | None = None


def keep_state(
    root: Path,
    settings: Settings,
    usual: Mode,
    finished: Finished,
    *,
    report: Report,
    answer: Callable[[Report], tuple[tuple[str, str], str]],
) -> None:
    """Write what the next build or check goes on from, if everything is in step and nothing else lies in `out/`.

    Where there are warnings, a part of the workspace cannot be built alone: it would say its own only.
    """
    cache, seen = root / settings.cache, finished.sightings
    if finished.recalled:
        patch_state(root, cache, finished.recalled, seen, settings.out)
        return
    if finished.survey is None or not OutputFolder(root / settings.out, root, seen).take_note():
        return
    done = {name: Outcome(name, Status.UP_TO_DATE, (), it.files) for name, it in report.outcomes.items()}
    text, json = answer(replace(report, outcomes=done))
    files = {name: it.files for name, it in done.items()}
    memory = None
    if not report.problems:
        memory = remember(finished.survey, settings, files, finished.tools, seen.listings)
    write_state(root, cache, seen, Answer(text, json, settings.mode.value, usual.value), memory)


def recall(root: Path, settings: Settings) -> Recalled | None:
    """Return what is known of the workspace from the last build, if only files of nodes differ from then."""
    cache = root / settings.cache
    found, noop.different = noop.different, None  # it was seen once, and holds for one build
    if found is None or found[0] != str(root) or settings.cache != noop.DEFAULT_CACHE:
        return None
    if settings.mode is not Mode.FAST or at_compile(settings):
        return None
    _, checksum, files, folders = found
    with suppress(OSError, ValueError, TypeError, EOFError):
        now, state = noop.load(str(cache / noop.NAME)) or (b"", ())
        remembered = (cache / MEMORY).read_bytes()
        # Another build may have been faster, while this one waited for it.
        if now != checksum or remembered[:8] != state[-1] or state[2][0] != settings.mode.value:
            return None
        if noop.checksum(remembered[8:]) != remembered[:8] or len(remembered) == 8:
            return None
        memory = _loaded(remembered[8:])
        changed = {it: noop.changed(os.stat(root / it)) for it in folders}  # noqa: PTH116
        if any(memory.folders.get(it) != listing(os.listdir(root / it)) for it in folders):  # noqa: PTH208
            return None
        concerned = part(memory, files)
        return Recalled(concerned, state, changed) if concerned else None
    return None


def patch_state(root: Path, cache: Path, recalled: Recalled, sightings: Sightings, out: str) -> None:
    """Write the state after the build of a part: all else is as it was.

    Where that is not certain, there is no state any more, and the next build is a whole one.
    """
    with suppress(OSError, LookupError):
        inside = [_Place(*it) for it in recalled.state[4]]
        now = dict(recalled.folders)
        for file, signature in sightings.files.items():
            if not file.startswith("/"):
                _place_of(file, [it.files for it in inside])[file] = signature
            if file.startswith(f"{out}/"):
                now.setdefault(folder := file.rpartition("/")[0], noop.changed(os.stat(root / folder)))  # noqa: PTH116
        expected = {name for it in inside for name in (*it.files, *it.folders)}
        if not _strays(root, out, [it for it in now if it not in recalled.folders], expected):
            for folder, time_ in now.items():
                _place_of(folder, [it.folders for it in inside])[folder] = time_
            places = tuple(_place(it.files, it.folders) for it in inside)
            _write(cache, (*recalled.state[:4], places, *recalled.state[5:]), sightings)
            return
    with suppress(OSError):
        (cache / noop.NAME).unlink()


def _place_of[T](name: str, places: Iterable[dict[str, T]]) -> dict[str, T]:
    """Return the place that a file or a folder stands in; raises LookupError for a new one."""
    for it in places:
        if name in it:
            return it
    raise LookupError(name)


class _Place:
    """A place of the state, to be changed."""

    def __init__(self, names: str, signatures: bytes, folders: str, times: bytes) -> None:
        numbers = array.array("q", signatures)
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        self.files: dict[str, Signature] = dict(zip(names.split("\0") if names else (), pairs, strict=True))
        changed = array.array("q", times)
        self.folders: dict[str, int] = dict(zip(folders.split("\0") if folders else (), changed, strict=True))


def _strays(root: Path, out: str, folders: Sequence[str], expected: Collection[str]) -> set[str]:
    """Return what stands in these folders without being expected."""
    found = {f"{folder}/{name}" for folder in folders for name in os.listdir(root / folder)}  # noqa: PTH208
    return {it for it in found.difference(expected) if not is_made_by_python(it.removeprefix(f"{out}/"))}


def _signature(path: Path) -> Signature:
    found = path.stat()
    return noop.changed(found), found.st_size


type _Part = tuple[Mapping[str, Signature], Mapping[str, int]]


def _divided(sightings: Sightings) -> tuple[_Part, _Part]:
    """Return what lies in the workspace, and what lies outside, without the first slash."""
    parts = []
    for outside in (False, True):
        files = {it.lstrip("/"): found for it, found in sightings.files.items() if it.startswith("/") is outside}
        folders = {it.lstrip("/"): found for it, found in sightings.folders.items() if it.startswith("/") is outside}
        parts.append((files, folders))
    return parts[0], parts[1]


def _places(files: Mapping[str, Signature], folders: Mapping[str, int]) -> Iterator[tuple[str, bytes, str, bytes]]:
    """Yield files and folders in places of a size that several processes can share between them."""
    all_files, all_folders = list(files.items()), list(folders.items())
    for start in range(0, max(len(all_files), len(all_folders)), PLACE):
        yield _place(dict(all_files[start : start + PLACE]), dict(all_folders[start : start + PLACE]))


def _place(files: Mapping[str, Signature], folders: Mapping[str, int]) -> tuple[str, bytes, str, bytes]:
    return (
        "\0".join(files),
        _packed(number for signature in files.values() for number in signature),
        "\0".join(folders),
        _packed(folders.values()),
    )


def _packed(numbers: Iterable[int]) -> bytes:
    return array.array("q", numbers).tobytes()
