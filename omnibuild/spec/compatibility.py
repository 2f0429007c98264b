"""Whether a value of one type can stand where another is needed, and how to say so."""

from __future__ import annotations

import re

from omnibuild.core.values import Enum, Model, Ref, Type
from omnibuild.spec.scope import ANY, Scope, arms_of, may_be_none, union
from omnibuild.spec.types import ELLIPSIS, SCALARS

_WIDENS = {"bool": ("int", "float"), "int": ("float",)}
_UNHASHABLE = ("list", "set", "dict", "iterator", "Iterable")
_SIZED = ("str", "bytes", "list", "set", "frozenset", "dict", "tuple", "Iterable", "Json", "ref")
_JSON = ("None", "bool", "int", "float", "str")
_CONVERSIONS = {
    "str": "write str(…)",
    "int": "write int(…) or round(…)",
    "float": "write float(…)",
    "Decimal": "write Decimal(…)",
    "bool": "write bool(…) or a comparison",
    "list": "write list(…) or sorted(…)",
    "set": "write set(…)",
    "tuple": "write tuple(…)",
}


def declared(type_: Type, scope: Scope) -> Model | Enum | None:
    """Return the model or enum that a type names."""
    return scope.lookup(type_.ref) if type_.ref else None


def show(type_: Type, scope: Scope) -> str:
    """Return a type as the document would write it, without its own name."""
    if type_.head == "Sized":
        return "something with a length"
    return re.sub(rf"\b{re.escape(scope.document)}\.", "", str(type_))


def plain(type_: Type, scope: Scope) -> tuple[Type, ...]:
    """Return the alternatives of a type as those whose operations they have: a string enum is a `str`."""
    return tuple(dict.fromkeys(it for arm in arms_of(type_) for it in _plain(arm, scope)))


def _plain(arm: Type, scope: Scope) -> tuple[Type, ...]:
    if arm.head == "Literal":
        return tuple(Type("str" if isinstance(value, str) else "int") for value in arm.values)
    if arm.head == "bool":
        return (Type("int"),)
    return (Type("str"),) if isinstance(declared(arm, scope), Enum) else (arm,)


def fits(actual: Type, expected: Type, scope: Scope) -> bool:
    """Return whether a value of the actual type is, for all that is known, one of the expected type."""
    return all(any(_fits(arm, it, scope) for it in arms_of(expected)) for arm in arms_of(actual))


def _fits(actual: Type, expected: Type, scope: Scope) -> bool:
    if ANY in (actual, expected) or actual == expected or expected.head in _WIDENS.get(actual.head, ()):
        return True
    match actual.head, expected.head:
        case "Literal", "Literal":
            return set(map(repr, actual.values)) <= set(map(repr, expected.values))
        case "Literal", _:
            return all(_fits(arm, expected, scope) for arm in plain(actual, scope))
        case "ref", "ref":
            return target(actual.ref, scope) == target(expected.ref, scope)
        case "ref", "str":
            return not isinstance(declared(actual, scope), Model)
        case "Json", head:
            return head in (*_JSON, "list", "dict")
        case head, "Sized":
            return head in _SIZED and not isinstance(declared(actual, scope), Model)
        case head, "Json":
            parts = actual.args[-1:] if head in ("list", "dict") else ()
            return head in _JSON or any(fits(part, expected, scope) for part in parts)
        case _:
            return _parts_fit(actual, expected, scope)


def _parts_fit(actual: Type, expected: Type, scope: Scope) -> bool:
    """Return whether one container can stand for another; read-only, so its items may be narrower."""
    many = expected.head == "Iterable" or (expected.head == actual.head == "tuple" and ELLIPSIS in expected.args)
    if many:
        item = item_of(actual)
        return item is not None and fits(item, expected.args[0], scope)
    same = actual.head == expected.head and len(actual.args) == len(expected.args) > 0
    return same and all(fits(a, b, scope) for a, b in zip(actual.args, expected.args, strict=True))


def target(ref: Ref | None, scope: Scope) -> Ref | None:
    """Return the reference of what is declared: `order_pricer.Input` may be another document's model."""
    found = scope.lookup(ref) if ref else None
    return found.ref if found else ref


def item_of(type_: Type) -> Type | None:
    """Return what iterating over a value of this one alternative gives; None if it cannot be iterated over."""
    match type_.head:
        case "Any" | "Json":
            return ANY
        case "str" | "Literal":
            return Type("str")
        case "bytes":
            return Type("int")
        case "tuple":
            return union(it for it in type_.args if it != ELLIPSIS)
        case "list" | "set" | "frozenset" | "dict" | "Iterable" | "iterator":
            return type_.args[0] if type_.args else ANY
        case _:
            return None


def is_hashable(type_: Type) -> bool:
    """Return whether values of the type can be items of a set or keys of a dict."""
    return all(
        arm.head not in _UNHASHABLE and (arm.head != "tuple" or all(map(is_hashable, arm.args)))
        for arm in arms_of(type_)
    )


def conversion(actual: Type, expected: Type) -> str:
    """Return what to do about a value of a wrong type."""
    if may_be_none(actual) and not may_be_none(expected):
        return "test it first: `… if … is not None else …`, or `… or …`"
    if actual.head == "datetime" and expected.head == "date":
        return "write ….date()"
    if actual.head == "Decimal" and expected.head == "float":
        return "write float(…), or make the field a Decimal"
    if expected.head == "Json" and actual.head in SCALARS:
        return "write str(…)"
    heads = [arm.head for arm in arms_of(expected) if arm.head in _CONVERSIONS]
    return _CONVERSIONS[heads[0]] if len(heads) == 1 and actual.head != "ref" else ""
