"""A contract as it was found: its data as ONEX reads it, and its text by top-level keys, comments included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from omnibuild.core.values import Json, Level, Place, Pointer, Problem
from omnibuild.spec.marks import locate
from omnibuild.spec.yaml_values import Contents, Remark, composed

LARGEST = 1024 * 1024
"""The longest contract that is read, in bytes: the longest of those that ONEX publishes has 60 KB."""


@dataclass(frozen=True, slots=True)
class Block:
    """The text of a top-level key: the comments right above it, and its own lines."""

    comments: str
    text: str


@dataclass(frozen=True, slots=True)
class Original:
    """A contract that was there before its spec. `head` are the comments above all of it.

    `warnings` are of what is there and does not count, or does not come back as YAML has it.
    """

    file: str
    text: str
    data: Mapping[str, Json]
    blocks: Mapping[str, Block] = field(default_factory=dict)
    head: str = ""
    warnings: tuple[Problem, ...] = ()

    def at(self, *path: str | int) -> Place:
        """Return where a value stands."""
        return locate(Pointer(self.file, 0, path), self.text)


def read_original(file: str, text: str) -> Original | Problem:
    """Return the contract that a text holds, or why it holds none."""
    found = composed(text)
    if isinstance(found, Remark):
        return _wrong(file, found)
    if not isinstance(found.data, dict):
        called = {"list": "a list", "NoneType": "empty"}.get(type(found.data).__name__, "a single value")
        return _wrong(file, Remark(f"a contract is a mapping, and this is {called}", 1, 1, "it begins with `name:`"))
    blocks, head = _blocks(found.root, text)
    return Original(file, text, found.data, blocks, head, tuple(_warnings(file, found)))


def _warnings(file: str, values: Contents) -> Iterator[Problem]:
    """Yield a warning for every key that hides another, and one for all that a spec can hold as text only."""
    for it in values.twice:
        yield Problem("duplicate-key", it.message, Place(file, it.line, it.column), it.hint, level=Level.WARN)
    if values.texts:
        first, *more = values.texts
        message = f"{first.message}{f', and {len(more)} more like it' if more else ''}"
        hint = "a spec has texts, numbers, booleans and null: quote it in the contract if text is what is meant"
        yield Problem("yaml-type", message, Place(file, first.line, first.column), hint, level=Level.WARN)


def _wrong(file: str, it: Remark) -> Problem:
    message = f"this contract cannot be adopted: {it.message}"
    return Problem("contract", message, Place(file, it.line, it.column), it.hint)


# ---------------------------------------------------------------------------------------- blocks


def _blocks(root: Any, text: str) -> tuple[dict[str, Block], str]:
    """Return the text of each top-level key, and what stands above the first of them."""
    if root.flow_style:
        return {}, ""
    lines = text.splitlines()
    starts = [(str(key.value), key.start_mark.line) for key, _ in root.value if key.start_mark.column == 0]
    if len(starts) != len(root.value):
        return {}, ""
    found: dict[str, Block] = {}
    above, comments = _above(lines, 0, starts[0][1], gaps=False) if starts else (0, "")
    head = "\n".join(it for it in lines[:above] if it.startswith("#"))
    if not head:
        head, comments = comments, ""
    for position, (name, start) in enumerate(starts):
        end = starts[position + 1][1] if position + 1 < len(starts) else _end(lines)
        next_above, next_comments = _above(lines, start + 1, end)
        found[name] = Block(comments, "\n".join(lines[start:next_above]).rstrip())
        comments = next_comments
    return found, head


def _above(lines: list[str], first: int, key: int, *, gaps: bool = True) -> tuple[int, str]:
    """Return where the comments above a line begin, blank lines between them passed over if told so, and their text."""
    start = key
    while start > first and (lines[start - 1].startswith("#") or (gaps and not lines[start - 1].strip())):
        start -= 1
    return start, "\n".join(it for it in lines[start:key] if it.startswith("#"))


def _end(lines: list[str]) -> int:
    """Return where the last key ends: at the end of the document."""
    return next((at for at, it in enumerate(lines) if it.startswith("...")), len(lines))
