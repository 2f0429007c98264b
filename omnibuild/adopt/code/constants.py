"""The values of expressions that need no running code: literals, constants of modules, members of enums."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from omnibuild.adopt.code.library import Assigned, Module
from omnibuild.adopt.code.lookup import Foreign, Found, Lookup, Missing

MAX_DEPTH = 30
"""How far constants are followed that are made of other constants."""

MAX_TEXT = 10_000
"""The longest text or list that is made; longer ones are no defaults that people write."""


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A member of an enum, by the enum and its name there."""

    source: str
    name: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Made:
    """What a call of a class makes: `Decimal("1")`, `ModelLine(sku="A")`."""

    source: str
    arguments: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why the value of an expression is not known."""

    reason: str


type Value = (
    bool | int | float | str | bytes | list[Value] | tuple[Value, ...] | dict[Value, Value] | EnumMember | Made | None
)
type Result = Value | Unknown
type Members = Callable[[Found], Mapping[str, str | int] | None]
"""Returns the values of an enum's members by name, None if the class is no enum."""

_BINARY: Mapping[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: lambda a, b: a + b,  # type: ignore[operator]
    ast.Sub: lambda a, b: a - b,  # type: ignore[operator]
    ast.Mult: lambda a, b: a * b,  # type: ignore[operator]
    ast.Div: lambda a, b: a / b,  # type: ignore[operator]
    ast.FloorDiv: lambda a, b: a // b,  # type: ignore[operator]
}


