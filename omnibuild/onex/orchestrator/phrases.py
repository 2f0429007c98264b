"""The expressions in `handle` of an orchestrator: the call of a step, its condition, and the output."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from omnibuild.core.values import ClassOf, Expression, Imported, Logic, Lowered, Model, NodeSpec, Type
from omnibuild.onex.logic import LoweredLogic, attribute, lower_logic
from omnibuild.onex.orchestrator.guards import Guard, Known, facts, proving
from omnibuild.onex.orchestrator.settling import settled_condition
from omnibuild.onex.orchestrator.steps import ITEM, Step, Steps, item_type, tree_of
from omnibuild.onex.orchestrator.wiring import method_name
from omnibuild.spec.expression import lower
from omnibuild.spec.expression import names as free_names
from omnibuild.spec.scope import Scope

SAGA = "saga"
"""The variable of what is undone."""


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A part of the generated code, and the names that it reads."""

    tree: ast.expr

    @property
    def reads(self) -> frozenset[str]:
        """The names that stand in it."""
        return names_in([self.tree])


class Phrases:
    """Lowers what the spec says, as it is where certain guards are known to hold."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._package = steps.names.package

    def guard(self, step: Step, known: Known) -> Guard:
        """Return what must still hold for a step to run."""
        return self._steps.guards.get(step.name, frozenset()) - known.holds

    def call(self, step: Step, known: Known) -> Phrase:
        """Return the call of a step that is not skipped, to be awaited."""
        known = known.with_holds(self.guard(step, known))
        method = attribute("self", method_name(step, self._steps))
        saga: list[ast.expr] = [ast.Name(SAGA, ast.Load())] if step.call.undo else []
        if step.call.for_each is None:
            return Phrase(ast.Call(method, [*saga, self._request(step, self._steps.scope(known))], []))
        items = self._lowered(step.call.for_each, self._steps.scope(known), None)
        request = self._request(step, self._steps.scope(known, item_type(items)))
        loop = ast.comprehension(ast.Name(ITEM, ast.Store()), items.tree, [], 0)
        one = ast.Call(Imported("functools", "partial"), [method, *saga], []) if saga else method
        each = Imported(f"{self._package}.steps", "each")
        return Phrase(ast.Call(each, [one, ast.ListComp(request, [loop])], []))

    def _request(self, step: Step, scope: Scope) -> ast.Call:
        model = self._steps.model_of(step.called)
        given = {it.name: it.value for it in step.call.inputs}
        fields = {it.name: it.type for it in model.fields}
        order = [*(it for it in fields if it in given), *(it for it in given if it not in fields)]
        keywords = [ast.keyword(it, self._lowered(given[it], scope, fields.get(it)).tree) for it in order]
        return ast.Call(ClassOf(model.ref), [], keywords)

    def test(self, step: Step, known: Known) -> Phrase | None:
        """Return the condition of a step, None if it is known to hold.

        It is such that a type checker sees which results the step can read.
        """
        when = step.call.when
        if when is None or not self.guard(step, known):
            return None
        guards = self._steps.guards
        holds = known.holds | guards[step.name]
        read = {
            name for it in (step.call.for_each, *(it.value for it in step.call.inputs)) if it for name in free_names(it)
        }
        needed = [it for it in read if it in guards and not known.ran(it) and guards[it] <= holds]
        return self.condition(when, proving(tree_of(when), needed, guards), known)

    def condition(self, when: Expression, tree: ast.expr, known: Known) -> Phrase:
        """Return a condition that is made of parts of a guard."""
        scope = self._steps.scope(known)
        tree = settled_condition(tree, known, lambda *_: None)
        return Phrase(self._lowered(when, replace(scope, settle=lambda _: (tree, [])), None).tree)

    def output(self, known: Known) -> LoweredLogic | None:
        """Return how the output is made, without what it does not need; None if it reads what was skipped."""
        spec = self._steps.spec
        output = self._steps.names.graph.lookup(spec.output)
        if not isinstance(output, Model):
            return None
        logic, _ = lower_logic(logic_of(spec), output, self._steps.scope(known))
        if logic is None:
            return None
        literals = {name: it.tree for name, it in logic.let if _is_literal(it.tree)}
        reads = names_in(it.tree for _, it in logic.output)
        let: list[tuple[str, Lowered]] = []
        for name, it in reversed(logic.let):
            if name in reads and name not in literals:
                reads |= names_in([it.tree])
                let.insert(0, (name, _inlined(it, literals)))
        return LoweredLogic(tuple(let), tuple((name, _inlined(it, literals)) for name, it in logic.output))

    def _lowered(self, it: Expression, scope: Scope, expected: Type | None) -> Lowered:
        lowered, problems = lower(it, scope, expected)
        if lowered is None:
            raise ValueError(f"{self._steps.spec.name} was assembled although it has problems: {problems}")
        return lowered

    def facts(self, tree: ast.expr, *, holds: bool = True) -> Guard:
        """Return what holds if a condition does, or if it does not."""
        return facts(tree, self._steps.guards, holds=holds)


def logic_of(spec: NodeSpec) -> Logic:
    """Return what the output is made of; where the spec does not say it, of nothing."""
    return spec.logic or Logic((), (), spec.at.to("steps"))


def names_in(trees: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that stand in trees."""
    return frozenset(it.id for tree in trees for it in ast.walk(tree) if isinstance(it, ast.Name))


def same(one: LoweredLogic, other: LoweredLogic | None) -> bool:
    """Return whether two outputs are made in the same way."""
    return other is not None and _dump(one) == _dump(other)


def _dump(logic: LoweredLogic) -> list[tuple[str, str]]:
    return [(name, ast.dump(it.tree)) for name, it in (*logic.let, *logic.output)]


def _is_literal(tree: ast.expr) -> bool:
    """Return whether a value says no more than its name would: `None`, `0`, `[]`."""
    match tree:
        case ast.Constant() | ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case _:
            return False


class _Inlining(ast.NodeTransformer):
    """Puts values in the place of names."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._values.get(node.id, node)


def _inlined(it: Lowered, values: Mapping[str, ast.expr]) -> Lowered:
    return Lowered(_Inlining(values).visit(copy.deepcopy(it.tree)), it.type) if values else it
