"""An expression where it stands: what guards decide is settled, and every result that is read is there."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from omnibuild.onex.orchestrator.guards import Guard, Known, facts, joined, parts, proving, reads, tested

type Report = Callable[[str, ast.expr], None]
"""Takes a step, and where its result is read although it may have been skipped."""

type Position = Callable[[ast.expr, Guard], ast.expr]
"""What settles a part: as a value, or as a condition."""

type _Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def settled(tree: ast.expr, known: Known, report: Report) -> ast.expr:
    """Return an expression as it is where this is known."""
    return _Settling(known, report).value(tree, frozenset())


def settled_condition(tree: ast.expr, known: Known, report: Report) -> ast.expr:
    """Return an expression of which only matters whether it is true; `True` or `False` where that is known."""
    return _Settling(known, report).condition(tree, frozenset())


def asserted(step: str) -> str:
    """Return the name that stands for a step's result where it is known to be there; no one can write it."""
    return f"{step}!"


def constant(tree: ast.expr) -> bool | None:
    """Return the truth that an expression has been settled to, if it has."""
    return tree.value if isinstance(tree, ast.Constant) and isinstance(tree.value, bool) else None


class _Asserting(ast.NodeTransformer):
    """Marks the steps that are known to have results although no type checker can see it."""

    def __init__(self, steps: Collection[str]) -> None:
        self._steps = steps

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return _with(node, id=asserted(node.id)) if node.id in self._steps else node


