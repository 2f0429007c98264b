"""A contract as it was found: its data as ONEX reads it, and its text by top-level keys, comments included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from omnibuild.adopt.yaml_values import DEEPEST, YamlValues
from omnibuild.core.values import Json, Level, Place, Pointer, Problem
from omnibuild.spec.marks import locate

LARGEST = 1024 * 1024
"""The longest contract that is read, in bytes: the longest of those that ONEX publishes has 60 KB."""

_Loader: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


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
    if "\x00" in text:
        return _wrong(file, "it holds a null character", "is it a text at all?")
    if _may_be_deep(text) and (line := _too_deep(text)):
        return _wrong(file, f"it is nested more than {DEEPEST} deep", "a contract is read by people", line)
    loader = _Loader(text)
    values = YamlValues(loader)
    try:
        root = loader.get_single_node()
        data = values.data(root) if root else None
    except yaml.MarkedYAMLError as error:
        return _no_yaml(file, error)
    except yaml.YAMLError as error:
        return _wrong(file, f"it is not YAML: {str(error).splitlines()[0]}", "mend it and adopt again")
    finally:
        loader.dispose()
    if values.faults:
        fault = values.faults[0]
        return _wrong(file, fault.message, fault.hint, fault.line, fault.column)
    if not isinstance(data, dict):
        called = {"list": "a list", "NoneType": "empty"}.get(type(data).__name__, "a single value")
        return _wrong(file, f"a contract is a mapping, and this is {called}", "it begins with `name:`")
    blocks, head = _blocks(root, text)
    return Original(file, text, data, blocks, head, tuple(_warnings(file, values)))


def _warnings(file: str, values: YamlValues) -> Iterator[Problem]:
    """Yield a warning for every key that hides another, and one for all that a spec can hold as text only."""
    for it in values.twice:
        yield Problem("duplicate-key", it.message, Place(file, it.line, it.column), it.hint, level=Level.WARN)
    if values.texts:
        first, *more = values.texts
        message = f"{first.message}{f', and {len(more)} more like it' if more else ''}"
        hint = "a spec has texts, numbers, booleans and null: quote it in the contract if text is what is meant"
        yield Problem("yaml-type", message, Place(file, first.line, first.column), hint, level=Level.WARN)


def _no_yaml(file: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if error.context == "expected a single document in the stream":
        return _wrong(file, "it holds several documents", "a contract is one: give each a file", line, column)
    return _wrong(file, f"it is not YAML: {error.problem or error.context}", "mend it and adopt again", line, column)


def _wrong(file: str, message: str, hint: str, line: int = 1, column: int = 1) -> Problem:
    return Problem("contract", f"this contract cannot be adopted: {message}", Place(file, line, column), hint)


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


# ----------------------------------------------------------------------------------------- depth


def _may_be_deep(text: str) -> bool:
    """Return whether a text could be nested too deep; cheap, and never wrong about those that could not."""
    depth = deepest = 0
    for it in re.finditer(r"[\[{\]}]", text):
        depth = depth + 1 if it.group() in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    margins = max((len(it.group()) for it in re.finditer(r"^(?:[ ]|- ?|\? ?)+", text, re.MULTILINE)), default=0)
    return deepest + margins > DEEPEST


def _too_deep(text: str) -> int:
    """Return the line in which a text is nested too deep, 0 if it nowhere is. libyaml's composer would overflow."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    return event.start_mark.line + 1 if event.start_mark else 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return 0  # told with its place when the text is read
    return 0
