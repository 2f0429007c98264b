"""Statements as the formatter would lay them out, where that is certain; it does the rest itself.

A process that reads and writes every file costs more than making the text. Most of what is generated is simple:
statements that fit in a line, calls and displays of several lines. Wherever there is any doubt, the text is
handed on to the formatter, and nothing is lost but time. That both agree is a property that the tests look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from omnibuild.assemble.tree import WIDTH, Compound, Docstring, HandWritten, Line, Statement, docstring

_STEP = "    "
_DEFINITIONS = ("def ", "async def ", "class ")
_OPEN, _CLOSE = "([{", ")]}"
_JOINED = re.compile(r"""["'] [bfr]?["']""")
"""Where one text literal may follow another: whether the formatter makes one of them depends on their length."""
_SPLIT_OTHERWISE = (" for ", "lambda ")
"""What has commas, but no items between them."""


class LaidOut(str):
    """A text of which is known that the formatter would leave it as it is."""

    __slots__ = ()


def written(statements: Sequence[Statement]) -> str:
    """Return the text of a module's statements: `LaidOut`, if nothing is left to the formatter."""
    layout = _Layout()
    lines = [*layout.block(statements, "", is_class=False), ""]
    text = "\n".join(lines)
    return LaidOut(text) if layout.is_certain else text


class _Layout:
    """Lays out one module."""

    def __init__(self) -> None:
        self.is_certain = True

    def block(self, statements: Sequence[Statement], margin: str, *, is_class: bool) -> Iterator[str]:
        """Yield the lines of statements; a text of several lines comes as one."""
        before: Statement | None = None
        for position, it in enumerate(statements):
            empty = 0
            while empty < len(it.above) and not it.above[empty]:
                empty += 1
            yield from [""] * max(
                empty, _apart(before, it, margin, is_headed=position == 1 and (is_class or not margin))
            )
            yield from (margin + above if above else "" for above in it.above[empty:])
            yield from self._statement(it, margin)
            before = it

    def _statement(self, it: Statement, margin: str) -> Iterator[str]:
        match it:
            case Line(text, _, behind):
                yield from self._line(text, margin) if not behind else self._loose(f"{margin}{text}  {behind}")
            case Compound(head, body, _, decorators):
                for decorator in decorators:
                    yield from self._fitting(f"{margin}@{decorator}")
                yield from self._head(head, margin)
                yield from self.block(body, margin + _STEP, is_class=head.startswith("class "))
            case Docstring(text):
                made = margin + docstring(text, margin)
                yield from self._loose(made) if "\\" in text or '"' in (text[:1], text[-1:]) else [made]
            case HandWritten(text):
                yield from self._loose(text)

    def _line(self, text: str, margin: str) -> Iterator[str]:
        if _JOINED.search(text):
            yield from self._loose(margin + text)
            return
        if _fits(margin + text) and not _may_be_wide(margin + text):
            yield margin + text
            return
        yield from _broken(text, margin) or self._loose(margin + text)

    def _head(self, head: str, margin: str) -> Iterator[str]:
        if _fits(margin + head):
            yield margin + head
            return
        yield from _parameters(head, margin) or self._loose(margin + head)

    def _fitting(self, line: str) -> Iterator[str]:
        yield from [line] if _fits(line) else self._loose(line)

    def _loose(self, text: str) -> Iterator[str]:
        """Yield what only the formatter knows how to lay out."""
        self.is_certain = False
        yield text


def _apart(before: Statement | None, it: Statement, margin: str, *, is_headed: bool) -> int:
    """Return how many empty lines stand between two statements at least; `is_headed`: `it` is second in its block."""
    if before is None:
        return 0
    if _is_definition(before) or _is_definition(it):
        return 1 if margin else 2
    return 1 if is_headed and isinstance(before, Docstring) else 0


def _is_definition(it: Statement) -> bool:
    return isinstance(it, Compound) and it.head.startswith(_DEFINITIONS)


def _fits(line: str) -> bool:
    return len(line) <= WIDTH and "\n" not in line


def _may_be_wide(text: str) -> bool:
    """Return whether nothing is certain about the width of a text: beyond ASCII, a character may be as wide as two."""
    return not text.isascii() and 2 * len(text) > WIDTH


def _broken(text: str, margin: str) -> list[str]:
    """Return a line that is too long broken at its brackets; nothing where it is not certain how."""
    if _may_be_wide(margin + text) or "\n" in text or '"""' in text or "'''" in text:
        return []
    if text.startswith("from "):
        head, _, names = text.partition(" import ")
        items = names.split(", ")
        return _one_a_line(f"{head} import (", items, ")", margin)
    found = _parts(text)
    return (_call(text, found, margin) or []) if found and _is_simple(text[: found[0]]) else []


def _is_simple(text: str) -> bool:
    """Return whether the formatter breaks a statement at its last bracket, of what stands before that."""
    head, equals, callee = text.rpartition(" = ")
    if not equals:
        head, _, callee = text.rpartition(" == ")
        if head and not (head.startswith("assert ") and _is_chain(head.removeprefix("assert "))):
            return False
        callee = callee if head else callee.removeprefix("return ")
    return _is_dotted(callee.removeprefix("await ")) or (callee == "" and text.endswith(" "))


def _is_chain(text: str) -> bool:
    """Return whether a text is a name with calls, attributes and the like, and no operators."""
    position = 0
    while position < len(text):
        if text[position] in _OPEN:
            position = _closed(text, position)
        elif not (text[position].isalnum() or text[position] in "._"):
            return False
        position += 1
    return bool(text)


def _closed(text: str, start: int) -> int:
    """Return where a bracket closes."""
    depth = 0
    position = start
    while position < len(text):
        if text[position] in "\"'":
            position = _behind(text, position)
            continue
        depth += (text[position] in _OPEN) - (text[position] in _CLOSE)
        if not depth:
            break
        position += 1
    return position


def _parameters(head: str, margin: str) -> list[str]:
    """Return the head of a function with its parameters in lines of their own; nothing where it is not certain how."""
    opened = head.find("(")
    if not head.startswith(("def ", "async def ")) or opened < 0:
        return []
    closed = _closed(head, opened)
    found = _parts(head[: closed + 1])
    if found and len(found[1]) == 1:
        lines: list[str] | None = _one_a_line(head[: opened + 1], found[1], ")", margin)
    else:
        lines = _call(head[: closed + 1], found, margin) if found and found[0] == opened else None
    return [*lines[:-1], lines[-1] + head[closed + 1 :]] if lines and _fits(lines[-1] + head[closed + 1 :]) else []


def _call(text: str, found: tuple[int, list[str]], margin: str) -> list[str] | None:
    """Return `head(…)` with its arguments in a line of their own, or each in one; None where it is not certain."""
    opened, items = found
    head, inner = text[: opened + 1], margin + _STEP
    if not _fits(margin + head) or not items:
        return None
    if text[opened] == "(" and _fits(inner + ", ".join(items)):
        return [margin + head, inner + ", ".join(items), margin + text[-1]]
    if len(items) == 1:
        broken = _item(items[0], inner) if text[opened] == "(" else None
        return [margin + head, *broken, margin + text[-1]] if broken else None
    return _one_a_line(head, items, text[-1], margin) or None


def _one_a_line(head: str, items: Sequence[str], end: str, margin: str) -> list[str]:
    lines = [margin + head]
    for it in items:
        broken = [f"{margin}{_STEP}{it}"] if _fits(f"{margin}{_STEP}{it},") else _item(it, margin + _STEP)
        if not broken:
            return []
        lines += [*broken[:-1], f"{broken[-1]},"]
    return [*lines, margin + end]


def _item(text: str, margin: str) -> list[str] | None:
    """Return an argument, or an item of a display, that has to be broken; None where it is not certain how."""
    found = _parts(text)
    if not found:
        return None
    before = _without_key(text[: found[0]])
    is_call = text[found[0]] == "(" and _is_dotted(before)
    return _call(text, found, margin) if is_call or (text[found[0]] != "(" and not before) else None


def _without_key(text: str) -> str:
    """Return what stands behind `name=`, or behind the key of a dictionary."""
    if text[:1] in ('"', "'"):
        key = _behind(text, 0)
        return text[key + 2 :] if text.startswith(": ", key) else text
    name, equals, rest = text.partition("=")
    return rest if equals and name.isidentifier() else text


def _is_dotted(text: str) -> bool:
    return bool(text) and all(it.isidentifier() for it in text.split("."))


def _parts(text: str) -> tuple[int, list[str]] | None:
    """Return where the bracket opens that closes at the end of a text, and what stands in it between commas.

    None if there is no such bracket, or if what stands in it is no list of items.
    """
    opened: list[int] = []
    marks: list[int] = []
    is_list = True
    position, end = 0, len(text)
    while position < end:
        character = text[position]
        if character in "\"'":
            position = _behind(text, position)
            continue
        if character in _OPEN:
            if not opened:
                marks, is_list = [position], True
            opened.append(position)
        elif character in _CLOSE:
            if not opened:
                return None
            first = opened.pop()
            if not opened and position == end - 1:
                if not is_list:
                    return None
                places = [*marks, position]
                return first, [item for one, other in pairwise(places) if (item := text[one + 1 : other].strip())]
        elif len(opened) == 1 and (character == "," or text.startswith(_SPLIT_OTHERWISE, position)):
            is_list = is_list and character == ","
            marks.append(position)
        position += 1
    return None


def _behind(text: str, start: int) -> int:
    """Return the place behind a text literal."""
    sign = text[start]
    position = start + 1
    while position < len(text) and text[position] != sign:
        position += 2 if text[position] == "\\" else 1
    return position + 1
