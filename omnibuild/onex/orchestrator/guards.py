"""What the `when:` of steps proves: where a skipped step's result can be read, and what is left of a condition.

A condition is known by the dump of its tree, which is the same however it is spaced or put in
parentheses. A guard is the set of conditions that must hold together.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

type Guard = frozenset[str]

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known where an expression is read.

    `guards` are those of the steps that may be skipped. All of `holds` holds; of `fails` at least one
    condition does not. `skipped` are the steps that were. `truths` are the conditions whose value is a bool.
    """

    guards: Mapping[str, Guard]
    holds: Guard = frozenset()
    fails: Guard = frozenset()
    skipped: frozenset[str] = frozenset()
    truths: frozenset[str] = frozenset()

    def ran(self, step: str) -> bool:
        """Return whether a step is known to have run."""
        return self.guards.get(step, frozenset()) <= self.holds

    def without(self, fails: Guard) -> Known:
        """Return what is known where not all of these conditions hold: which steps were skipped."""
        skipped = (step for step, guard in self.guards.items() if fails <= guard)
        return replace(self, skipped=self.skipped.union(skipped))

    def with_holds(self, more: Guard) -> Known:
        """Return what is known where more holds."""
        return replace(self, holds=self.holds | more)


def negated(tree: ast.expr) -> ast.expr:
    """Return the opposite of a condition, as a person would write it."""
    match tree:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPPOSITE:
            return ast.copy_location(ast.Compare(left, [_OPPOSITE[type(op)]()], [right]), tree)
        case _:
            return ast.copy_location(ast.UnaryOp(ast.Not(), tree), tree)


def parts(tree: ast.expr, operator: type[ast.boolop] = ast.And) -> list[ast.expr]:
    """Return the operands of a chain of `and`, or of `or`; of anything else itself."""
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, operator):
        return [part for value in tree.values for part in parts(value, operator)]
    return [tree]


def joined(trees: Sequence[ast.expr], operator: type[ast.boolop] = ast.And) -> ast.expr:
    """Return the conditions as one."""
    return trees[0] if len(trees) == 1 else ast.copy_location(ast.BoolOp(operator(), list(trees)), trees[0])


def facts(tree: ast.expr, guards: Mapping[str, Guard], *, holds: bool = True) -> Guard:
    """Return the conditions that are known to hold if this one does, or if it does not.

    That a step was not skipped means that its guard holds.
    """
    match tree:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return facts(operand, guards, holds=not holds)
        case ast.BoolOp(op=op) if isinstance(op, ast.And) == holds:
            return frozenset(it for part in parts(tree, type(op)) for it in facts(part, guards, holds=holds))
    step = tested(tree, guards)
    if step and step[1] == holds:
        return guards[step[0]]
    return frozenset({ast.dump(tree if holds else negated(tree))})


def tested(tree: ast.expr, guards: Mapping[str, Guard]) -> tuple[str, bool] | None:
    """Return the step whose result a condition tests, and whether it wants one: `price`, `price is None`."""
    match tree:
        case ast.Name(id=name) if name in guards:
            return name, True
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=None)]) if name in guards:
            return name, isinstance(op, ast.IsNot | ast.NotEq)
        case _:
            return None


def proving(
    tree: ast.expr,
    needed: Iterable[str],
    guards: Mapping[str, Guard],
    *,
    holds: bool = True,
    replaces: Callable[[ast.expr], bool] = lambda _: True,
) -> ast.expr:
    """Return a condition from which a type checker sees that these steps have results.

    `price is not None` takes the place of the guard of `price`, where `replaces` allows that. Without
    `holds` they have results where the condition does not hold.
    """
    names = sorted(needed)
    if not names:
        return tree
    operator: type[ast.boolop] = ast.And if holds else ast.Or
    kept: list[ast.expr] = []
    position: int | None = None
    for part in parts(tree, operator):
        proves = facts(part, guards, holds=holds)
        asked = tested(part, guards)
        own = asked is None or asked[0] in names
        replaced = own and replaces(part) and any(proves <= guards[name] for name in names)
        if position is None and (replaced or reads(part) & set(names)):
            position = len(kept)
        if not replaced:
            kept.append(part)
    position = len(kept) if position is None else position
    return joined([*kept[:position], *(_has_result(tree, name, holds) for name in names), *kept[position:]], operator)


def reads(tree: ast.AST) -> frozenset[str]:
    """Return the names that stand in a tree, except those of which only is asked whether they are None."""
    if isinstance(tree, ast.Compare) and isinstance(tree.left, ast.Name) and _is_none(tree.comparators[0]):
        return frozenset()
    if isinstance(tree, ast.Name):
        return frozenset({tree.id})
    return frozenset(name for child in ast.iter_child_nodes(tree) for name in reads(child))


def _is_none(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and tree.value is None


def _has_result(at: ast.expr, name: str, holds: bool) -> ast.expr:
    operator = ast.IsNot() if holds else ast.Is()
    test = ast.Compare(ast.Name(name, ast.Load()), [operator], [ast.Constant(None)])
    for node in (test, test.left, *test.comparators):
        ast.copy_location(node, at)
    return test
