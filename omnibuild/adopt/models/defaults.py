"""Defaults of existing fields as JSON values, or as what makes them."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from omnibuild.adopt.code.constants import Constants, EnumMember, Made, Unknown, Value
from omnibuild.adopt.code.library import Assigned, Module
from omnibuild.adopt.code.lookup import Foreign, Found, Lookup
from omnibuild.adopt.models.foreign import canonical
from omnibuild.adopt.models.settings import Said
from omnibuild.core.values import Json, Type

_CONTAINERS: Mapping[str, Json] = {"builtins:list": [], "builtins:dict": {}, "builtins:set": []}
_NAMED = {
    "builtins:tuple": "tuple",
    "builtins:frozenset": "frozenset",
    "uuid:uuid4": "uuid4",
}
_DURATION = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
"""The parameters of timedelta, in their order."""

_UTC = (("datetime:UTC",), ("datetime:timezone.utc",))
_TEXTS = ("decimal:Decimal", "uuid:UUID", "pathlib:Path", "pathlib:PurePath", "pydantic:HttpUrl")


@dataclass(frozen=True, slots=True)
class Default:
    """A field's default: that there is none, its value, what makes it, or the reason why it cannot be said."""

    required: bool = True
    value: Json = None
    factory: str = ""
    reason: str = ""


class Defaults:
    """Reads the defaults of fields."""

    def __init__(self, lookup: Lookup, constants: Constants) -> None:
        self._lookup = lookup
        self._constants = constants

    def read(self, said: Said, type_: Type) -> Default:
        """Return the default that is said of a field of this type."""
        if said.module is None:
            return Default()
        if said.factory is not None:
            return self._factory(said.factory, said.module, type_)
        if said.default is None:
            return Default()
        value = self._constants.value(said.default, said.module)
        if isinstance(value, Unknown):
            return Default(False, reason=f"its default: {value.reason}")
        if isinstance(value, list | dict) or (isinstance(value, Made) and value.source == "builtins:set"):
            return Default(False, reason="a default that can be changed")
        made = plain(value)
        return Default(False, reason=made.reason) if isinstance(made, Unknown) else Default(False, made)

    def _factory(self, node: ast.expr, module: Module, type_: Type) -> Default:
        if isinstance(node, ast.Lambda):
            return self._made(node.body, module, type_)
        source = self._source(node, module)
        heads = {it.head for it in (type_.args if type_.head == "|" else (type_,))}
        if source in _CONTAINERS:
            return Default(False, _CONTAINERS[source])
        if source in _NAMED and (source != "uuid:uuid4" or "UUID" in heads):
            return Default(False, factory=_NAMED[source])
        found = self._lookup.resolve(module, node)
        if not isinstance(found, Found) or "." in found.name or isinstance(found.node, Assigned):
            return Default(False, reason=f"its default is made by `{ast.unparse(node)[:60]}`")
        if isinstance(found.node, ast.FunctionDef) and (body := _returned(found.node)) is not None:
            made = self._made(body, found.module, type_)
            if not made.reason:
                return made
        if is_private(found.source):
            return Default(False, reason=f"its default is made by {found.name}, which is private")
        return Default(False, factory=found.source)

    def _made(self, node: ast.expr, module: Module, type_: Type) -> Default:
        """Return what an expression makes each time: a value, what has a name of its own, or what one call makes."""
        value = self._constants.value(node, module)
        made = value if isinstance(value, Unknown) else plain(value)
        heads = {it.head for it in (type_.args if type_.head == "|" else (type_,))}
        if (isinstance(made, list) and heads & {"list", "set"}) or (isinstance(made, dict) and "dict" in heads):
            return Default(False, made)
        if isinstance(value, Made) and value.keywords and value.source in _sources(type_):
            fields = {name: plain(it) for name, it in value.keywords.items()}
            known = {name: it for name, it in fields.items() if not isinstance(it, Unknown)}
            if not value.arguments and known.keys() == fields.keys():
                return Default(False, known)
        if self._is_now(node, module, type_):
            return Default(False, factory="now")
        match node:
            case ast.Call(func=function, args=[], keywords=[]) if isinstance(function, ast.Name | ast.Attribute):
                return self._factory(function, module, type_)
            case ast.Call(args=[ast.Call(args=[], keywords=[]) as inner], keywords=[]) if type_.head == "str":
                called = self._source(node.func, module), self._source(inner.func, module)
                if called == ("builtins:str", "uuid:uuid4"):
                    return Default(False, factory="uuid4")
        return Default(False, reason=f"its default is made by `{ast.unparse(node)[:60]}`")

    def _is_now(self, node: ast.expr, module: Module, type_: Type) -> bool:
        match node:
            case ast.Call(func=ast.Attribute(value=made, attr="isoformat"), args=[], keywords=[]):
                return type_.head == "str" and self._is_now(made, module, Type("datetime"))
            case ast.Call(func=function, args=[*given], keywords=[*named]):
                zones = [*given, *(it.value for it in named if it.arg == "tz")]
                called = self._source(function, module), *(self._source(it, module) for it in zones)
                return type_.head == "datetime" and called[1:] in _UTC and called[0] == "datetime:datetime.now"
            case _:
                return False

    def _source(self, node: ast.expr, module: Module) -> str:
        """Return a foreign name as `module:name`, nothing if it is none."""
        found = self._lookup.resolve(module, node) if isinstance(node, ast.Name | ast.Attribute) else None
        return canonical(found.source) if isinstance(found, Foreign) else ""


