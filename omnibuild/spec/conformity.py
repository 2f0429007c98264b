"""Whether a JSON value fits a type: for defaults and examples, before any code runs.

Lenient as pydantic is with JSON: `"5.00"` is a Decimal, `3` is a float. What it lets through and
pydantic does not is found when the examples run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from pydantic import TypeAdapter

from omnibuild.core.nearest import nearest
from omnibuild.core.values import DISCRIMINATOR, Enum, Field, Json, Model, Pointer, Problem, Ref, Type
from omnibuild.spec.adapter import check_pydantic
from omnibuild.spec.field_checks import check_keys

type Lookup = Callable[[Ref], Model | Enum | None]

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_FORMATS = {
    "UUID": (
        re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"),
        "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11",
    ),
    "date": (re.compile(r"\d{4}-\d\d-\d\d"), "2026-01-31"),
    "datetime": (re.compile(r"\d{4}-\d\d-\d\d.*"), "2026-01-31T12:00:00Z"),
    "time": (re.compile(r"\d\d:\d\d.*"), "12:00:00"),
    "HttpUrl": (re.compile(r"https?://.+"), "https://example.org/"),
    "timedelta": (re.compile(r".+"), "PT90S, or 90 for seconds"),
}
_PARSED: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda value: TypeAdapter(timedelta).validate_python(value),
}
_LENGTHS = ("min_length", "max_length")
_SIZED = ("str", "bytes", "list", "set", "frozenset", "dict", "tuple", "HttpUrl", "ref")
_ORDERED = ("int", "float", "Decimal", "date", "datetime", "time", "timedelta")


def check_value(type_: Type, value: Json, at: Pointer, lookup: Lookup) -> Iterator[Problem]:
    """Yield what does not fit, each where it stands."""
    match type_.head:
        case "Any" | "Json" | "bytes":
            return
        case "|":
            yield from _check_union(type_, value, at, lookup)
        case "Literal":
            if value not in type_.values:
                yield _problem(type_, value, at)
        case "list" | "set" | "frozenset":
            yield from _check_items(type_, value, at, lookup)
        case "tuple":
            yield from _check_tuple(type_, value, at, lookup)
        case "dict":
            yield from _check_dict(type_, value, at, lookup)
        case "ref" if type_.ref:
            yield from _check_ref(type_, type_.ref, value, at, lookup)
        case head:
            if not _is_scalar(head, value):
                yield _problem(type_, value, at)


def check_field(field: Field, lookup: Lookup) -> Iterator[Problem]:
    """Yield what is wrong with a field's default and constraints; what seems right, pydantic is asked about."""
    problems = [*_check_written(field, lookup), *check_keys(field, lookup)]
    yield from problems or check_pydantic(field)


def _check_written(field: Field, lookup: Lookup) -> Iterator[Problem]:
    if not field.required and field.default is not None:
        yield from check_value(field.type, field.default, field.at.to("default"), lookup)
    if not field.required and not field.factory and field.default is None and not _optional(field.type):
        hint = f"write `{field.type} | None`, or another default"
        yield Problem("default", f"`{field.name}` cannot be null", field.at.to("default"), hint)
    heads = {member.head for member in (field.type.args if field.type.head == "|" else (field.type,))}
    for name, value in field.constraints:
        if name == DISCRIMINATOR:
            continue
        fitting = _SIZED if name in _LENGTHS else ("str",) if name == "pattern" else _ORDERED
        if not heads & {*fitting, "Any"}:
            message = f"`{name}` means nothing for {field.type}"
            yield Problem("constraint", message, field.at.to(name, key=True), f"it is for {', '.join(fitting)}")
        elif name == "pattern" and (wrong := _bad_pattern(str(value))):
            yield Problem("constraint", f"`pattern` is not a regular expression: {wrong}", field.at.to(name))
        elif (
            fitting is _ORDERED
            and isinstance(value, str)
            and not _NUMBER.fullmatch(value)
            and heads & set(_ORDERED[:3])
        ):
            yield Problem("constraint", f"`{name}` must be a number", field.at.to(name))


def _bad_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


def _optional(type_: Type) -> bool:
    return type_.head in ("None", "Any", "Json") or any(_optional(member) for member in type_.args if type_.head == "|")


