"""How tightly the parts of an expression bind, and where the formatter leaves out spaces."""

from __future__ import annotations

import ast
from enum import IntEnum, auto

from omnibuild.core.values import ClassOf, Imported


class Level(IntEnum):
    """How tightly an expression binds, loosest first.

    See https://docs.python.org/3/reference/expressions.html#operator-precedence.
    """

    ANY = auto()
    CONDITIONAL = auto()
    OR = auto()
    AND = auto()
    NOT = auto()
    COMPARISON = auto()
    SUM = auto()
    TERM = auto()
    SIGN = auto()
    POWER = auto()
    AWAIT = auto()
    ATOM = auto()


def tightness(tree: ast.expr) -> Level:
    """Return how tightly a part binds. Numbers are no atoms: `(1).real`."""
    match tree:
        case ast.IfExp():
            return Level.CONDITIONAL
        case ast.BoolOp(op=op):
            return Level.AND if isinstance(op, ast.And) else Level.OR
        case ast.Compare():
            return Level.COMPARISON
        case ast.BinOp(op=ast.Pow()):
            return Level.POWER
        case ast.BinOp(op=op):
            return Level.SUM if isinstance(op, ast.Add | ast.Sub) else Level.TERM
        case ast.UnaryOp(op=op):
            return Level.NOT if isinstance(op, ast.Not) else Level.SIGN
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Level.AWAIT if value >= 0 else Level.SIGN
        case ast.Await():
            return Level.AWAIT
        case _:
            return Level.ATOM


def is_power(tree: ast.expr) -> bool:
    """Return whether a part is `a ** b`."""
    return isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow)


def mixes(left: ast.operator, right: ast.operator) -> bool:
    """Return whether `a % b * c` stands without parentheses that a reader would miss."""
    return type(left) is not type(right) and any(isinstance(it, ast.Mod | ast.FloorDiv) for it in (left, right))


def hugs(tree: ast.expr) -> bool:
    """Return whether the formatter leaves no space between an operand and its `**`."""
    match tree:
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return hugs(operand)
        case ast.Attribute(value=value):
            return not isinstance(value, ast.Constant) and hugs(value)
        case ast.Constant(value=value):
            return not isinstance(value, str | bytes)
        case _:
            return isinstance(tree, ast.Name | Imported | ClassOf)


def is_short(tree: ast.expr) -> bool:
    """Return whether the formatter leaves no space between a part of a slice and its colon."""
    if isinstance(tree, ast.UnaryOp) and not isinstance(tree.op, ast.Not):
        return is_short(tree.operand)
    return isinstance(tree, ast.Name | ast.Constant)


def begins_with_brace(tree: ast.expr) -> bool:
    """Return whether the first character of a part may be a brace: in an f-string it needs a space in front."""
    match tree:
        case ast.Attribute(value=first) | ast.Subscript(value=first) | ast.Call(func=first) | ast.IfExp(body=first):
            return begins_with_brace(first)
        case ast.BinOp(left=first) | ast.Compare(left=first) | ast.BoolOp(values=[first, *_]):
            return begins_with_brace(first)
        case _:
            return isinstance(tree, ast.Dict | ast.Set | ast.SetComp | ast.DictComp)
