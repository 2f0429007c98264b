"""A trace as JSON and back: the form in which a cache, local or shared, holds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from omnibuild.core.values import Json, Level, Manifest, Place, Pointer, Problem, Trace, Verdict

VERSION = 1
"""Counts the changes of this form; a trace of another version is not understood."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def stays_below(path: str) -> bool:
    """Return whether a path leads to something below the folder it is relative to, on every system."""
    if "\\" in path or "\0" in path or ":" in path:
        return False
    return all(part not in ("", ".", "..") for part in path.split("/"))


_ODD = re.compile(r"[\\:]|(?:^|[/\0])\.{0,2}(?:[/\0]|$)")
"""What `stays_below` refuses, in any of several paths with NUL between them."""


def all_stay_below(paths: Collection[str]) -> bool:
    """Return whether `stays_below` holds of every path; looked at together, thousands take no time."""
    together = "\0".join(paths)
    return not paths or (together.count("\0") == len(paths) - 1 and not _ODD.search(together))


def to_json(trace: Trace) -> Json:
    """Return the trace as a JSON value; `from_json` turns it into an equal trace."""
    return {
        "version": VERSION,
        "node": trace.manifest.node,
        "manifest": [[label, value] for label, value in trace.manifest.entries],
        "files": [[path, digest] for path, digest in trace.files],
        "verdicts": [
            [verdict.gate, verdict.level.value, [_problem_to_json(problem) for problem in verdict.problems]]
            for verdict in trace.verdicts
        ],
    }


def from_json(value: Json) -> Trace:
    """Return the trace that a JSON value stands for.

    Raises ValueError for anything that `to_json` does not make, among them files outside `out/`:
    the value may come from a cache that others write.
    """
    data = _mapping(value, ("version", "node", "manifest", "files", "verdicts"))
    if data["version"] != VERSION:
        raise ValueError(f"version {data['version']!r}, not {VERSION}")
    return Trace(
        manifest=Manifest(_text(data["node"]), tuple(_pair(it) for it in _list(data["manifest"]))),
        files=tuple(_file(it) for it in _list(data["files"])),
        verdicts=tuple(_verdict(it) for it in _list(data["verdicts"])),
    )


def _problem_to_json(problem: Problem) -> Json:
    return {
        "code": problem.code,
        "message": problem.message,
        "at": _at_to_json(problem.at),
        "hint": problem.hint,
        "node": problem.node,
        "level": problem.level.value,
    }


def _at_to_json(at: Place | Pointer | None) -> Json:
    match at:
        case Place():
            return {"file": at.file, "line": at.line, "column": at.column}
        case Pointer():
            path: list[Json] = list(at.path)
            return {"file": at.file, "document": at.document, "path": path, "key": at.key, "offset": at.offset}
        case None:
            return None


def _verdict(value: Json) -> Verdict:
    gate, level, problems = _list(value, 3)
    return Verdict(_text(gate), Level(_text(level)), tuple(_problem(it) for it in _list(problems)))


def _problem(value: Json) -> Problem:
    data = _mapping(value, ("code", "message", "at", "hint", "node", "level"))
    return Problem(
        code=_text(data["code"]),
        message=_text(data["message"]),
        at=_at(data["at"]),
        hint=_text(data["hint"]),
        node=_text(data["node"]),
        level=Level(_text(data["level"])),
    )


def _at(value: Json) -> Place | Pointer | None:
    if value is None:
        return None
    if isinstance(value, dict) and "line" in value:
        data = _mapping(value, ("file", "line", "column"))
        return Place(_text(data["file"]), _integer(data["line"]), _integer(data["column"]))
    data = _mapping(value, ("file", "document", "path", "key", "offset"))
    key = _checked(data["key"], bool, lambda _: True)
    path = tuple(it if isinstance(it, str) else _integer(it) for it in _list(data["path"]))
    return Pointer(_text(data["file"]), _integer(data["document"]), path, key, _integer(data["offset"]))


def _file(value: Json) -> tuple[str, str]:
    path, digest = _pair(value)
    if not stays_below(path):
        raise ValueError(f"not a path below the output folder: {path!r}")
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"not a digest: {digest!r}")
    return path, digest


def _pair(value: Json) -> tuple[str, str]:
    first, second = _list(value, 2)
    return _text(first), _text(second)


def _mapping(value: Json, keys: tuple[str, ...]) -> dict[str, Json]:
    return _checked(value, dict, lambda it: set(it) == set(keys))


def _list(value: Json, length: int | None = None) -> list[Json]:
    return _checked(value, list, lambda it: length is None or len(it) == length)


def _text(value: Json) -> str:
    return _checked(value, str, lambda _: True)


def _integer(value: Json) -> int:
    return _checked(value, int, lambda it: not isinstance(it, bool))


def _checked[T](value: Json, kind: type[T], holds: Callable[[T], bool]) -> T:
    if not isinstance(value, kind) or not holds(value):
        raise ValueError(f"not the {kind.__name__} that belongs here: {str(value)[:80]}")
    return value