def is_private(source: str) -> bool:
    """Return whether no other package should import a name, `module:name`."""
    return any(it.startswith("_") for it in source.replace(":", ".").split("."))


def _returned(node: ast.FunctionDef) -> ast.expr | None:
    """Return what a function without arguments returns, if that is all that it does."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    match body:
        case [ast.Return(value=ast.expr() as value)] if not node.decorator_list:
            return value
        case _:
            return None


def _sources(type_: Type) -> list[str]:
    """Return the classes that a type names, as `module:Class`."""
    return [f"{it.document}:{it.name}" for it in type_.refs()]


def plain(value: Value) -> Json | Unknown:
    """Return a value as JSON holds it."""
    match value:
        case float() if not math.isfinite(value):
            return Unknown("a number that JSON does not have")
        case bool() | int() | float() | str() | None:
            return value
        case EnumMember():
            return value.value
        case bytes():
            return Unknown("a default of bytes")
        case list() | tuple():
            items = [plain(it) for it in value]
            wrong = next((it for it in items if isinstance(it, Unknown)), None)
            return wrong or [it for it in items if not isinstance(it, Unknown)]
        case dict():
            if any(isinstance(it, bool | float | None) for it in value):
                return Unknown("a default whose keys JSON does not have")
            pairs = {str(plain(key)): plain(it) for key, it in value.items()}
            wrong = next((it for it in pairs.values() if isinstance(it, Unknown)), None)
            return wrong or {key: it for key, it in pairs.items() if not isinstance(it, Unknown)}
        case Made():
            return _made(value)


def _made(value: Made) -> Json | Unknown:
    source = canonical(value.source)
    match source, value.arguments:
        case _, (str() | int() | float() as inner,) if source in _TEXTS:
            return inner
        case (("builtins:frozenset" | "builtins:set" | "builtins:tuple"), ()):
            return []
        case "datetime:timedelta", _:
            return _seconds(value)
        case (("builtins:frozenset" | "builtins:set"), (list() as items,)):
            return plain(items)
        case _:
            return Unknown(f"a default of {value.source.partition(':')[2]}")


def _seconds(value: Made) -> Json | Unknown:
    given = {**dict(zip(_DURATION, value.arguments, strict=False)), **value.keywords}
    parts = {name: it for name, it in given.items() if name in _DURATION and isinstance(it, int | float)}
    try:
        seconds = timedelta(**parts).total_seconds()
    except OverflowError:
        return Unknown("a duration that is too long")
    whole = int(seconds) if seconds.is_integer() else seconds
    return whole if parts.keys() == given.keys() else Unknown("a default of timedelta")
