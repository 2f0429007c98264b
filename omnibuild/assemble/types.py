"""Types and JSON values of the spec language as Python source."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import quoted
from omnibuild.core.values import Enum, Field, Json, Model, Ref, Type

HOMES = {
    "Decimal": "decimal",
    "UUID": "uuid",
    "datetime": "datetime",
    "date": "datetime",
    "time": "datetime",
    "timedelta": "datetime",
    "Path": "pathlib",
    "HttpUrl": "pydantic",
}
"""The module that each scalar comes from, if it is not built in."""

_MUTABLE = ("list", "dict", "set")
_EMPTY = {"[]": "list", "{}": "dict"}


class Types:
    """Writes types and values for one module.

    `class_name` returns the name of a reference's class, importing it if the module needs that;
    `lookup` says what the reference means. Where a type is `declared` rather than found out, `Any` is one.
    """

    def __init__(
        self,
        imports: Imports,
        class_name: Callable[[Ref], str],
        lookup: Callable[[Ref], Model | Enum | None],
        *,
        declared: bool = False,
    ) -> None:
        self._declared = declared
        self._imports = imports
        self._class_name = class_name
        self._lookup = lookup

    def annotation(self, type_: Type) -> str:
        """Return the type as an annotation."""
        match type_.head:
            case "|":
                return " | ".join(self.annotation(it) for it in type_.args)
            case "Literal":
                values = ", ".join(quoted(it) if isinstance(it, str) else repr(it) for it in type_.values)
                return f"{self._imports.name('typing', 'Literal')}[{values}]"
            case "ref" if type_.ref:
                return self._class_name(type_.ref)
            case "Json":
                return self._imports.name("pydantic", "JsonValue")
            case "Any":
                return self._imports.name("typing", "Any") if self._declared else "object"
            case head if type_.args:
                return f"{head}[{', '.join(self.annotation(it) for it in type_.args)}]"
            case head:
                return self._imports.name(HOMES[head], head) if head in HOMES else head

    def value(self, type_: Type, value: Json) -> str:
        """Return the value, which conforms to the type, as an expression of that type."""
        match type_.head:
            case "None" | "bool" | "int" | "Json" | "Any" | "Literal":
                return self._plain(type_, value)
            case "float":
                return repr(float(value)) if isinstance(value, int | float | str) else "None"
            case "str":
                return quoted(str(value))
            case "bytes":
                return f"b{quoted(str(value))}" if str(value).isascii() else f"{quoted(str(value))}.encode()"
            case "|":
                return self.value(self._fitting(type_, value), value)
            case "ref" if type_.ref:
                return self._reference(type_.ref, value)
            case "list" | "set" | "frozenset" | "tuple" | "dict":
                return self._container(type_, value)
            case head:
                return self._scalar(head, value)

    def default(self, field: Field) -> tuple[str, bool]:
        """Return a field's default as an expression, and whether that is a factory for it."""
        if field.factory:
            return self._factory(field), True
        text = self.value(field.type, field.default)
        if not isinstance(field.default, list | dict) or text.startswith(("(", "frozenset")):
            return text, False
        if text in _EMPTY or text.endswith("()"):
            return _EMPTY.get(text) or text.removesuffix("()"), True
        type_ = self._fitting(field.type, field.default) if field.type.head == "|" else field.type
        return f"lambda: {self._told(type_, field.default, text)}", True

    def _factory(self, field: Field) -> str:
        """Return what makes a default: a class or function, or a call of one for what it cannot make itself."""
        heads = {it.head for it in (field.type.args if field.type.head == "|" else (field.type,))}
        match field.factory:
            case "uuid4":
                made = self._imports.name("uuid", "uuid4")
                return made if "UUID" in heads else f"lambda: str({made}())"
            case "now":
                made = f"{self._imports.name('datetime', 'datetime')}.now({self._imports.name('datetime', 'UTC')})"
                return f"lambda: {made}" if "datetime" in heads else f"lambda: {made}.isoformat()"
            case factory if field.maker:
                return self._class_name(field.maker)
            case factory if ":" in factory:
                module, _, name = factory.partition(":")
                return self._imports.name(module, name)
            case factory:
                return factory

    def _told(self, type_: Type, value: Json, text: str) -> str:
        """Return a display with its type around it where type checkers could not tell it from the items."""
        if type_.head == "Json":
            json = Type("Json")
            type_ = Type("list", (json,)) if isinstance(value, list) else Type("dict", (Type("str"), json))
        if type_.head in _MUTABLE and (any(map(_is_open, type_.args)) or _holds_empty(value)):
            return f"{self.annotation(type_)}({text})"
        return text

    def _plain(self, type_: Type, value: Json) -> str:
        match value:
            case str() if type_.head == "int":
                return repr(int(value))
            case float() if type_.head == "int":
                return repr(int(value))
            case str():
                return quoted(value)
            case list():
                return f"[{', '.join(self._plain(type_, it) for it in value)}]"
            case dict():
                return f"{{{', '.join(f'{quoted(key)}: {self._plain(type_, it)}' for key, it in value.items())}}}"
            case _:
                return repr(value)

    def _scalar(self, head: str, value: Json) -> str:
        name = self._imports.name(HOMES[head], head)
        if head == "Decimal":
            whole = re.fullmatch(r"-?(0|[1-9]\d*)", str(value))
            return f"{name}({value})" if whole else f"{name}({quoted(str(value))})"
        if head == "timedelta":
            return _duration(name, value)
        if head == "date":
            day = _read(date, value)
            return f"{name}({day.year}, {day.month}, {day.day})"
        if head in ("datetime", "time"):
            read = _read(datetime, value) if head == "datetime" else _read(time, value)
            return f"{name}.fromisoformat({quoted(value if isinstance(value, str) else read.isoformat())})"
        return f"{name}({quoted(str(value))})"

    def _reference(self, ref: Ref, value: Json) -> str:
        found = self._lookup(ref)
        name = self._class_name(ref)
        if isinstance(found, Enum):
            return f"{name}.{found.member(str(value))}"
        if isinstance(found, Model) and found.source and not isinstance(value, dict | list):
            return f"{name}({self._plain(Type('Json'), value)})"
        if isinstance(found, Model) and found.source:
            return f"{name}.model_validate({self._plain(Type('Json'), value)})"
        if isinstance(found, Model) and isinstance(value, dict):
            keywords = (f"{it.name}={self.value(it.type, value[it.name])}" for it in found.fields if it.name in value)
            return f"{name}({', '.join(keywords)})"
        return repr(value)

    def _container(self, type_: Type, value: Json) -> str:
        if isinstance(value, dict):
            pairs = (f"{self.value(type_.args[0], key)}: {self.value(type_.args[1], it)}" for key, it in value.items())
            return f"{{{', '.join(pairs)}}}"
        items = value if isinstance(value, list) else []
        if type_.head == "tuple":
            arguments = type_.args if type_.args[-1].head != "..." else (type_.args[0],) * len(items)
            inside = ", ".join(self.value(it, item) for it, item in zip(arguments, items, strict=True))
            return f"({inside},)" if len(items) == 1 else f"({inside})"
        inside = ", ".join(self.value(type_.args[0], it) for it in items)
        match type_.head:
            case "list":
                return f"[{inside}]"
            case "set":
                return f"{{{inside}}}" if items else "set()"
            case _:
                return f"frozenset({{{inside}}})" if items else "frozenset()"

    def _fitting(self, type_: Type, value: Json) -> Type:
        """Return the member of a union that a value belongs to, the nearest in kind first."""
        members = type_.args
        match value:
            case None:
                wanted: tuple[str, ...] = ("None",)
            case bool():
                wanted = ("bool", "Literal")
            case int():
                wanted = ("int", "float", "Decimal", "timedelta")
            case float():
                wanted = ("float", "Decimal", "timedelta")
            case str():
                wanted = ("Literal", "str", "ref", *HOMES)
            case list():
                wanted = ("list", "tuple", "set", "frozenset")
            case _:
                wanted = ("ref", "dict")
        return next((it for head in (*wanted, "Json") for it in members if it.head == head), members[0])


def _read[T](kind: type[T], value: Json) -> T:
    """Return what pydantic makes of a JSON value."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind).validate_python(value)


def _duration(name: str, value: Json) -> str:
    if isinstance(value, int | float):
        return f"{name}(seconds={value!r})" if value else f"{name}()"
    made = _read(timedelta, value)
    parts = {"days": made.days, "seconds": made.seconds, "microseconds": made.microseconds}
    return f"{name}({', '.join(f'{key}={part}' for key, part in parts.items() if part)})"


def _is_open(type_: Type) -> bool:
    """Return whether items of a type may have a narrower type of their own."""
    return type_.head in ("|", "Literal", "Json") or any(map(_is_open, type_.args))


def _holds_empty(value: Json) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(item in ([], {}) or _holds_empty(item) for item in items)
