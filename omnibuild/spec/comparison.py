"""The rule of comparisons: which have a meaning, and what literals become in them."""

from __future__ import annotations

import ast
from collections.abc import Callable

from omnibuild.core.values import Lowered, Model, Type
from omnibuild.spec.compatibility import conversion, declared, fits, item_of, plain, show, target
from omnibuild.spec.literals import is_literal, opened
from omnibuild.spec.scope import ANY, Env, Reader, Scope, Want, arms_of, may_be_none, union, without_none
from omnibuild.spec.types import ELLIPSIS, NUMBERS, TIMES

_ORDERED = ("str", "bytes", "Path", "UUID", *TIMES)
_UNKNOWN = ("Any", "Json")
_SETS = ("set", "frozenset")
_DISPLAYS: dict[type[ast.expr], Callable[[Type], Type]] = {
    ast.Tuple: lambda item: Type("tuple", (item, ELLIPSIS)),
    ast.List: lambda item: Type("list", (item,)),
    ast.Set: lambda item: Type("set", (item,)),
    ast.Constant: lambda _: ANY,
    ast.UnaryOp: lambda _: ANY,
}
"""What a literal behind `in` should be, by the type of what it may contain."""


def comparison(reader: Reader, node: ast.Compare, env: Env, _want: Want | None) -> Lowered:
    """Return `a < b`, chains of it, `in`, and `is None`."""
    nodes = [node.left, *node.comparators]
    operands = [reader.infer(it, env) for it in nodes]
    if not all(isinstance(it, ast.Eq | ast.NotEq | ast.Is | ast.IsNot) for it in node.ops):
        operands = [opened(it) for it in operands]
    operators = list(node.ops)
    for index, op in enumerate(operators):
        sides = (index, index + 1)
        for one, other in (sides, sides[::-1]):
            if is_literal(nodes[one]) and not is_literal(nodes[other]):
                wanted = _beside(op, operands[other].type, nodes[one], is_left=one < other)
                operands[one] = _literal(reader, nodes[one], env, wanted)
        operators[index] = _check(reader, op, [nodes[it] for it in sides], [operands[it].type for it in sides])
    trees = [it.tree for it in operands]
    return Lowered(ast.Compare(trees[0], operators, trees[1:]), Type("bool"))


def _beside(op: ast.cmpop, other: Type, literal: ast.expr, *, is_left: bool) -> Type:
    """Return what a literal should be beside a value of the other type."""
    if not isinstance(op, ast.In | ast.NotIn):
        return other
    if is_left:
        return union(it for it in map(item_of, arms_of(other)) if it)
    return _DISPLAYS[type(literal)](without_none(other))


def _literal(reader: Reader, side: ast.expr, env: Env, wanted: Type) -> Lowered:
    """Return a literal as what it is compared with: a text as a UUID, a date, an enum's member."""
    found = reader.infer(side, env)
    if wanted == ANY or found.type.head == "int":
        return found
    found = reader.infer(side, env, Want(wanted))
    texts = [it for it in ast.walk(side) if isinstance(it, ast.Constant) and isinstance(it.value, str)]
    if texts and not fits(found.type, wanted, reader.scope):
        return reader.infer(side, env, Want(wanted, strict=True))
    return found


def _check(reader: Reader, op: ast.cmpop, nodes: list[ast.expr], types: list[Type]) -> ast.cmpop:
    """Report a comparison that has no meaning; return its operator, `is` where it compares with None."""
    left, right = types
    shown = f"{show(left, reader.scope)} and {show(right, reader.scope)}"
    with_none = any(isinstance(it, ast.Constant) and it.value is None for it in nodes)
    match op:
        case ast.Is() | ast.IsNot() if not with_none:
            reader.report("`is` compares with None only", nodes[0], "write ==")
        case ast.Eq() | ast.Is() if with_none:
            return ast.Is()
        case ast.NotEq() | ast.IsNot() if with_none:
            return ast.IsNot()
        case ast.Eq() | ast.NotEq() if not may_be_equal(left, right, reader.scope):
            reader.report(f"{shown} are never equal", nodes[0])
        case ast.In() | ast.NotIn():
            _check_in(reader, nodes, left, right)
        case ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE() if not are_ordered(left, right, reader.scope):
            optional = next((node for node, it in zip(nodes, types, strict=True) if may_be_none(it)), None)
            if optional:
                hint = conversion(Type("None"), ANY)
                reader.report(f"`{reader.segment(optional)}` may be None", optional, hint)
            else:
                reader.report(f"{shown} have no order", nodes[0])
    return op


def _may_be_part(left: Type, right: Type, reader: Reader) -> bool:
    """Return whether `in` has a meaning where the right side is a text: then the left must be one."""
    texts = any(it.head in ("str", "bytes") for it in plain(right, reader.scope))
    return not texts or all(it.head in ("str", "bytes", "int", "Any") for it in plain(left, reader.scope))


def _check_in(reader: Reader, nodes: list[ast.expr], left: Type, right: Type) -> None:
    items = [item_of(arm) for arm in plain(right, reader.scope)]
    if None in items:
        reader.report(f"`in` has no meaning for {show(right, reader.scope)}", nodes[1])
    elif not may_be_equal(left, union(it for it in items if it), reader.scope) or not _may_be_part(left, right, reader):
        reader.report(f"no {show(left, reader.scope)} is in a {show(right, reader.scope)}", nodes[0])


def are_ordered(left: Type, right: Type, scope: Scope) -> bool:
    """Return whether `<` has a meaning between all values of the two types, for all that is known."""
    return all(_ordered(one, other, scope) for one in plain(left, scope) for other in plain(right, scope))


def _ordered(left: Type, right: Type, scope: Scope) -> bool:
    match left.head, right.head:
        case (head, other) if "ref" in (head, other) or head in _UNKNOWN or other in _UNKNOWN:
            return not any(isinstance(declared(it, scope), Model) for it in (left, right))
        case ("tuple", "tuple") | ("list", "list"):
            pairs = zip(left.args, right.args, strict=False)
            return all(are_ordered(a, b, scope) for a, b in pairs if ELLIPSIS not in (a, b))
        case (head, other) if head in NUMBERS or head in _SETS:
            return other in (NUMBERS if head in NUMBERS else _SETS)
        case (head, other):
            return head == other and head in _ORDERED


def may_be_equal(left: Type, right: Type, scope: Scope) -> bool:
    """Return whether `==` can hold between values of the two types, for all that is known."""
    return any(_equal(one, other, scope) for one in plain(left, scope) for other in plain(right, scope))


def _equal(left: Type, right: Type, scope: Scope) -> bool:
    match left.head, right.head:
        case (head, other) if head in _UNKNOWN or other in _UNKNOWN:
            return True
        case "ref", "ref":
            return target(left.ref, scope) == target(right.ref, scope)
        case (head, other) if head in NUMBERS or head in _SETS:
            return other in (NUMBERS if head in NUMBERS else _SETS)
        case (head, other):
            return head == other
