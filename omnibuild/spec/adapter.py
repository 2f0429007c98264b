"""What pydantic itself says of a field: of its constraints, and whether its default fits them."""

from __future__ import annotations

import types
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field as Declared
from pydantic import HttpUrl, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError
from pydantic_core import SchemaError

from omnibuild.core.values import DISCRIMINATOR, Field, Json, Problem, Type

_SCALARS: Mapping[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "bytes": bytes,
    "Decimal": Decimal,
    "date": date,
    "datetime": datetime,
    "time": time,
    "timedelta": timedelta,
    "UUID": uuid.UUID,
    "Path": Path,
    "HttpUrl": HttpUrl,
    "Json": Any,
    "Any": Any,
    "None": None,
}
_LIMITS: Mapping[str, Callable[[Any], Any]] = {
    "int": lambda it: Decimal(str(it)),
    "float": float,
    "Decimal": lambda it: Decimal(str(it)),
}
_BOUNDS = (("gt", "lt"), ("gt", "le"), ("ge", "lt"), ("ge", "le"), ("min_length", "max_length"))


def check_pydantic(field: Field) -> Iterator[Problem]:
    """Yield what pydantic would say of a field's constraints, else of its default; nothing of models' fields."""
    if any(field.type.refs()) or field.type.head == "ref":
        return
    constraints = {name: _limit(field.type, name, value) for name, value in field.constraints if name != DISCRIMINATOR}
    problem = _contradiction(field, constraints) or _unsound(field, constraints)
    if problem:
        yield problem
    elif not field.required and field.default is not None:
        try:
            _adapter(field.type, constraints).validate_python(field.default)
        except ValidationError as error:
            told = error.errors(include_url=False)[0]["msg"]
            message = f"pydantic does not take the default: {told[0].lower()}{told[1:]}"
            yield Problem("default", message, field.at.to("default"))


def _contradiction(field: Field, constraints: Mapping[str, Any]) -> Problem | None:
    for low, high in _BOUNDS:
        if low not in constraints or high not in constraints:
            continue
        one, other = constraints[low], constraints[high]
        open_ = low == "gt" or high == "lt"
        if type(one) is type(other) and (one > other or (open_ and one == other)):
            message = f"no value can be: `{low}` is {one} and `{high}` is {other}"
            return Problem("constraint", message, field.at.to(high), "change one of the two")
    return None


def _unsound(field: Field, constraints: Mapping[str, Any]) -> Problem | None:
    for name, value in constraints.items():
        if name == "multiple_of" and isinstance(value, int | float | Decimal) and value <= 0:
            return Problem("constraint", "`multiple_of` must be greater than 0", field.at.to(name))
        try:
            _adapter(field.type, {name: value})
        except (SchemaError, PydanticSchemaGenerationError, TypeError, ValueError) as error:
            told = str(error).strip().splitlines()[-1].strip()
            return Problem("constraint", f"pydantic does not take `{name}`: {told}", field.at.to(name))
    return None


def _adapter(type_: Type, constraints: Mapping[str, Any]) -> TypeAdapter[Any]:
    return _made(type_, tuple((name, type(value), value) for name, value in constraints.items()))


@lru_cache(maxsize=4096)
def _made(type_: Type, constraints: tuple[tuple[str, type, Any], ...]) -> TypeAdapter[Any]:
    python, declared = _python(type_), {name: value for name, _, value in constraints}
    return TypeAdapter(Annotated[python, Declared(**declared)] if declared else python)


def _limit(type_: Type, name: str, value: Json) -> Any:
    """Return a constraint's value as generated code has it, of the type that it limits."""
    heads = [it.head for it in (type_.args if type_.head == "|" else (type_,)) if it.head != "None"]
    if name in ("min_length", "max_length", "pattern") or len(heads) != 1:
        return value
    head = heads[0]
    try:
        if head in _LIMITS:
            number = _LIMITS[head](value)
            return int(number) if head == "int" and number == number.to_integral_value() else number
        return TypeAdapter(_SCALARS[head]).validate_python(value) if head in _SCALARS else value
    except (ValueError, InvalidOperation):
        return value


def _python(type_: Type) -> Any:
    arguments = [... if it.head == "..." else _python(it) for it in type_.args]
    match type_.head:
        case "|":
            return reduce(or_, [types.NoneType if it is None else it for it in arguments])
        case "Literal":
            return Literal[tuple(type_.values)]
        case "list":
            return list[arguments[0]]  # type: ignore[valid-type]
        case "set":
            return set[arguments[0]]  # type: ignore[valid-type]
        case "frozenset":
            return frozenset[arguments[0]]  # type: ignore[valid-type]
        case "dict":
            return dict[arguments[0], arguments[1]]  # type: ignore[valid-type]
        case "tuple":
            return tuple[tuple(arguments)]  # type: ignore[misc]
        case head:
            return _SCALARS.get(head, Any)
