"""The text of an SQL query: what is wrong with it before a database sees it, and what to call it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from omnibuild.assemble.tree import quoted

BIND = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
"""A bound parameter, as SQLAlchemy's `text()` finds it: quotes around it make no difference."""

_WIDTH = 100
_QUIET = re.compile(r"(?P<text>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""A quoted text, or a comment."""

_PERCENT = re.compile(r"%(\(\w*\))?[sdirf]\b")
_BRACES = re.compile(r"\{[A-Za-z_][\w.\[\]]*(![rsa])?(:[^{}]*)?\}|\{\}")
_QUOTED_PERCENT = re.compile(r"'%(\(\w*\))?s'")
_OBJECT = re.compile(
    r"\s*(?P<verb>insert|select|update|delete|create|drop|alter|with|replace|truncate)\b"
    r"(?:.*?\b(?:into|from|table|index|update)\b\s+(?:only\s+|if\s+(?:not\s+)?exists\s+)*[\"`]?(?P<table>\w+))?",
    re.IGNORECASE | re.DOTALL,
)
_UPDATED = re.compile(r"\s*update\s+(?:only\s+)?[\"`]?(?P<table>\w+)", re.IGNORECASE)


def query_faults(query: str, bound: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the offset of everything that is wrong with a query, what it is, and what to do about it.

    `bound` are the names that have values.
    """
    loud = _QUIET.sub(lambda it: " " * len(it[0]), query)
    read = _QUIET.sub(lambda it: it["text"] or " " * len(it[0]), query)
    bind = "write `:name`, and its value under `with`"
    braces = [it for it in _BRACES.finditer(read) if it[0] != "{}" or loud[it.start()] == "{"]
    for it in (*braces, *_PERCENT.finditer(loud), *_QUOTED_PERCENT.finditer(read)):
        yield it.start(), f"`{it[0]}` would format a value into the query", bind
    first = re.search(r";\s*(?=\S)", loud)
    if first:
        yield first.start(), "more than one statement", "write an operation for each"
    for it in BIND.finditer(query):
        if it[1] not in bound:
            quoted = loud[it.start()] == " "
            hint = f"escape it: \\:{it[1]}" if quoted else f"write `with: {{{it[1]}: …}}`"
            yield it.start(), f"`:{it[1]}` has no value", hint


def bound_names(query: str) -> frozenset[str]:
    """Return the names of the parameters that are bound."""
    return frozenset(it[1] for it in BIND.finditer(query))


def constant_name(query: str, fallback: str) -> str:
    """Return what the constant of a query is called: INSERT_ORDERS, SELECT_ORDERS."""
    found = _UPDATED.match(query) or _OBJECT.match(query)
    verb = (_OBJECT.match(query) or {"verb": ""})["verb"]
    name = f"{verb}_{found['table']}" if found and found["table"] and verb.lower() != "with" else fallback
    return name.upper()


def literal(query: str) -> str:
    """Return a query as a text literal: in pieces, one a line of its own or as long as a line of code can be."""
    return " ".join(quoted(it) for it in _pieces(query.strip()))


def _pieces(query: str) -> Iterator[str]:
    for row in query.splitlines(keepends=True):
        piece = ""
        for word in re.findall(r"\s*\S+|\s+$", row):
            if piece and len(piece) + len(word) > _WIDTH:
                yield piece
                piece = ""
            piece += word
        yield piece