class Constants:
    """Evaluates expressions of modules."""

    def __init__(self, lookup: Lookup, members: Members) -> None:
        self._lookup = lookup
        self._members = members
        self._named: dict[str, Result] = {}

    def value(self, node: ast.expr, module: Module, depth: int = 0) -> Result:
        """Return the value of an expression, or why it is not known before the code runs."""
        if depth > MAX_DEPTH:
            return Unknown("a constant that is made of itself")
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | bytes() | None as value):
                return value
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=operand):
                inner = self.value(operand, module, depth + 1)
                if isinstance(inner, int | float):
                    return -inner if isinstance(op, ast.USub) else inner
                return _unknown(node)
            case ast.List() | ast.Tuple() | ast.Set():
                return self._items(node, module, depth)
            case ast.Dict():
                return self._dict(node, module, depth)
            case ast.BinOp():
                return self._binary(node, module, depth)
            case ast.JoinedStr():
                return self._text(node, module, depth)
            case ast.Name() | ast.Attribute():
                return self._name(node, module, depth)
            case ast.Call():
                return self._call(node, module, depth)
            case _:
                return _unknown(node)

    def _items(self, node: ast.List | ast.Tuple | ast.Set, module: Module, depth: int) -> Result:
        found: list[Value] = []
        for it in node.elts:
            inner = self.value(it.value if isinstance(it, ast.Starred) else it, module, depth + 1)
            if isinstance(inner, Unknown):
                return inner
            if isinstance(it, ast.Starred):
                if not isinstance(inner, list | tuple):
                    return _unknown(node)
                found += inner
            else:
                found.append(inner)
        if isinstance(node, ast.Set):
            return Made("builtins:set", (found,))
        return tuple(found) if isinstance(node, ast.Tuple) else found

    def _dict(self, node: ast.Dict, module: Module, depth: int) -> Result:
        found: dict[Value, Value] = {}
        for key, it in zip(node.keys, node.values, strict=True):
            value = self.value(it, module, depth + 1)
            if key is None and isinstance(value, dict):
                found |= value
                continue
            name = self.value(key, module, depth + 1) if key else _unknown(node)
            if isinstance(name, Unknown):
                return name
            if isinstance(value, Unknown):
                return value
            if not isinstance(name, bool | int | float | str | EnumMember | None):
                return _unknown(node)
            found[name] = value
        return found

    def _binary(self, node: ast.BinOp, module: Module, depth: int) -> Result:
        left, right = self.value(node.left, module, depth + 1), self.value(node.right, module, depth + 1)
        operate = _BINARY.get(type(node.op))
        plain = (bool, int, float, str, list, tuple)
        if operate is None or not isinstance(left, plain) or not isinstance(right, plain) or _is_huge(left, right):
            return _unknown(node)
        try:
            return operate(left, right)  # type: ignore[return-value]
        except (TypeError, ZeroDivisionError, OverflowError):
            return _unknown(node)

    def _text(self, node: ast.JoinedStr, module: Module, depth: int) -> Result:
        parts: list[str] = []
        for it in node.values:
            if isinstance(it, ast.FormattedValue) and (it.format_spec or it.conversion != -1):
                return _unknown(node)
            value = self.value(it.value if isinstance(it, ast.FormattedValue) else it, module, depth + 1)
            if not isinstance(value, str | int):
                return _unknown(node)
            parts.append(str(value))
        return "".join(parts)

    def _name(self, node: ast.Name | ast.Attribute, module: Module, depth: int) -> Result:
        if isinstance(node, ast.Attribute) and node.attr in ("value", "name"):
            owner = self.value(node.value, module, depth + 1)
            if isinstance(owner, EnumMember):
                return owner.value if node.attr == "value" else owner.name
        if isinstance(node, ast.Attribute) and node.attr == "pattern":
            compiled = self.value(node.value, module, depth + 1)
            if isinstance(compiled, Made) and compiled.source == "re:compile" and len(compiled.arguments) == 1:
                return compiled.arguments[0]
        if isinstance(node, ast.Attribute):
            member = self._member(node, module)
            if member is not None:
                return member
        match self._lookup.resolve(module, node):
            case Found(node=Assigned(value=ast.expr() as value)) as found:
                if found.source not in self._named:
                    self._named[found.source] = Unknown("a constant that is made of itself")
                    self._named[found.source] = self.value(value, found.module, depth + 1)
                return self._named[found.source]
            case Missing(reason):
                return Unknown(reason)
            case _:
                return _unknown(node)

    def _member(self, node: ast.Attribute, module: Module) -> EnumMember | None:
        owner = self._lookup.resolve(module, node.value) if isinstance(node.value, ast.Name | ast.Attribute) else None
        if not isinstance(owner, Found) or owner.class_ is None:
            return None
        members = self._members(owner)
        if members is None or node.attr not in members:
            return None
        return EnumMember(owner.source, node.attr, members[node.attr])

    def _call(self, node: ast.Call, module: Module, depth: int) -> Result:
        made = self._lookup.resolve(module, node.func)
        if not isinstance(made, Foreign) and not (isinstance(made, Found) and made.class_):
            return _unknown(node)
        arguments = [self.value(it, module, depth + 1) for it in node.args]
        keywords = {it.arg or "**": self.value(it.value, module, depth + 1) for it in node.keywords}
        wrong = next((it for it in (*arguments, *keywords.values()) if isinstance(it, Unknown)), None)
        if wrong is not None or "**" in keywords:
            return wrong or _unknown(node)
        given = [it for it in arguments if not isinstance(it, Unknown)]
        named = {key: it for key, it in keywords.items() if not isinstance(it, Unknown)}
        match made.source, given:
            case "builtins:list", [list() | tuple() as items]:
                return [*items]
            case "builtins:tuple", [list() | tuple() as items]:
                return tuple(items)
            case (
                ("builtins:set" | "builtins:frozenset"),
                [Made("builtins:set" | "builtins:frozenset", (list() as items,))],
            ):
                return Made(made.source, (items,))
            case (("builtins:set" | "builtins:frozenset"), [list() | tuple() as items]):
                return Made(made.source, ([*items],))
            case "builtins:dict", []:
                return dict(named.items())
            case "builtins:dict", [dict() as entries] if not named:
                return dict(entries)
        return Made(made.source, tuple(given), named)


def _is_huge(left: object, right: object) -> bool:
    """Return whether a repeated or joined text would be longer than anything that people write as a default."""
    sizes = [len(it) if isinstance(it, str | list | tuple) else abs(it) for it in (left, right)]  # type: ignore[arg-type]
    return reduce(lambda a, b: a * max(b, 1), sizes, 1.0) > MAX_TEXT and any(
        isinstance(it, str | list | tuple) for it in (left, right)
    )


def _unknown(node: ast.expr) -> Unknown:
    text = ast.unparse(node)
    return Unknown(f"`{text if len(text) <= 60 else text[:59] + '…'}` is known only when the code runs")
