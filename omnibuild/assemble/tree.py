"""The parts of a Python module: statements as immutable values, expressions as their text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from omnibuild.assemble import literal

WIDTH = 120
"""The longest line, in characters; the formatter is told the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """A statement of one line; `above` are the lines before it, empty ones and comments, `behind` is a comment."""

    text: str
    above: tuple[str, ...] = ()
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring, which is wrapped where it stands."""

    text: str
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compound:
    """A statement around others: `head` ends with a colon; `name` is that of a class or a function."""

    head: str
    body: tuple[Statement, ...]
    name: str = ""
    decorators: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandWritten:
    """Statements that a person wrote: lines that have the margin of their place already."""

    text: str
    name: str = ""
    above: tuple[str, ...] = ()


type Statement = Line | Docstring | Compound | HandWritten


def spaced[S: Statement](statement: S) -> S:
    """Return a statement with an empty line before it."""
    return replace(statement, above=("", *statement.above))


def quoted(text: str) -> str:
    """Return a string literal in the quotes that the formatter would choose."""
    return literal.text(text)


def raw(text: str) -> str:
    """Return a raw string literal where that spares backslashes, another one where it does not."""
    if "\\" not in text or '"' in text or text.endswith("\\") or not text.isprintable():
        return quoted(text)
    return f'r"{text}"'


def sentence(text: str) -> str:
    """Return the text on one line, closed by a full stop if nothing closes it."""
    line_ = " ".join(text.split())
    return line_ if not line_ or line_[-1] in ".!?:…" else f"{line_}."


def docstring(text: str, margin: str) -> str:
    """Return a docstring: one line if it fits, else a summary, a blank line and the rest."""
    safe = sentence(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if safe.endswith('"'):
        safe += " "
    if len(margin) + len(safe) + 6 <= WIDTH:
        return f'"""{safe}"""'
    summary, _, rest = safe.partition(". ")
    room = WIDTH - len(margin) - 6
    paragraphs = [textwrap.wrap(f"{summary}." if rest else summary, room), textwrap.wrap(rest, room)]
    body = f"\n\n{margin}".join(f"\n{margin}".join(it) for it in paragraphs if it)
    return f'"""{body}\n{margin}"""'


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function; `self` has no annotation. The name may begin with `*`."""

    name: str
    annotation: str = ""
    default: str = ""

    def __str__(self) -> str:
        annotated = f"{self.name}: {self.annotation}" if self.annotation else self.name
        return f"{annotated} = {self.default}" if self.default else annotated


def function(
    name: str,
    parameters: Sequence[Parameter],
    returns: str,
    body: Sequence[Statement],
    *,
    is_async: bool = False,
    decorators: Sequence[str] = (),
) -> Compound:
    """Return a function whose parts are all known."""
    head = f"{'async ' if is_async else ''}def {name}({', '.join(map(str, parameters))}) -> {returns}:"
    return Compound(head, tuple(body), name, tuple(decorators))


def class_(name: str, bases: Sequence[str], body: Sequence[Statement], decorators: Sequence[str] = ()) -> Compound:
    """Return a class."""
    head = f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
    return Compound(head, tuple(body), name, tuple(decorators))


def call(function_: str, keywords: Iterable[tuple[str, str]]) -> str:
    """Return a call with keyword arguments."""
    return f"{function_}({', '.join(f'{key}={value}' for key, value in keywords)})"


def assign(name: str, value: str, annotation: str = "") -> Line:
    """Return `name = value`, or `name: annotation = value`."""
    return Line(f"{name}: {annotation} = {value}" if annotation else f"{name} = {value}")


def declare(name: str, annotation: str) -> Line:
    """Return `name: annotation`."""
    return Line(f"{name}: {annotation}")


def returning(value: str) -> Line:
    """Return `return value`."""
    return Line(f"return {value}")
