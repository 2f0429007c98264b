"""Literals and conversions: what each becomes where a Decimal, UUID, date, path or enum is needed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import date, datetime, time
from math import isinf
from uuid import UUID

from omnibuild.core.nearest import nearest
from omnibuild.core.values import ClassOf, Enum, Imported, Lowered, Type
from omnibuild.spec.compatibility import declared, fits, show
from omnibuild.spec.scope import ANY, Env, Reader, Want, arms_of

MAX_DIGITS = 300

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?|[-+]?(Infinity|NaN)")


def _from_iso(name: str, text: str) -> ast.expr:
    return call(ast.Attribute(Imported("datetime", name), "fromisoformat", ast.Load()), text)


def _datetime(text: str) -> ast.expr:
    datetime.fromisoformat(text)
    return _from_iso("datetime", text)


def _date(text: str) -> ast.expr:
    day = date.fromisoformat(text)
    return call(Imported("datetime", "date"), day.year, day.month, day.day)


def _time(text: str) -> ast.expr:
    time.fromisoformat(text)
    return _from_iso("time", text)


def _uuid(text: str) -> ast.expr:
    return call(Imported("uuid", "UUID"), str(UUID(text)))


def _url(text: str) -> ast.expr:
    if not text.startswith(("http://", "https://")):
        raise ValueError(text)
    return call(Imported("pydantic", "HttpUrl"), text)


def _path(text: str) -> ast.expr:
    return call(Imported("pathlib", "Path"), text)


_TEXTS: dict[str, tuple[Callable[[str], ast.expr], str]] = {
    "UUID": (_uuid, "write it as 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11"),
    "datetime": (_datetime, "write it as 2026-01-31T12:00:00+00:00"),
    "date": (_date, "write it as 2026-01-31"),
    "time": (_time, "write it as 12:00:00"),
    "HttpUrl": (_url, "it begins with https:// or http://"),
    "Path": (_path, ""),
}
"""What a text becomes where each type is wanted; ValueError if it cannot."""


def call(function: ast.expr, *arguments: ast.expr | str | int) -> ast.Call:
    """Return the call of a function."""
    given = [it if isinstance(it, ast.expr) else ast.Constant(it) for it in arguments]
    return ast.Call(function, given, [])


def decimal(*arguments: ast.expr | str | int) -> ast.Call:
    """Return the call `Decimal(…)`."""
    return call(Imported("decimal", "Decimal"), *arguments)


def opened(value: Lowered) -> Lowered:
    """Return a value to be looked into: what a Json value holds is known at run time only."""
    if all(arm.head != "Json" for arm in arms_of(value.type)):
        return value
    return Lowered(call(Imported("typing", "cast"), Imported("typing", "Any"), value.tree), ANY)


def is_number(node: ast.expr) -> bool:
    """Return whether a part is a number, with or without a sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def is_literal(node: ast.expr) -> bool:
    """Return whether a part is a literal, or a list, tuple or set of literals."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(map(is_literal, node.elts))
    return isinstance(node, ast.Constant) or is_number(node)


def constant(reader: Reader, node: ast.Constant, _env: Env, want: Want | None) -> Lowered:
    """Return a literal as what is wanted, if it can be that; otherwise as it is."""
    match node.value:
        case str(value):
            return text(reader, value, node, want)
        case bool() | None as value:
            return _as_it_is(ast.Constant(value), value, want)
        case int() | float():
            return number(reader, node, want)
        case bytes(value):
            return Lowered(ast.Constant(value), Type("bytes"))
        case _:
            reader.report(f"`{reader.segment(node)}` is not a value of any type here", node)
            return Lowered(ast.Constant(None), ANY)


def number(reader: Reader, node: ast.expr, want: Want | None) -> Lowered:
    """Return a number, with or without a sign: as a Decimal where only that will do, from its digits."""
    operand = node.operand if isinstance(node, ast.UnaryOp) else node
    value = operand.value if isinstance(operand, ast.Constant) else None
    if not isinstance(value, int | float) or abs(value) >= 10**MAX_DIGITS or isinf(value):
        reader.report("this number is too large", node, f"up to {MAX_DIGITS} digits are allowed")
        return Lowered(ast.Constant(0), ANY)
    tree: ast.expr = ast.Constant(value)
    if isinstance(node, ast.UnaryOp):
        tree = ast.UnaryOp(node.op, tree)
        value = -value if isinstance(node.op, ast.USub) else value
    plain = _as_it_is(tree, value, want)
    if want is None or want.arm("Decimal") is None or fits(plain.type, want.type, reader.scope):
        return plain
    if isinstance(value, int):
        return Lowered(decimal(tree), Type("Decimal"))
    digits = re.sub(r"[\s_()]", "", reader.segment(node))
    return Lowered(decimal(digits), Type("Decimal"))


def text(reader: Reader, value: str, node: ast.expr, want: Want | None) -> Lowered:
    """Return a text: as an enum's member, a UUID, a date… where one is wanted."""
    plain = _as_it_is(ast.Constant(value), value, want)
    if want is None or fits(plain.type, want.type, reader.scope):
        return plain
    for arm in arms_of(want.type):
        converted = _convert(reader, value, arm)
        if converted is not None:
            return Lowered(converted, arm)
    if want.strict:
        return _refuse(reader, value, node, want)
    return plain


def _as_it_is(tree: ast.expr, value: object, want: Want | None) -> Lowered:
    """Return a value unchanged: its type is the `Literal` that is wanted, if it is one of its values."""
    for arm in arms_of(want.type) if want else ():
        if arm.head == "Literal" and repr(value) in map(repr, arm.values):
            return Lowered(tree, arm)
    return Lowered(tree, Type("None" if value is None else type(value).__name__))


def _convert(reader: Reader, value: str, arm: Type) -> ast.expr | None:
    enum = declared(arm, reader.scope)
    if isinstance(enum, Enum):
        if value in dict(enum.members):
            return ast.Attribute(
                ClassOf(enum.ref), dict(enum.names).get(value) or reader.scope.member(value), ast.Load()
            )
    elif arm.head in _TEXTS:
        try:
            return _TEXTS[arm.head][0](value)
        except ValueError:
            return None
    return None


def _refuse(reader: Reader, value: str, node: ast.expr, want: Want) -> Lowered:
    """Report a text that cannot be what is wanted."""
    arms = [it for it in arms_of(want.type) if it.head != "None"]
    enum = declared(arms[0], reader.scope) if arms else None
    plain = Lowered(ast.Constant(value), Type("str"))
    if len(arms) != 1 or not (isinstance(enum, Enum) or arms[0].head in (*_TEXTS, "Literal")):
        return plain
    known = [name for name, _ in enum.members] if isinstance(enum, Enum) else list(map(str, arms[0].values))
    near = nearest(value, known)
    hint = f"did you mean `{near}`?" if near else f"one of {', '.join(known)}"
    if arms[0].head in _TEXTS:
        hint = _TEXTS[arms[0].head][1]
    shown = "one of the values" if arms[0].head == "Literal" else f"a {show(arms[0], reader.scope)}"
    reader.report(f"`{value}` is not {shown}", node, hint)
    return Lowered(plain.tree, ANY)


def decimal_of_text(reader: Reader, value: str, node: ast.expr) -> Lowered:
    """Return `Decimal("0.01")`, if the text is a number."""
    if not _NUMBER.fullmatch(value):
        reader.report(f"`{value}` is not a number", node, 'write for example Decimal("0.01")')
    return Lowered(decimal(value), Type("Decimal"))
