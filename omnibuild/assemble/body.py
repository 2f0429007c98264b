"""A body's parts, ready to be spliced into a generated module: line by line, so that every comment stays."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import HandWritten, docstring

_FORM_FEED = re.compile(r"^[ \t\f]*\f")
"""What Python does not count of a margin."""
_MARGIN = "    "
"""What a method stands in beyond a function."""

type _Function = ast.FunctionDef | ast.AsyncFunctionDef

type _Mark = tuple[int, int]
"""A line and a column, from 0."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A body's `handle`, its lines with the margin of a method: the comments above, the head, the docstring, the rest.

    `inside` is the margin of its statements.
    """

    parameters: tuple[str, ...]
    above: tuple[str, ...]
    head: str
    docstring: tuple[str, ...]
    suite: tuple[str, ...]
    inside: str


@dataclass(frozen=True, slots=True)
class Parts:
    """A body taken apart: its docstring's text, what stands beside `handle`, and `handle`."""

    description: str
    beside: tuple[HandWritten, ...]
    handle: Handle


def take_apart(text: str, imports: Imports) -> Parts:
    """Take a body apart, moving its top-level imports into the set. The text has a valid shape."""
    source = _Source(text)
    beside: list[HandWritten] = []
    handle: Handle | None = None
    description = ast.get_docstring(source.tree, clean=False) or ""
    pending: list[str] = []
    for chunk in source.chunks():
        above = [*pending, *source.above(chunk)]
        pending = []
        if description and chunk.statements[0] is source.tree.body[0] and len(chunk.statements) == 1:
            pending = _comments(above)
        elif all(map(_is_import, chunk.statements)):
            _move(source, chunk, imports, _comments(above))
        elif (
            isinstance(first := chunk.statements[0], ast.FunctionDef | ast.AsyncFunctionDef) and first.name == "handle"
        ):
            handle = source.handle(chunk, first, above)
        else:
            beside.append(HandWritten("\n".join([*above, *source.lines[chunk.start : chunk.end]])))
    if handle is None:
        raise ValueError("a body without `handle` cannot be spliced")
    rest = [*pending, *source.rest()]
    if _comments(rest):
        beside.append(HandWritten("\n".join(rest)))
    return Parts(" ".join(description.split()), tuple(beside), handle)