def _check_union(type_: Type, value: Json, at: Pointer, lookup: Lookup) -> Iterator[Problem]:
    attempts = [list(check_value(member, value, at, lookup)) for member in type_.args]
    if all(attempts):
        structured = [it for it in attempts if it[0].at != at]
        yield from min(structured, key=len) if structured else [_problem(type_, value, at)]


def _check_items(type_: Type, value: Json, at: Pointer, lookup: Lookup) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _problem(type_, value, at)
        return
    for index, item in enumerate(value):
        yield from check_value(type_.args[0], item, at.to(index), lookup)


def _check_tuple(type_: Type, value: Json, at: Pointer, lookup: Lookup) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _problem(type_, value, at)
        return
    arguments = type_.args
    if arguments and arguments[-1].head == "...":
        arguments = (arguments[0],) * len(value)
    if len(arguments) != len(value):
        yield Problem("value", f"{type_} has {len(arguments)} items, not {len(value)}", at)
        return
    for index, (argument, item) in enumerate(zip(arguments, value, strict=True)):
        yield from check_value(argument, item, at.to(index), lookup)


def _check_dict(type_: Type, value: Json, at: Pointer, lookup: Lookup) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _problem(type_, value, at)
        return
    for key, item in value.items():
        yield from check_value(type_.args[1], item, at.to(key), lookup)


def _check_ref(type_: Type, ref: Ref, value: Json, at: Pointer, lookup: Lookup) -> Iterator[Problem]:
    match lookup(ref):
        case Enum(members=members):
            names = [name for name, _ in members]
            if value not in names:
                near = nearest(str(value), names)
                hint = f"did you mean `{near}`?" if near else f"one of {', '.join(names)}"
                yield Problem("value", f"`{value}` is not a member of {type_}", at, hint)
        case Model() as model:
            yield from check_model(model, value, at, lookup)


def check_model(model: Model, value: Json, at: Pointer, lookup: Lookup) -> Iterator[Problem]:
    """Yield what does not fit a model: unknown, missing and wrong fields."""
    if model.source:  # its fields are not known here: whether the value fits is seen when the examples run
        return
    called = model.ref.name.lower() if model.ref.name in ("Input", "Output") else f"{model.ref.name}"
    if not isinstance(value, dict):
        yield Problem("value", f"{called} is a mapping of fields, not {_shown(value)}", at)
        return
    names = [field.name for field in model.fields]
    for name in value:
        if name not in names:
            near = nearest(name, names)
            hint = f"did you mean `{near}`?" if near else f"its fields are {', '.join(names) or 'none'}"
            yield Problem("unknown-field", f"{called} has no field `{name}`", at.to(name, key=True), hint)
    for field in model.fields:
        if field.name in value:
            yield from check_value(field.type, value[field.name], at.to(field.name), lookup)
        elif field.required:
            yield Problem("missing-field", f"{called} wants `{field.name}`", at, f"add `{field.name}:`")


def _is_scalar(head: str, value: Json) -> bool:
    match head, value:
        case "None", None:
            return True
        case (("str" | "Path"), str()):
            return True
        case "bool", bool():
            return True
        case _, bool() | None:
            return False
        case "int", int() | str():
            return isinstance(value, int) or re.fullmatch(r"[-+]?\d+", value) is not None
        case ("int", float()):
            return value.is_integer()
        case (("float" | "Decimal"), (int() | float())):
            return True
        case (("float" | "Decimal"), str()):
            return _NUMBER.fullmatch(value) is not None
        case "timedelta", (int() | float()):
            return True
        case (("datetime" | "date" | "time"), (int() | float())):
            return True
        case _, str() if head in _FORMATS:
            return _FORMATS[head][0].fullmatch(value) is not None and _is_real(head, value)
        case _:
            return False


def _is_real(head: str, value: str) -> bool:
    """Return whether a text of the right format is also a day that there is, or a time."""
    try:
        _PARSED.get(head, str)(value)
    except ValueError:
        return False
    return True


def _problem(type_: Type, value: Json, at: Pointer) -> Problem:
    hint = f"write it as {_FORMATS[type_.head][1]}" if type_.head in _FORMATS else ""
    if type_.head == "str" and isinstance(value, int | float | bool):
        hint = f'quote it: "{value}"'
    return Problem("value", f"{_shown(value)} is not {type_}", at, hint)


def _shown(value: Json) -> str:
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text[:60]}…`" if len(text) > 60 else f"`{text}`"
