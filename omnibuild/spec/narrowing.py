"""What a condition proves of the optional values in it: `x is not None`, `x`, `not`, `and`, `or`."""

from __future__ import annotations

import ast

from omnibuild.spec.scope import Env, Reader, may_be_none, path_of, without_none


def narrow(reader: Reader, node: ast.expr, env: Env, holds: bool = True) -> Env:
    """Return what is known where a condition holds, or where it does not."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return narrow(reader, operand, env, not holds)
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) == holds:
            for value in values:
                env = narrow(reader, value, env, holds)
            return env
        case ast.Compare(left=tested, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            return _is_some(reader, tested, env) if holds else env
        case ast.Compare(left=tested, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            return env if holds else _is_some(reader, tested, env)
        case ast.Name() | ast.Attribute():
            return _is_some(reader, node, env) if holds else env
        case _:
            return env


def _is_some(reader: Reader, node: ast.expr, env: Env) -> Env:
    path = path_of(node)
    if path is None:
        return env
    type_ = reader.infer(node, env).type
    return env.narrow({path: without_none(type_)}) if may_be_none(type_) else env