class _Settling:
    """Reads one expression; `proven` is what holds at a part of it beyond what is known of all of it."""

    def __init__(self, known: Known, report: Report) -> None:
        self.known = known
        self._report = report

    def value(self, tree: ast.expr, proven: Guard) -> ast.expr:
        if isinstance(tree, ast.Name) and tree.id in self.known.skipped:
            return _literal(None, tree)
        if self._is_bool(tree) and (truth := self._truth(tree)) is not None:
            return _literal(truth, tree)
        return self._parts_of(tree, proven, self.value)

    def condition(self, tree: ast.expr, proven: Guard) -> ast.expr:
        truth = self._truth(tree)
        return self._parts_of(tree, proven, self.condition) if truth is None else _literal(truth, tree)

    def _parts_of(self, tree: ast.expr, proven: Guard, position: Position) -> ast.expr:
        match tree:
            case ast.IfExp():
                return self._choice(tree, proven, position)
            case ast.BoolOp():
                return self._chain(tree, proven, position)
            case ast.UnaryOp(op=ast.Not()):
                operand = self.condition(tree.operand, proven)
                truth = constant(operand)
                found = _with(tree, operand=operand)
                return found if truth is None else _literal(not truth, tree)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(tree, proven)
            case ast.Attribute(value=ast.Name() as base) | ast.Subscript(value=ast.Name() as base):
                if base.id in self.known.guards and not self._there(base.id, proven):
                    self._report(base.id, base)
        return self._inside(tree, proven)

    def _inside[N: ast.AST](self, tree: N, proven: Guard) -> N:
        """Return a part with all that stands in it settled."""

        def inner(child: Any) -> Any:
            if isinstance(child, list):
                return [inner(it) for it in child]
            if isinstance(child, ast.expr):
                return self.value(child, proven)
            return self._inside(child, proven) if isinstance(child, ast.keyword) else child

        return _with(tree, **{name: inner(child) for name, child in ast.iter_fields(tree)})

    def _choice(self, tree: ast.IfExp, proven: Guard, position: Position) -> ast.expr:
        guards = self.known.guards
        test = self.condition(tree.test, proven)
        if (truth := constant(test)) is not None:
            return position(tree.body if truth else tree.orelse, proven)
        where, otherwise = (proven | facts(tree.test, guards, holds=it) for it in (True, False))
        body, orelse = position(tree.body, where), position(tree.orelse, otherwise)
        needed = self._needed([body], proven, where)
        needed_otherwise = self._needed([orelse], proven, otherwise)
        test = proving(tree.test, needed, guards)
        if needed:
            # One condition cannot tell a type checker of the results on both sides.
            orelse = _Asserting(needed_otherwise).visit(orelse)
        else:
            test = proving(test, needed_otherwise, guards, holds=False)
        return _with(tree, test=self.condition(test, proven), body=body, orelse=orelse)

    def _chain(self, tree: ast.BoolOp, proven: Guard, position: Position) -> ast.expr:
        operator, holds = type(tree.op), isinstance(tree.op, ast.And)
        is_test = position == self.condition
        loose = is_test or self._is_bool(tree)
        needed = self._needed_behind(parts(tree, operator), proven, holds=holds)
        strong = proving(tree, needed, self.known.guards, holds=holds, replaces=lambda it: is_test or self._is_bool(it))
        found: list[ast.expr] = []
        operands = parts(strong, operator)
        for index, part in enumerate(operands):
            value = position(part, proven)
            proven = proven | facts(part, self.known.guards, holds=holds)
            truth = constant(value)
            if truth is not None and truth != holds:
                return value if loose else joined([*found, value], operator)
            if truth is None or not (loose or index < len(operands) - 1):
                found.append(value)
        return joined(found, operator) if found else _literal(holds, tree)

    def _comprehension(self, tree: _Comprehension, proven: Guard) -> ast.expr:
        inner = self
        generators: list[ast.comprehension] = []
        for generator in tree.generators:
            source = inner.value(generator.iter, proven)
            inner, proven = inner.without(_bound(generator.target), proven)
            after = proven.union(*(facts(test, inner.known.guards) for test in generator.ifs))
            tests = inner.tests(tree, generator.ifs, proven, after)
            if any(constant(it) is False for it in tests) and isinstance(tree, ast.ListComp | ast.DictComp):
                return _empty(tree)
            generators.append(ast.comprehension(generator.target, source, tests, generator.is_async))
            proven = after
        if isinstance(tree, ast.DictComp):
            key, value = inner.value(tree.key, proven), inner.value(tree.value, proven)
            return _with(tree, key=key, value=value, generators=generators)
        return _with(tree, elt=inner.value(tree.elt, proven), generators=generators)

    def tests(self, tree: _Comprehension, tests: Sequence[ast.expr], before: Guard, after: Guard) -> list[ast.expr]:
        """Return the `if` parts of one `for`."""
        if not tests:
            return []
        made = [tree.key, tree.value] if isinstance(tree, ast.DictComp) else [tree.elt]
        later = [part for generator in tree.generators for part in (generator.iter, *generator.ifs)]
        strong = proving(joined(tests), self._needed([*made, *later], before, after), self.known.guards)
        whole = self.condition(strong, before)
        return [] if constant(whole) else parts(whole)

    def without(self, names: Collection[str], proven: Guard) -> tuple[_Settling, Guard]:
        """Return the same where variables hide these names, and what of what is proven is not of them.

        What a guard says of a hidden name can no more be proven: the name means something else.
        """
        hidden = [f"id={name!r}" for name in names]

        def is_hidden(fact: str) -> bool:
            return any(name in fact for name in hidden)

        known = self.known
        before = known.holds | proven
        guards = {
            step: frozenset(
                f"hidden {it}" if is_hidden(it) else it for it in guard if it not in before or not is_hidden(it)
            )
            for step, guard in known.guards.items()
            if step not in names
        }
        less = replace(
            known,
            guards=guards,
            holds=frozenset(it for it in known.holds if not is_hidden(it)),
            fails=frozenset() if any(map(is_hidden, known.fails)) else known.fails,
            skipped=known.skipped - set(names),
            truths=frozenset(it for it in known.truths if not is_hidden(it)),
        )
        return _Settling(less, self._report), frozenset(it for it in proven if not is_hidden(it))

    def _needed(self, trees: Sequence[ast.AST], before: Guard, after: Guard) -> frozenset[str]:
        """Return the steps that are read, and whose guards hold only by what is proven in between."""
        steps = frozenset(name for tree in trees for name in reads(tree)) & self.known.guards.keys()
        there = frozenset(it for it in steps if self._there(it, after) and not self._there(it, before))
        return there - self.known.skipped

    def _needed_behind(self, trees: Sequence[ast.expr], proven: Guard, *, holds: bool) -> frozenset[str]:
        """Return what each part of a chain needs of the parts before it."""
        needed: frozenset[str] = frozenset()
        after = proven
        for part in trees:
            needed |= self._needed([part], proven, after)
            after = after | facts(part, self.known.guards, holds=holds)
        return needed

    def _there(self, step: str, proven: Guard) -> bool:
        return step not in self.known.skipped and self.known.guards[step] <= self.known.holds | proven

    def _truth(self, tree: ast.expr) -> bool | None:
        """Return whether a condition holds, as far as that is known."""
        known = self.known
        if found := tested(tree, dict.fromkeys({*known.guards, *known.skipped}, frozenset())):
            step, wants = found
            if step in known.skipped or known.ran(step):
                return wants != (step in known.skipped)
        positive, negative = (facts(tree, known.guards, holds=it) for it in (True, False))
        if positive <= known.holds or (known.fails and known.fails <= negative):
            return True
        if negative <= known.holds or (known.fails and known.fails <= positive):
            return False
        return None

    def _is_bool(self, tree: ast.expr) -> bool:
        match tree:
            case ast.UnaryOp(op=ast.Not()) | ast.Compare():
                return True
            case ast.BoolOp():
                return all(self._is_bool(it) for it in tree.values)
            case _:
                return ast.dump(tree) in self.known.truths


def _empty(tree: ast.ListComp | ast.DictComp) -> ast.expr:
    return ast.copy_location(ast.List([], ast.Load()) if isinstance(tree, ast.ListComp) else ast.Dict([], []), tree)


def _literal(value: bool | None, at: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Constant(value), at)


def _with[N: ast.AST](tree: N, **changes: object) -> N:
    found = copy.copy(tree)
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def _bound(target: ast.expr) -> frozenset[str]:
    return frozenset(it.id for it in ast.walk(target) if isinstance(it, ast.Name))
