"""What `handle` of an orchestrator does: the steps in their order, as a person would write them down."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from omnibuild.assemble.expression import expression
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Statement, assign, block, call, function, parsed, returning
from omnibuild.assemble.types import Types
from omnibuild.core.values import ClassOf, Expression, Imported, Logic, Lowered, Model, Problem, Ref, Type
from omnibuild.onex.code import spaced, writer
from omnibuild.onex.guards import Guard, Known, facts, joined, negated, parts, proving
from omnibuild.onex.logic import attribute, lower_logic
from omnibuild.onex.names import Names
from omnibuild.onex.schedule import segment
from omnibuild.onex.steps import ITEM, NONE, Step, Steps, item_type, tree_of
from omnibuild.onex.wiring import method_name
from omnibuild.spec.expression import lower
from omnibuild.spec.scope import Scope, union

SAGA = "saga"
GROUP = "steps"


@dataclass(frozen=True, slots=True)
class Block:
    """Statements, and the names that they read."""

    statements: tuple[Statement, ...]
    reads: frozenset[str] = frozenset()

    def __add__(self, other: Block) -> Block:
        return Block((*self.statements, *other.statements), self.reads | other.reads)


class Flow:
    """Writes the statements of one `handle`."""

    def __init__(self, steps: Steps, imports: Imports) -> None:
        self._steps = steps
        self._names: Names = steps.names
        self._imports = imports
        self._write = writer(steps.names, imports)
        self._types = Types(imports, self._class_name, steps.names.graph.lookup)
        self._node = steps.spec.name

    def statements(self) -> list[Statement]:
        """Return all statements of `handle`."""
        return list(self._rest(self._steps.order, self._steps.known(), in_saga=False).statements)

    def _class_name(self, ref: Ref) -> str:
        return self._names.imported(ref, self._imports)

    # ------------------------------------------------------------------------ what comes next

    def _rest(self, left: Sequence[Step], known: Known, *, in_saga: bool) -> Block:
        """Return what is done with these steps left, up to the output."""
        if not left:
            return self._output(known)
        found = self._early_return(left, known, in_saga=in_saga) or self._branches(left, known, in_saga=in_saga)
        if found:
            return found
        size = segment(left)
        if not in_saga and any(it.call.undo for it in left[:size]):
            inner = self._rest(left, known, in_saga=True)
            saga = self._imports.name(f"{self._names.package}.saga", "Saga")
            return Block((_async_with(f'{saga}("{self._node}")', SAGA, inner.statements),), inner.reads)
        later = self._rest(left[size:], known, in_saga=in_saga)
        if size == 1:
            return self._single(left[0], known, later.reads) + later
        return self._group(left[:size], known, later.reads) + later

    def _early_return(self, left: Sequence[Step], known: Known, *, in_saga: bool) -> Block | None:
        """Return an early return and the rest, if all steps left are skipped together."""
        shared = frozenset.intersection(*(self._guard(it, known) for it in left))
        for step in left:
            conditions = [it for it, proves in self._conditions(step, left, known) if proves <= shared]
            if not conditions:
                continue
            fails = self._facts(joined(conditions)) - known.holds
            skipped = replace(known, fails=fails, skipped=known.skipped | {it.name for it in left})
            output = self._output_where(skipped)
            if output:
                test = self._test(step, negated(joined(conditions)), known)
                rest = self._rest(left, known.with_holds(fails), in_saga=in_saga)
                return _if(test, output) + rest
        return None

    def _branches(self, left: Sequence[Step], known: Known, *, in_saga: bool) -> Block | None:
        """Return two branches, if every step left is in the one or in the other."""
        for step in left:
            for condition, proves in self._conditions(step, left, known):
                opposite = facts(condition, self._steps.guards, holds=False)
                on = [it for it in left if proves <= self._guard(it, known)]
                off = [it for it in left if opposite <= self._guard(it, known)]
                if len(on) + len(off) != len(left) or not off:
                    continue
                test = self._test(step, condition, known)
                where = replace(known.with_holds(proves), skipped=known.skipped | {it.name for it in off})
                otherwise = replace(known.with_holds(opposite), skipped=known.skipped | {it.name for it in on})
                first = self._rest(on, where, in_saga=in_saga)
                return _if(test, first) + self._rest(off, otherwise, in_saga=in_saga)
        return None

    def _conditions(
        self, step: Step, left: Sequence[Step], known: Known
    ) -> Iterator[tuple[ast.expr, Guard]]:
        """Yield the parts of a step's guard that can be tested now, each with what it proves."""
        waiting = {it.name for it in left}
        for part in parts(tree_of(step.call.when)) if step.call.when else ():
            proves = self._facts(part)
            names = {it.id for it in ast.walk(part) if isinstance(it, ast.Name)}
            if not proves <= known.holds and not names & waiting:
                yield part, proves

    def _facts(self, tree: ast.expr) -> Guard:
        return facts(tree, self._steps.guards)

    def _guard(self, step: Step, known: Known) -> Guard:
        """Return what must still hold for a step to run."""
        return self._steps.guards.get(step.name, frozenset()) - known.holds

    # ---------------------------------------------------------------------------- the output

    def _output(self, known: Known) -> Block:
        found = self._output_where(known)
        if found is None:
            raise ValueError(f"{self._node} was assembled although its logic has problems")
        return found

    def _output_where(self, known: Known) -> Block | None:
        """Return how the output is made where this is known, None if it reads what was skipped."""
        spec = self._steps.spec
        output = self._names.graph.lookup(spec.output)
        logic, _ = lower_logic(logic_of(spec), output, self._steps.scope(known)) if isinstance(output, Model) else (None, 0)
        if logic is None:
            return None
        reads = _names_in(it.tree for _, it in logic.output)
        let: list[Statement] = []
        for name, it in reversed(logic.let):
            if name in reads:
                reads |= _names_in([it.tree])
                let.insert(0, assign(name, expression(it.tree, self._write)))
        made = call(self._class_name(spec.output), [(key, expression(it.tree, self._write)) for key, it in logic.output])
        return Block((*let, returning(made)), reads)

    # ----------------------------------------------------------------------------- one step

    def _single(self, step: Step, known: Known, later: frozenset[str]) -> Block:
        call_, reads = self._call(step, known)
        value: ast.expr = ast.Await(call_)
        test = self._needed_test(step, known)
        if step.name not in later:
            statement = Block((_line(expression(value, self._write)),), reads)
            return _if(test, statement) if test else statement
        if test:
            value = ast.IfExp(test[0], value, ast.Constant(None))
            reads |= test[1]
        return Block((assign(step.name, expression(value, self._write)),), reads)

    def _call(self, step: Step, known: Known) -> tuple[ast.expr, frozenset[str]]:
        """Return the call of a step as something to be awaited, and the names that it reads."""
        own = f"{self._names.package}."
        known = known.with_holds(self._steps.guards.get(step.name, frozenset()))
        method: ast.expr = attribute("self", method_name(step, self._steps))
        first: list[ast.expr] = [ast.Name(SAGA, ast.Load())] if step.call.undo else []
        if step.call.for_each is None:
            request = self._request(step, self._steps.scope(known))
            return ast.Call(method, [*first, request], []), _names_in([request])
        items = self._lowered(step.call.for_each, self._steps.scope(known), None)
        request = self._request(step, self._steps.scope(known, item_type(items)))
        if first:
            method = ast.Call(Imported("functools", "partial"), [method, *first], [])
        loop = ast.comprehension(ast.Name(ITEM, ast.Store()), items.tree, [], 0)
        requests = ast.ListComp(request, [loop])
        return ast.Call(Imported(f"{own}steps", "each"), [method, requests], []), _names_in([requests])

    def _request(self, step: Step, scope: Scope) -> ast.Call:
        model = self._steps.model_of(step.called)
        given = {it.name: it.value for it in step.call.inputs}
        fields = {it.name: it.type for it in model.fields}
        order = [*(it for it in fields if it in given), *(it for it in given if it not in fields)]
        keywords = [ast.keyword(it, self._lowered(given[it], scope, fields.get(it)).tree) for it in order]
        return ast.Call(ClassOf(model.ref), [], keywords)

    def _needed_test(self, step: Step, known: Known) -> tuple[ast.expr, frozenset[str]] | None:
        """Return the condition of a step that may be skipped, in which a type checker sees what the step reads."""
        if step.call.when is None or not self._guard(step, known):
            return None
        guards = self._steps.guards
        needed = [it for it in step.reads if it in guards and not known.ran(it) and it not in self._read_by_guard(step)]
        return self._test(step, proving(tree_of(step.call.when), needed, guards), known)

    def _read_by_guard(self, step: Step) -> frozenset[str]:
        return frozenset()

    def _test(self, step: Step, tree: ast.expr, known: Known) -> tuple[ast.expr, frozenset[str]]:
        """Return a condition that is made of a step's guard, and the names that it reads."""
        if step.call.when is None:
            raise ValueError(f"{step.name} has no guard")
        scope = self._steps.scope(known, condition=True, of=tree)
        lowered = self._lowered(step.call.when, scope, None)
        return lowered.tree, _names_in([lowered.tree])

    def _lowered(self, it: Expression, scope: Scope, expected: Type | None) -> Lowered:
        lowered, problems = lower(it, scope, expected)
        if lowered is None:
            raise ValueError(f"{self._node} was assembled although it has problems: {problems}")
        return lowered

    # ------------------------------------------------------------------------------- a group

    def _group(self, steps: Sequence[Step], known: Known, later: frozenset[str]) -> Block:
        """Return steps that run at the same time, each as soon as those that it reads are done."""
        inside = frozenset(it.name for it in steps)
        blocks = {it.name: self._task(it, inside, known) for it in steps}
        ...
