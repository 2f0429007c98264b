"""An orchestrator's steps as they hang together: what each reads, when it is skipped, what it gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from omnibuild.core.values import (
    Call,
    Expression,
    Imported,
    Lowered,
    Model,
    NodeSpec,
    Problem,
    Type,
)
from omnibuild.onex.logic import attribute, request_scope
from omnibuild.onex.names import Names
from omnibuild.onex.orchestrator.guards import Guard, Known, facts, parts
from omnibuild.onex.orchestrator.settling import asserted, settled, settled_condition
from omnibuild.spec.compatibility import item_of
from omnibuild.spec.expression import Binding, Scope, lower
from omnibuild.spec.expression import names as free_names
from omnibuild.spec.scope import arms_of, path_of, union
from omnibuild.spec.syntax import Syntax, parse

ITEM = "item"
"""What a `for_each` step calls the item of one call."""

NONE = Type("None")


@dataclass(frozen=True, slots=True)
class Step:
    """A step, the node that it calls, and the steps that its expressions read."""

    call: Call
    called: NodeSpec
    reads: frozenset[str]

    @property
    def name(self) -> str:
        """The step's name."""
        return self.call.name

    @property
    def result(self) -> Type:
        """What the step gives if it is not skipped."""
        answer = Type("ref", ref=self.called.output)
        return Type("list", (answer,)) if self.call.for_each else answer


def expressions(call: Call) -> Iterator[Expression]:
    """Yield the expressions of a step."""
    yield from (it for it in (call.when, call.for_each) if it)
    yield from (it.value for it in call.inputs)


def references(calls: Sequence[Call]) -> Mapping[str, frozenset[str]]:
    """Return the steps that each step reads."""
    known = frozenset(it.name for it in calls)
    return {it.name: known & _read(it) for it in calls}


def _read(call: Call) -> frozenset[str]:
    return frozenset(name for it in expressions(call) for name in free_names(it))


def in_order(calls: Sequence[Call]) -> tuple[list[Call], list[str]]:
    """Return the steps, each behind those that it reads and otherwise as listed, and a cycle if there is one."""
    reads = references(calls)
    done: list[Call] = []
    while len(done) < len(reads):
        names = {it.name for it in done}
        ready = next((it for it in calls if it.name not in names and reads[it.name] <= names), None)
        if ready is None:
            left = [it.name for it in calls if it.name not in names]
            return done, _cycle(left, reads)
        done.append(ready)
    return done, []


def is_chain(calls: Sequence[Call]) -> bool:
    """Return whether every step reads the one before it, so that no two run at the same time."""
    ordered, _ = in_order(calls)
    reads = references(calls)
    return all(before.name in reads[after.name] for before, after in pairwise(ordered))


