"""Literals of Python: numbers, and texts in the quotes that the formatter would choose."""

from __future__ import annotations

from math import isinf


def number(value: float) -> str:
    """Return a number, which must not be negative."""
    if isinstance(value, int):
        return str(value)
    return "1e309" if isinf(value) else repr(value).replace("e+", "e")


def text(value: str | bytes, nested: str = "") -> str:
    """Return a text or bytes literal; inside of an f-string, in the other quotes than those of `nested`."""
    prefix = "b" if isinstance(value, bytes) else ""
    inside = value.decode("latin-1") if isinstance(value, bytes) else value
    sign = quote(inside, nested)
    return prefix + sign + escape(inside, sign, is_bytes=bool(prefix)) + sign


def quote(value: str, nested: str = "") -> str:
    """Return the quotes for a text: double, unless single ones save escapes, or stand around it already."""
    if nested:
        return "'" if nested == '"' else '"'
    return "'" if value.count('"') > value.count("'") else '"'


def escape(value: str, sign: str, *, is_bytes: bool = False) -> str:
    """Return what stands between the quotes."""
    # What `repr` escapes beside quotes is what must be; a double quote in front keeps it off the single ones.
    shown = repr(value.encode("latin-1"))[1:] if is_bytes else repr(value)
    body = shown[1:-1]
    if shown[0] == "'":
        body = body.replace("\\'", "'")
    return body.replace(sign, f"\\{sign}")
