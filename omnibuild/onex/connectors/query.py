"""The text of an SQL query: what is wrong with it before a database sees it, and what to call it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

BIND = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
"""A bound parameter, as SQLAlchemy's `text()` finds it: quotes around it make no difference."""

_QUIET = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
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
    bind = "write `:name`, and its value under `with`"
    braces = [it for it in _BRACES.finditer(query) if it[0] != "{}" or loud[it.start()] == "{"]
    for it in braces:
        yield it.start(), f"`{it[0]}` would format a value into the query", bind
    for it in (*_PERCENT.finditer(loud), *_QUOTED_PERCENT.finditer(query)):
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


def pieces(query: str, width: int) -> list[str]:
    """Return a query in pieces of at most this many characters where spaces allow it, one a line if it has lines."""
    parts: list[str] = []
    for line in query.strip().splitlines(keepends=True):
        words = re.findall(r"\s*\S+\s*?|\s+$", line)
        current = ""
        for word in words:
            if current and len(current) + len(word) > width:
                parts.append(current)
                current = ""
            current += word
        parts.append(current)
    return [it for it in parts if it]
