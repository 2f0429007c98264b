"""How large a part made of literals can become: so that no expression hangs the process that runs it.

Nothing is computed exactly: only floating-point bounds, for which no operation is expensive.
"""

from __future__ import annotations

import ast
from math import inf

MAX_VALUE = 1e300
MAX_EXPONENT = 1_000
MAX_RANGE = 10_000_000
MAX_REPEAT = 1_000_000
MAX_WIDTH = 1_000


def bound(node: ast.expr) -> float | None:
    """Return an upper bound of the absolute value of a part made of numbers only, None for any other."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return _limited(value)
        case ast.UnaryOp(operand=operand) if not isinstance(node.op, ast.Not):
            return bound(operand)
        case ast.BinOp(left=left, op=op, right=right):
            one, other = bound(left), bound(right)
            return None if one is None or other is None else _combined(one, op, other)
        case _:
            return None


def _limited(value: float) -> float:
    try:
        return abs(float(value))
    except OverflowError:
        return inf


def _combined(one: float, op: ast.operator, other: float) -> float:
    match op:
        case ast.Add() | ast.Sub():
            return one + other
        case ast.Mult():
            return one * other
        case ast.Pow():
            try:
                return float(max(one, 1.0) ** other)
            except OverflowError:
                return inf
        case ast.Mod():
            return other
        case _:  # a quotient: unless the divisor is below 1, no larger than what is divided
            return one if other >= 1 else inf


def is_huge_power(node: ast.BinOp) -> bool:
    """Return whether a power, or a power of a power, is too large to be computed."""
    total = bound(node)
    return (total is not None and total > MAX_VALUE) or _factors(node, ast.Pow) > MAX_EXPONENT


def is_huge_repeat(node: ast.BinOp) -> bool:
    """Return whether a product, if it repeats a text or a list, repeats it too often."""
    return _factors(node, ast.Mult) > MAX_REPEAT


def _factors(node: ast.expr, op: type[ast.operator]) -> float:
    """Return the product of the numbers that are operands of this operator: at the right only for a power."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, op):
        return (bound(node) or 1.0) if op is ast.Mult else 1.0
    right = _factors(node.right, op) if op is ast.Mult else bound(node.right) or 1.0
    return _factors(node.left, op) * right
