"""Existing enums: their members' names and values."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from omnibuild.adopt.code.lineage import Lineage, Lineages
from omnibuild.adopt.code.lookup import Foreign, Found, Lookup
from omnibuild.adopt.models.foreign import canonical
from omnibuild.adopt.models.shapes import EnumShape, Member, Opaque

_ENUMS = ("enum:Enum", "enum:StrEnum", "enum:IntEnum")
_FLAGS = ("enum:Flag", "enum:IntFlag")
_AUTO = "enum:auto"


class Enums:
    """Reads enums; each once."""

    def __init__(self, lookup: Lookup, lineages: Lineages) -> None:
        self._lookup = lookup
        self._lineages = lineages
        self._members: dict[str, tuple[Member, ...] | str] = {}

    def is_enum(self, found: Found) -> bool:
        """Return whether a class is an enum."""
        return self._lineages.of(found).is_a(*_ENUMS, *_FLAGS)

    def values(self, found: Found) -> Mapping[str, str | int] | None:
        """Return the values of an enum's members by name, None if the class is no enum that can be read."""
        members = self.members(found) if self.is_enum(found) else ""
        return None if isinstance(members, str) else {it.name: it.value for it in members}

    def shape(self, found: Found) -> EnumShape | Opaque:
        """Return an enum, or why it stays a reference."""
        members = self.members(found)
        node = found.node
        at = found.module.place(node) if isinstance(node, ast.ClassDef) else None
        if isinstance(members, str) or at is None:
            return Opaque(found.source, str(members), at)
        description = ast.get_docstring(node) if isinstance(node, ast.ClassDef) else ""
        return EnumShape(found.source, at, members, description or "")

    def members(self, found: Found) -> tuple[Member, ...] | str:
        """Return the members of an enum, or why they are not known."""
        if found.source not in self._members:
            self._members[found.source] = self._read(found, self._lineages.of(found))
        return self._members[found.source]

    def _read(self, found: Found, lineage: Lineage) -> tuple[Member, ...] | str:
        if lineage.is_a(*_FLAGS):
            return "an enum of flags"
        node = found.class_
        body = node.body if node else []
        is_text = lineage.is_a("enum:StrEnum", "builtins:str")
        members: dict[str, Member] = {}
        for statement, behind in zip(body, [*body[1:], None], strict=True):
            for name, value in _assignments(statement):
                if name.startswith("_") or name in ("name", "value"):
                    continue
                read = self._value(found, name, value, members, is_text=is_text)
                if isinstance(read, ast.expr):
                    return f"the value of `{name}` is known only when the code runs"
                if read is not None:
                    members[name] = Member(name, read, _text(behind))
        if not members:
            return "an enum without members"
        distinct: dict[str | int, Member] = {}
        for it in members.values():
            distinct.setdefault(it.value, it)
        kinds = {isinstance(it.value, str) for it in distinct.values()}
        return tuple(distinct.values()) if len(kinds) == 1 else "an enum of texts and numbers"

    def _value(
        self, found: Found, name: str, value: ast.expr, known: Mapping[str, Member], *, is_text: bool
    ) -> str | int | ast.expr | None:
        """Return a member's value; the expression, where it is not known; None for what is no member."""
        from omnibuild.adopt.code.constants import Constants

        match value:
            case ast.Call(func=function):
                called = self._lookup.resolve(found.module, function)
                if isinstance(called, Foreign) and canonical(called.source) == _AUTO:
                    numbers = [it.value for it in known.values() if isinstance(it.value, int)]
                    lineage = self._lineages.of(found)
                    if any("_generate_next_value_" in _methods(it.found) for it in lineage.known):
                        return value
                    is_str_enum = lineage.is_a("enum:StrEnum")
                    return name.lower() if is_str_enum else (max(numbers, default=0) + 1)
                return value
            case ast.Lambda():
                return None
            case ast.Name(id=other) if other in known:
                return known[other].value
            case ast.Tuple(elts=[ast.expr(), *_]):
                return value
        made = Constants(self._lookup, lambda it: None if it.source == found.source else self.values(it))
        read = made.value(value, found.module)
        if isinstance(read, bool) or not isinstance(read, str | int):
            return value
        return str(read) if is_text else read


def _methods(found: Found) -> frozenset[str]:
    body = found.class_.body if found.class_ else []
    return frozenset(it.name for it in body if isinstance(it, ast.FunctionDef))


def _assignments(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    match statement:
        case ast.Assign(targets=targets, value=value):
            yield from ((it.id, value) for it in targets if isinstance(it, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value


def _text(statement: ast.stmt | None) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split())
        case _:
            return ""
