"""What becomes of an operation's result: who reads it, and what is taken from it at once.

The rows of a query can be read once. So `found.first()` that logic reads in two places becomes
`found = (await database.execute(…)).first()`, and is read as `found`; so does `found.one()`, which can fail.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from omnibuild.core.values import ClassOf, Expression, Imported, Lowered, Problem
from omnibuild.onex.connectors.connector import Result

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Taking:
    """What is taken from a result as soon as it is there: a call on the result's name."""

    name: str
    call: ast.Call
    result: Result

    def of(self, value: ast.expr) -> ast.expr:
        """Return what is taken from the value."""
        return _rewritten(self.call, lambda node: value if _is_name(node, self.name) else None)

    def without(self, tree: ast.expr) -> ast.expr:
        """Return an expression that reads the result's name where it takes from the result."""
        name = ast.Name(self.name, ast.Load())
        return _rewritten(tree, lambda node: name if _uses_up(node, self.name, self.result) else None)


@dataclass(frozen=True, slots=True)
class _Read:
    """One place where a result is read: the call that uses it up, if one does; `often` if it may run more than once."""

    expression: Expression
    call: ast.Call | None
    often: bool


def taking(
    name: str, result: Result, expressions: Iterable[tuple[Expression, Lowered]]
) -> tuple[Taking | None, list[Problem]]:
    """Return what is to be taken from a result at once, or what is wrong with how expressions read it."""
    reads = [_Read(it, *found) for it, lowered in expressions for found in _reads(lowered.tree, name, result, False)]
    using = [it for it in reads if it.call]
    if not using or using[0].call is None:
        return None, []
    first = using[0].call
    other = next((it for it in using if it.call and ast.dump(it.call) != ast.dump(first)), None)
    if other:
        message = f"`{name}` can be read once, and .{_method(first)}() has read it already"
        return None, [Problem("operation", message, other.expression.at, "read .all() once, and go on from that")]
    often = len(using) > 1 or using[0].often
    if len(using) == len(reads) and (often or _method(first) in result.demanding):
        return Taking(name, first, result), []
    if often:
        message = f"`{name}` can be read once, and .{_method(first)}() may run more often"
        return None, [Problem("operation", message, using[-1].expression.at, "name what it gives under `let:`")]
    return None, []


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _reads(node: ast.AST, name: str, result: Result, often: bool) -> Iterator[tuple[ast.Call | None, bool]]:
    if isinstance(node, ast.Call) and _uses_up(node, name, result):
        yield node, often
        return
    if _is_name(node, name):
        yield None, often
        return
    if isinstance(node, _COMPREHENSIONS):
        # The first iterable is read once, all else in a comprehension once per item.
        yield from _reads(node.generators[0].iter, name, result, often)
        rest = [it for it in ast.iter_child_nodes(node) if it is not node.generators[0]]
        rest += [node.generators[0].target, *node.generators[0].ifs]
        for child in rest:
            yield from _reads(child, name, result, True)
        return
    for child in ast.iter_child_nodes(node):
        yield from _reads(child, name, result, often)


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _uses_up(node: ast.AST, name: str, result: Result) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=method)):
            return method in result.once and _leads_to(value, name, result)
        case _:
            return False


def _leads_to(node: ast.expr, name: str, result: Result) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=method)):
            return method in result.views and _leads_to(value, name, result)
        case _:
            return _is_name(node, name)


def _rewritten[N: ast.AST](node: N, replace: Callable[[ast.AST], ast.expr | None]) -> N:
    """Return a tree with some of its parts replaced; the tree itself stays as it is."""
    found = replace(node)
    if found is not None:
        return cast("N", found)
    if isinstance(node, Imported | ClassOf):
        return node
    return type(node)(**{name: _rewritten_field(value, replace) for name, value in ast.iter_fields(node)})


def _rewritten_field(value: Any, replace: Callable[[ast.AST], ast.expr | None]) -> Any:
    if isinstance(value, list):
        return [_rewritten_field(it, replace) for it in value]
    return _rewritten(value, replace) if isinstance(value, ast.AST) else value
