"""What `handle` of an orchestrator does: the steps in their order, as a person would write them down."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Statement, assign, call, returning
from omnibuild.onex.group import Group
from omnibuild.onex.guards import Guard, Known, joined, negated, parts
from omnibuild.onex.logic import LoweredLogic
from omnibuild.onex.phrases import SAGA, Phrase, Phrases, names_in, same
from omnibuild.onex.schedule import segment
from omnibuild.onex.step_code import Block, StepCode
from omnibuild.onex.steps import Step, Steps, tree_of


class Flow:
    """Writes the statements of one `handle`."""

    def __init__(self, steps: Steps, imports: Imports) -> None:
        self._steps = steps
        self._phrases = Phrases(steps)
        self._code = StepCode(steps.names, imports)

    def statements(self) -> tuple[Statement, ...]:
        """Return all statements of `handle`."""
        return self._rest(self._steps.order, self._steps.known(), in_saga=False).statements

    # ----------------------------------------------------------------------- what is done next

    def _rest(self, left: Sequence[Step], known: Known, *, in_saga: bool) -> Block:
        """Return what is done while these steps are left, up to the output."""
        if not left:
            return self._output(self._phrases.output(known))
        found = self._early_return(left, known, in_saga) or self._branches(left, known, in_saga)
        if found:
            return found
        size = segment(left)
        if not in_saga and any(it.call.undo for it in left[:size]):
            inner = self._rest(left, known, in_saga=True)
            saga = f'{self._code.support("saga", "Saga")}("{self._steps.spec.name}")'
            return self._code.async_with(saga, SAGA, inner)
        later = self._rest(left[size:], known, in_saga=in_saga)
        if size == 1:
            return self._single(left[0], known, later.reads) + later
        return Group(self._code, self._phrases, left[:size], known, later.reads).block() + later

    def _early_return(self, left: Sequence[Step], known: Known, in_saga: bool) -> Block | None:
        """Return an early return and the rest, if all steps that are left are skipped together."""
        shared = frozenset.intersection(*(self._phrases.guard(it, known) for it in left))
        for step in left:
            chosen = [part for part, proves in self._conditions(step, left, known) if proves - known.holds <= shared]
            if not chosen or step.call.when is None:
                continue
            fails = self._phrases.facts(joined(chosen)) - known.holds
            skipped = replace(known, fails=fails, skipped=known.skipped | {it.name for it in left})
            output = self._phrases.output(skipped)
            if output and not (len(left) == 1 and same(output, self._phrases.output(known))):
                test = self._phrases.condition(step.call.when, negated(joined(chosen)), known)
                rest = self._rest(left, known.with_holds(fails), in_saga=in_saga)
                return self._code.when(test, self._output(output)) + rest
        return None

    def _branches(self, left: Sequence[Step], known: Known, in_saga: bool) -> Block | None:
        """Return two branches, if every step that is left belongs to the one or to the other."""
        for step in left:
            for part, proves in self._conditions(step, left, known):
                opposite = self._phrases.facts(part, holds=False)
                on = [it for it in left if proves - known.holds <= self._phrases.guard(it, known)]
                off = [it for it in left if opposite <= self._phrases.guard(it, known)]
                if step.call.when is None or len(on) + len(off) != len(left) or not off:
                    continue
                test = self._phrases.condition(step.call.when, part, known)
                first, second = (
                    self._rest(
                        mine,
                        replace(known.with_holds(holds), skipped=known.skipped | {it.name for it in others}),
                        in_saga=in_saga,
                    )
                    for mine, others, holds in ((on, off, proves), (off, on, opposite))
                )
                return self._code.when(test, first) + second
        return None

    def _conditions(self, step: Step, left: Sequence[Step], known: Known) -> Iterator[tuple[ast.expr, Guard]]:
        """Yield the parts of a step's guard that can be tested now, each with what it proves."""
        waiting = {it.name for it in left}
        for part in parts(tree_of(step.call.when)) if step.call.when else ():
            proves = self._phrases.facts(part)
            if not proves <= known.holds and not names_in([part]) & waiting:
                yield part, proves

    # ------------------------------------------------------------------------------ statements

    def _output(self, logic: LoweredLogic | None) -> Block:
        if logic is None:
            raise ValueError(f"{self._steps.spec.name} was assembled although its logic has problems")
        let = tuple(assign(name, self._code.written(it.tree)) for name, it in logic.let)
        made = call(
            self._code.class_name(self._steps.spec.output),
            [(name, self._code.written(it.tree)) for name, it in logic.output],
        )
        return Block((*let, returning(made)), names_in(it.tree for _, it in (*logic.let, *logic.output)))

    def _single(self, step: Step, known: Known, later: frozenset[str]) -> Block:
        """Return one step that is called on its own."""
        called, test = self._phrases.call(step, known), self._phrases.test(step, known)
        value = Phrase(ast.Await(called.tree))
        if step.name not in later:
            statement = self._code.line(value)
            return self._code.when(test, statement) if test else statement
        return self._code.assigned(step.name, self._code.if_tested(value, test))
