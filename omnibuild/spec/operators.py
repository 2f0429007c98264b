"""Rules of operators: arithmetic, `and or not`, and the conditional expression."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from omnibuild.core.values import Lowered, Type
from omnibuild.spec.bounds import is_huge_power, is_huge_repeat
from omnibuild.spec.compatibility import conversion, item_of, plain, show
from omnibuild.spec.literals import is_literal, is_number, number, opened
from omnibuild.spec.narrowing import narrow
from omnibuild.spec.scope import ANY, Env, Reader, Want, arms_of, may_be_none, union, without_none

SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}
_ROWS = (
    ("+ - * // % **", "int", "int", "int"),
    ("/", "int", "int", "float"),
    ("+ - * / // % **", "float", "int float", "float"),
    ("+ - * / // % **", "int", "float", "float"),
    ("+ - * / // % **", "Decimal", "int Decimal", "Decimal"),
    ("+ - * / // % **", "int", "Decimal", "Decimal"),
    ("+", "str", "str", "str"),
    ("*", "str", "int", "str"),
    ("*", "int", "str", "str"),
    ("+", "bytes", "bytes", "bytes"),
    ("*", "bytes", "int", "bytes"),
    ("-", "datetime", "datetime", "timedelta"),
    ("+ -", "datetime", "timedelta", "datetime"),
    ("+", "timedelta", "datetime", "datetime"),
    ("-", "date", "date", "timedelta"),
    ("+ -", "date", "timedelta", "date"),
    ("+", "timedelta", "date", "date"),
    ("+ - %", "timedelta", "timedelta", "timedelta"),
    ("* / //", "timedelta", "int", "timedelta"),
    ("* /", "timedelta", "float", "timedelta"),
    ("*", "int float", "timedelta", "timedelta"),
    ("/", "timedelta", "timedelta", "float"),
    ("//", "timedelta", "timedelta", "int"),
    ("/", "Path", "str Path", "Path"),
    ("/", "str", "Path", "Path"),
)
RESULTS = {
    (sign, left, right): result
    for signs, lefts, rights, result in _ROWS
    for sign in signs.split()
    for left in lefts.split()
    for right in rights.split()
}
"""The type that each operator gives, by the types of its operands; what is not here is a problem."""

_DECIMAL = Want(Type("Decimal"))
_SIGNED = ("int", "float", "Decimal", "timedelta", "Any")


def arithmetic(reader: Reader, node: ast.BinOp, env: Env, want: Want | None) -> Lowered:
    """Return `a + b`; a number with a fraction beside a Decimal becomes a Decimal."""
    sign = SIGNS.get(type(node.op))
    if sign is None:
        hint = "write .union(…) or .intersection(…)" if isinstance(node.op, ast.BitOr | ast.BitAnd) else ""
        reader.report("bitwise operators are not part of expressions", node, hint)
        return Lowered(node, ANY)
    left, right = _operands(reader, node, env, want)
    tree = ast.BinOp(left.tree, node.op, right.tree)
    if sign == "**" and is_huge_power(node):
        reader.report("this power is too large", node)
        return Lowered(tree, ANY)
    type_ = result_of(reader, sign, left.type, right.type)
    if type_ is None:
        reader.report(*_mismatch(reader, node, sign, left.type, right.type))
        return Lowered(tree, ANY)
    if sign == "*" and type_.head in ("str", "bytes", "list", "tuple") and is_huge_repeat(node):
        reader.report("this repeats too often", node)
    if sign == "**" and type_.head == "int" and not is_number(node.right):
        type_ = ANY  # a negative exponent makes a float
    return Lowered(tree, type_)


def _operands(reader: Reader, node: ast.BinOp, env: Env, want: Want | None) -> tuple[Lowered, Lowered]:
    left, right = opened(reader.infer(node.left, env)), opened(reader.infer(node.right, env))
    wanted = want is not None and want.arm("Decimal") is not None
    heads = [it.head for side in (left, right) for it in arms_of(side.type)]
    if wanted or "Decimal" in heads:
        left, right = (
            reader.infer(side, env, _DECIMAL) if it.type.head == "float" and _is_chosen(side) else it
            for side, it in ((node.left, left), (node.right, right))
        )
    return left, right


def _is_chosen(node: ast.expr) -> bool:
    """Return whether a part is a number, or one of two: what is read again must not grow with depth."""
    return is_number(node) or (isinstance(node, ast.IfExp) and is_number(node.body) and is_number(node.orelse))


def result_of(reader: Reader, sign: str, left: Type, right: Type) -> Type | None:
    """Return the type of an operation, None if some of the alternatives have none."""
    types: list[Type] = []
    for one in plain(left, reader.scope):
        for other in plain(right, reader.scope):
            type_ = _result(sign, one, other)
            if type_ is None:
                return None
            types.append(type_)
    return union(types)


def _result(sign: str, left: Type, right: Type) -> Type | None:
    if "Any" in (left.head, right.head):
        return ANY
    if (sign, left.head, right.head) in RESULTS:
        return Type(RESULTS[sign, left.head, right.head])
    match sign, left.head, right.head:
        case "+", "list", "list":
            return Type("list", (union((*left.args, *right.args)),))
        case "+", "tuple", "tuple":
            return Type("tuple", (union(filter(None, map(item_of, (left, right)))), Type("...")))
        case "*", "list", "int":
            return left
        case "*", "int", "list":
            return right
        case "-", "set" | "frozenset", "set" | "frozenset":
            return left
        case _:
            return None


def _mismatch(reader: Reader, node: ast.BinOp, sign: str, left: Type, right: Type) -> tuple[str, ast.expr, str]:
    """Return the message, the place and the hint for operands that do not go together."""
    for side, type_ in ((node.left, left), (node.right, right)):
        if may_be_none(type_):
            return f"`{reader.segment(side)}` may be None", side, conversion(type_, without_none(type_))
    hint = ""
    heads = {left.head, right.head}
    if heads == {"Decimal", "float"}:
        hint = "make both Decimal, or write float(…)"
    elif "str" in heads:
        hint = "write an f-string" if sign in "+%" else "write int(…) or Decimal(…)"
    elif heads == {"date", "datetime"}:
        hint = "write ….date()"
    return f"`{sign}` has no meaning for {show(left, reader.scope)} and {show(right, reader.scope)}", node, hint


def unary(reader: Reader, node: ast.UnaryOp, env: Env, want: Want | None) -> Lowered:
    """Return `-a`, `+a` or `not a`."""
    if is_number(node):
        return number(reader, node, want)
    if isinstance(node.op, ast.Not):
        return Lowered(ast.UnaryOp(node.op, reader.infer(node.operand, env).tree), Type("bool"))
    operand = opened(reader.infer(node.operand, env))
    types = plain(operand.type, reader.scope)
    if isinstance(node.op, ast.Invert) or any(it.head not in _SIGNED for it in types):
        sign = {ast.USub: "-", ast.UAdd: "+"}.get(type(node.op), "~")
        reader.report(f"`{sign}` has no meaning for {show(operand.type, reader.scope)}", node)
        return Lowered(node, ANY)
    return Lowered(ast.UnaryOp(node.op, operand.tree), union(types))


def boolean(reader: Reader, node: ast.BoolOp, env: Env, want: Want | None) -> Lowered:
    """Return `a and b` or `a or b`: each operand knows what the ones before it prove."""
    conjunction = isinstance(node.op, ast.And)
    parts: list[tuple[ast.expr, Env]] = []
    for value in node.values:
        parts.append((value, env))
        env = narrow(reader, value, env, conjunction)
    operands = alike(reader, parts, want, last_only=True)
    passed_over = [it.type if conjunction else without_none(it.type) for it in operands[:-1]]
    return Lowered(ast.BoolOp(node.op, [it.tree for it in operands]), union((*passed_over, operands[-1].type)))


def conditional(reader: Reader, node: ast.IfExp, env: Env, want: Want | None) -> Lowered:
    """Return `a if c else b`: the branches know what the condition proves."""
    test = reader.infer(node.test, env)
    branches = ((node.body, narrow(reader, node.test, env)), (node.orelse, narrow(reader, node.test, env, holds=False)))
    body, orelse = alike(reader, branches, want)
    return Lowered(ast.IfExp(test.tree, body.tree, orelse.tree), union((body.type, orelse.type)))


def alike(
    reader: Reader, parts: Sequence[tuple[ast.expr, Env]], want: Want | None, *, last_only: bool = False
) -> list[Lowered]:
    """Return parts that should have one type: the wanted one, or for literals that of the others.

    With `last_only` all but the last part may also be None, or any other value that is passed over.
    """
    found: dict[int, Lowered] = {}
    for index in sorted(range(len(parts)), key=lambda it: is_literal(parts[it][0])):
        node, env = parts[index]
        wanted = want
        if want and last_only and index < len(parts) - 1:
            wanted = Want(union((want.type, Type("None"))), want.strict)
        if want is None and found:
            others = union(it.type for it in found.values())
            wanted = None if others == ANY else Want(others)
        found[index] = reader.infer(node, env, wanted)
    return [found[index] for index in range(len(parts))]
