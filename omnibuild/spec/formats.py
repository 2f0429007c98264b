"""Format specs of f-strings, and `strftime` formats: constant, small, and fit for what they format."""

from __future__ import annotations

import re

from omnibuild.core.values import Type

_SPEC = re.compile(r"(.?[<>=^])?[-+ ]?z?#?0?\d{0,2}[,_]?(\.\d{1,2})?(?P<type>[bcdeEfFgGnosxX%]?)", re.DOTALL)
_STRFTIME = re.compile(r"([^%{}]|%[-aAbBcdfGHIjmMpSuUVwWxXyYzZ%]){1,100}")
_TYPES = {
    "int": "bcdeEfFgGnoxX%",
    "bool": "bcdeEfFgGnoxX%",
    "float": "eEfFgGn%",
    "Decimal": "eEfFgGn%",
    "str": "s",
    "Literal": "s",
    "ref": "s",
}
_TIMES = ("date", "datetime", "time")


def is_strftime(text: str) -> bool:
    """Return whether a text is a format for dates and times."""
    return _STRFTIME.fullmatch(text) is not None


def format_problem(spec: str, formatted: Type) -> str:
    """Return what is wrong with the format spec of a value of this type, "" if nothing is."""
    if formatted.head in _TIMES:
        return "" if is_strftime(spec) else f"`{spec}` is not a format for a {formatted.head}"
    match = _SPEC.fullmatch(spec)
    if match is None:
        return f"`{spec}` is not a format spec"
    if formatted.head == "Any":
        return ""
    types = _TYPES.get(formatted.head)
    if types is None:
        return f"{formatted} takes no format spec"
    if match["type"] and match["type"] not in types:
        return f"`{match['type']}` does not format {formatted}"
    return ""