def _cycle(left: Sequence[str], reads: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the names on a cycle among steps of which each reads another one."""
    path = [left[0]]
    while True:
        following = next(it for it in left if it in reads[path[-1]])
        if following in path:
            return path[path.index(following) :]
        path.append(following)


class Steps:
    """The steps of one orchestrator, which have no cycle and call nodes that exist."""

    def __init__(self, spec: NodeSpec, names: Names) -> None:
        self.spec = spec
        self.names = names
        calls, _ = in_order(spec.steps)
        reads = references(spec.steps)
        called = {name: it for name, it in names.graph.specs.items() if isinstance(it, NodeSpec)}
        self.order = tuple(Step(it, called[it.node], reads[it.name]) for it in calls)
        self.by_name = {it.name: it for it in self.order}
        self._base = _base(spec, names)

    @cached_property
    def guards(self) -> Mapping[str, Guard]:
        """The guards of the steps that may be skipped."""
        found: dict[str, Guard] = {}
        for step in self.order:
            if step.call.when:
                found[step.name] = facts(tree_of(step.call.when), found)
        return found

    @cached_property
    def truths(self) -> frozenset[str]:
        """The conditions in guards that are known to be bools."""
        conditions = [part for step in self.order if step.call.when for part in parts(tree_of(step.call.when))]
        found = {ast.dump(it) for it in map(_positive, conditions) if self._is_bool(it)}
        return frozenset(found)

    def _is_bool(self, tree: ast.expr) -> bool:
        path = path_of(tree)
        if path is None:
            return False
        scope = self.scope(Known(self.guards, holds=frozenset().union(*self.guards.values())))
        lowered, _ = lower(Expression(path, self.spec.at), replace(scope, settle=None), None)
        return lowered is not None and lowered.type.head == "bool"

    def known(self, holds: Guard = frozenset(), fails: Guard = frozenset()) -> Known:
        """Return what is known where these conditions hold, and one of those does not; no step was skipped yet."""
        return Known(self.guards, holds, fails, truths=self.truths)

    def scope(self, known: Known, item: Type | None = None, *, condition: bool = False) -> Scope:
        """Return what expressions can name where this is known.

        Only whether it is true matters of a `condition`.
        """
        bindings = dict(self._base.names)
        for step in self.order:
            tree = ast.Name(step.name, ast.Load())
            there = known.ran(step.name)
            bindings[step.name] = Binding(step.result if there else union((step.result, NONE)), tree)
            if not there:
                ran = Imported(f"{self.names.package}.calls", "ran")
                bindings[asserted(step.name)] = Binding(step.result, ast.Call(ran, [tree], []))
        if item:
            bindings[ITEM] = Binding(item, ast.Name(ITEM, ast.Load()))
        return replace(
            self._base, names=bindings, settle=lambda syntax: self._settle(syntax, known, condition=condition)
        )

    def _settle(self, syntax: Syntax, known: Known, *, condition: bool) -> tuple[ast.expr, list[Problem]]:
        problems: dict[Problem, None] = {}

        def report(step: str, at: ast.expr) -> None:
            problems[self._skipped(step, syntax, at)] = None

        return (settled_condition if condition else settled)(syntax.tree, known, report), list(problems)

    def _skipped(self, step: str, syntax: Syntax, at: ast.expr) -> Problem:
        when = self.by_name[step].call.when
        condition = when.text.strip() if when else ""
        hint = f"read it where that holds: `… if {condition} else …`"
        if syntax.at.path[:1] == ("steps",):
            hint = f"give this step `when: {condition}`, too, or write `… if {condition} else …`"
        message = f"`{step}` is skipped where `{condition}` does not hold"
        return Problem("skipped", message, syntax.at.into(syntax.start(at)), hint)

    def model_of(self, called: NodeSpec) -> Model:
        """Return the input of a node."""
        found = self.names.graph.lookup(called.input)
        if not isinstance(found, Model):
            raise TypeError(f"the input of {called.name} is not a model")
        return found


def tree_of(expression: Expression) -> ast.expr:
    """Return the tree of an expression; what does not parse is neither true nor false."""
    syntax = parse(expression.text, expression.at, "expression", "an expression")
    return ast.Name("…") if isinstance(syntax, Problem) else syntax.tree


def item_type(lowered: Lowered | None) -> Type | None:
    """Return what iterating over a value gives, `Any` where that is not known, None if one cannot iterate over it."""
    if lowered is None:
        return Type("Any")
    items = [item_of(arm) for arm in arms_of(lowered.type)]
    return union(it for it in items if it) if all(items) else None


def _positive(tree: ast.expr) -> ast.expr:
    return tree.operand if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not) else tree


def _base(spec: NodeSpec, names: Names) -> Scope:
    """Return the scope of the input's fields and of the environment."""
    scope = request_scope(spec, names)
    found = dict(scope.names)
    for it in spec.env:
        optional = not it.required and it.default is None
        type_ = union((Type("str"), NONE)) if optional else Type("str")
        found[f"env.{it.name}"] = Binding(type_, attribute("self", "_environment", it.name.lower()))
    return replace(scope, names=found)