def method(handle: Handle, description: str, first: Sequence[str]) -> HandWritten:
    """Return `handle` as a method of one parameter, with these statements before its own."""
    opening = handle.docstring or (handle.inside + docstring(description, handle.inside),)
    added = (handle.inside + it for it in first)
    return HandWritten("\n".join([*handle.above, handle.head, *opening, *added, *handle.suite]), name="handle")


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Top-level statements that share lines: `start` and `end` are the first line, from 0, and that behind the last."""

    statements: tuple[ast.stmt, ...]
    start: int
    end: int
    before: int
    """The line behind the statements before it."""


class _Source:
    """A body's text with what its tokens tell: where comments are, and which lines begin inside of a string."""

    def __init__(self, text: str) -> None:
        self.lines = [it.rstrip("\n") for it in io.StringIO(text, newline=None)]
        self._text = "\n".join([*self.lines, ""])
        self.tree = ast.parse(self._text)
        self._tokens = list(tokenize.generate_tokens(io.StringIO(self._text).readline))
        self.comments: Mapping[int, str] = {
            it.start[0] - 1: it.string for it in self._tokens if it.type == tokenize.COMMENT
        }
        self._strings = frozenset(self._inside_strings())

    def _inside_strings(self) -> Iterator[int]:
        opened: list[int] = []
        for it in self._tokens:
            if it.type == tokenize.STRING:
                yield from range(it.start[0], it.end[0])
            elif it.type == tokenize.FSTRING_START:
                opened.append(it.start[0])
            elif it.type == tokenize.FSTRING_END:
                yield from range(opened.pop(), it.end[0])

    def chunks(self) -> Iterator[_Chunk]:
        """Yield the top-level statements; those that share a line together."""
        waiting: list[ast.stmt] = []
        before = 0
        for it, then in zip(self.tree.body, [*self.tree.body[1:], None], strict=True):
            waiting.append(it)
            if then is None or _first(then) > (it.end_lineno or 0):
                end = self._footer(it.end_lineno or 0, _first(then) - 1 if then else len(self.lines))
                yield _Chunk(tuple(waiting), _first(waiting[0]) - 1, end, before)
                waiting, before = [], end

    def _footer(self, end: int, limit: int) -> int:
        """Return where the lines end that belong to a statement by their margin: comments at the end of its block."""
        found = end
        for number in range(end, limit):
            line = self.lines[number]
            if line.strip() and not line[0].isspace():
                break
            if line.strip():
                found = number + 1
        return found

    def above(self, chunk: _Chunk) -> list[str]:
        """Return the lines between a chunk and what stands before it."""
        return self.lines[chunk.before : chunk.start]

    def rest(self) -> list[str]:
        """Return the lines behind all statements."""
        chunks = list(self.chunks())
        return self.lines[chunks[-1].end :] if chunks else self.lines

    def handle(self, chunk: _Chunk, tree: _Function, above: Sequence[str]) -> Handle:
        """Return `handle` with the head of a method of one parameter."""
        opened, closed, colon = self._marks(tree)
        request, *_ = tree.args.args
        annotation = f": {ast.get_source_segment(self._text, request.annotation)}" if request.annotation else ""
        before, returns = self._slice((tree.lineno - 1, 0), opened), self._slice(closed, colon)
        head = f"{_MARGIN}{before}(self, {request.arg}{annotation}){returns}"
        behind = self.lines[colon[0]][colon[1] :].strip()
        if behind and not behind.startswith("#"):
            inside = _MARGIN * 2
            docstring, suite = self._one_line(tree, inside)
        else:
            head, row = f"{head}  {behind}".rstrip(), tree.body[0].lineno - 1
            inside = _MARGIN + self.lines[row][: len(self.lines[row]) - len(self.lines[row].lstrip())]
            docstring, suite = self._several_lines(tree, colon[0] + 1, chunk.end, inside)
        parameters = tuple(it.arg for it in tree.args.args)
        shown = tuple(_MARGIN + it if it else it for it in above)
        return Handle(parameters, shown, head, tuple(docstring), tuple(suite), inside)

    def _one_line(self, tree: _Function, inside: str) -> tuple[list[str], list[str]]:
        """Return the docstring and the rest of a suite that stands in the line of the head."""
        written = [f"{inside}{ast.get_source_segment(self._text, it)}" for it in tree.body]
        written[-1] += f"  {self.comments.get((tree.end_lineno or 1) - 1, '')}"
        own = 1 if _has_docstring(tree) else 0
        return written[:own], written[own:]

    def _several_lines(self, tree: _Function, start: int, end: int, inside: str) -> tuple[list[str], list[str]]:
        """Return the docstring and the rest of a suite that stands below the head."""
        first = tree.body[0]
        if not _has_docstring(tree):
            return [], self._shifted(start, end)
        behind = first.end_lineno or 0
        if len(tree.body) == 1 or tree.body[1].lineno > behind:
            return self._shifted(start, behind), self._shifted(behind, end)
        # Another statement stands behind the docstring, in its last line.
        docstring = f"{inside}{ast.get_source_segment(self._text, first)}"
        same = [it for it in tree.body[1:] if it.lineno == behind]
        rest = [f"{inside}{ast.get_source_segment(self._text, it)}" for it in same]
        return [*self._shifted(start, first.lineno - 1), docstring], [
            *rest,
            *self._shifted(same[-1].end_lineno or 0, end),
        ]

    def _shifted(self, start: int, end: int) -> list[str]:
        """Return lines with the margin of a method, but for those that begin inside of a string."""
        return [
            it if not it or number in self._strings else _MARGIN + _FORM_FEED.sub("", it)
            for number, it in enumerate(self.lines[start:end], start)
        ]

    def _marks(self, tree: _Function) -> tuple[_Mark, _Mark, _Mark]:
        """Return where the parameters begin and end with their parentheses, and where the head ends."""
        depth, marks = 0, list[_Mark]()
        for it in self._tokens:
            if it.start[0] < tree.lineno or it.type != tokenize.OP:
                continue
            if it.string == "(" and depth == 0 and not marks:
                marks.append((it.start[0] - 1, it.start[1]))
            depth += (it.string in "([{") - (it.string in ")]}")
            if depth == 0 and ((it.string == ")" and len(marks) == 1) or (it.string == ":" and len(marks) == 2)):
                marks.append((it.end[0] - 1, it.end[1]))
            if len(marks) == 3:
                break
        opened, closed, colon = marks
        return opened, closed, colon

    def _slice(self, start: _Mark, end: _Mark) -> str:
        if start[0] == end[0]:
            return self.lines[start[0]][start[1] : end[1]]
        between = self.lines[start[0] + 1 : end[0]]
        return "\n".join([self.lines[start[0]][start[1] :], *between, self.lines[end[0]][: end[1]]])


def _is_handle(statement: ast.stmt) -> TypeGuard[_Function]:
    return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == "handle"


def _first(statement: ast.stmt) -> int:
    """Return the first line of a statement, from 1, with its decorators."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return min([statement.lineno, *(it.lineno for it in statement.decorator_list)])
    return statement.lineno


def _has_docstring(tree: _Function) -> bool:
    return ast.get_docstring(tree, clean=False) is not None


def _comments(written: Sequence[str]) -> list[str]:
    return [it.strip() for it in written if it.strip()]


def _is_import(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return all(it.name != "*" for it in statement.names)
    return isinstance(statement, ast.Import)


def _move(source: _Source, chunk: _Chunk, imports: Imports, above: Sequence[str]) -> None:
    """Add imports to the set, with their comments."""
    inside = [source.comments[it] for it in range(chunk.start, chunk.end - 1) if it in source.comments]
    behind = source.comments.get(chunk.end - 1, "")
    above = [*above, *inside]
    for statement in chunk.statements:
        for alias in statement.names if isinstance(statement, ast.Import | ast.ImportFrom) else ():
            if isinstance(statement, ast.ImportFrom):
                module, name = statement.module or "", alias.name
                imports.bind(module, name, alias.asname or name)
            else:
                module, name = alias.name, ""
                imports.module(module, alias.asname or "")
            imports.comment(module, name, above, behind)
            above = []
