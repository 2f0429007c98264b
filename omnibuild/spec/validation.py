"""A document against the language: pydantic's errors in the words of the language, with hints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Json, Path, Pointer, Problem
from omnibuild.spec.written_fields import Written

_WANTED = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
}


def validate[W: Written](model: type[W], data: dict[str, Json], at: Pointer) -> tuple[W | None, list[Problem]]:
    """Return the document as the model, or None and everything that does not fit.

    Keys that are missing at the top are left to gate G1, wrong kinds to G2, wrong names to G3:
    they name them better.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        problems: dict[Path, Problem] = {}
        for detail in error.errors(include_url=False):
            path = _path(detail["loc"], data)
            if (detail["type"] == "missing" and len(path) == 1) or path in (("node",), ("kind",), ("shared",)):
                continue
            problems.setdefault(path, _problem(model, detail, path, at))
        return None, list(problems.values())


def _path(loc: Sequence[str | int], data: Json) -> Path:
    """Drop the steps of pydantic's location that name a branch of a union rather than a key."""
    path: list[str | int] = []
    value: Json = data
    for position, step in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(value, dict) and isinstance(step, str) and (step in value or (last and "[" not in step)):
            path.append(step)
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            path.append(step)
            value = value[step]
    if path and path[-1] in ("str", "list[str]") and not _exists(data, path):
        path.pop()
    return tuple(path)


def _exists(data: Json, path: Sequence[str | int]) -> bool:
    for step in path:
        if isinstance(data, dict) and step in data:
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return False
    return True


def _problem(model: type[BaseModel], detail: ErrorDetails, path: Path, at: Pointer) -> Problem:
    name = str(path[-1]) if path else ""
    given: Any = detail.get("input")
    match detail["type"]:
        case "extra_forbidden":
            known = _keys(model, path[:-1])
            near = nearest(name, known)
            hint = f"did you mean `{near}`?" if near else f"known here: {', '.join(known)}"
            if given is None and " " in name:
                hint = "inside { } YAML wants quotes around text with a comma"
            return Problem("unknown-key", f"the key `{name}` means nothing here", at.to(*path, key=True), hint)
        case "missing":
            return Problem("missing-key", f"`{name}` is missing", at.to(*path[:-1]), f"add `{name}:`")
        case "literal_error":
            return Problem("value", f"`{name}` is {detail['ctx']['expected']}, not `{given}`", at.to(*path))
        case "string_pattern_mismatch":
            return Problem("value", f"`{name}: {given}` is not as it must be", at.to(*path), _pattern_hint(detail))
        case kind if kind in _WANTED:
            hint = f'quote it: "{given}"' if kind == "string_type" and isinstance(given, int | float) else ""
            message = f"`{name}` must be {_WANTED[kind]}, not {_called(given)}"
            return Problem("wrong-type", message, at.to(*path), hint or _type_hint(path))
        case _:
            message = re.sub(r"^(Value|Input) ", "", detail["msg"])
            return Problem("value", f"`{name}`: {message[0].lower()}{message[1:]}", at.to(*path))


def _type_hint(path: Path) -> str:
    if path and path[0] in ("models", "input", "output", "enums"):
        return "a field is `name: TYPE` or `name: {type: TYPE, …}`"
    return ""


def _pattern_hint(detail: ErrorDetails) -> str:
    pattern = detail["ctx"]["pattern"]
    if "ms|s|m|h" in pattern:
        return "write a number and its unit: 500ms, 30s, 5m, 1h"
    if r"\." in pattern:
        return "write three numbers: 1.0.0"
    return f"it must match {pattern}"


def _called(value: object) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text `{value}`"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that the language knows at a path."""
    found: Any = model
    for step in path:
        found = _step(found, step)
    names = [it for it in _members(found) if isinstance(it, type) and issubclass(it, BaseModel)]
    return [field.alias or key for it in names for key, field in it.model_fields.items()]


def _members(annotation: Any) -> list[Any]:
    """Return an annotation's alternatives, bare of Annotated and None."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [it for member in get_args(annotation) for it in _members(member)]
    return [annotation]


def _step(annotation: Any, step: str | int) -> Any:
    """Return the annotation of what a key or a position leads to."""
    for member in _members(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel):
            fields = {field.alias or name: field for name, field in member.model_fields.items()}
            if step in fields:
                return fields[str(step)].annotation
        if get_origin(member) in (dict, list):
            return get_args(member)[-1]
    return None
