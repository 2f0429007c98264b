"""What `handle` of an orchestrator does: the steps in their order, as a person would write them down."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Statement, assign, call, returning
from omnibuild.onex.logic import LoweredLogic
from omnibuild.onex.orchestrator.group import Group
from omnibuild.onex.orchestrator.guards import Guard, Known, joined, negated, parts, proving
from omnibuild.onex.orchestrator.phrases import SAGA, Phrase, Phrases, names_in, same
from omnibuild.onex.orchestrator.schedule import segment
from omnibuild.onex.orchestrator.step_code import Block, StepCode
from omnibuild.onex.orchestrator.steps import Step, Steps, tree_of


@dataclass(frozen=True, slots=True)
class State:
    """What is known at a point of `handle`.

    `optional` are the steps whose variable may be None there, for all that a type checker can see.
    """

    known: Known
    in_saga: bool = False
    optional: frozenset[str] = frozenset()

    def where(self, holds: Guard, fails: Guard = frozenset()) -> State:
        """Return the state where more holds, and not all of `fails` does."""
        known = self.known.with_holds(holds)
        known = known.without(fails) if fails else known
        return replace(self, known=known, optional=frozenset(it for it in self.optional if not known.ran(it)))


class Flow:
    """Writes the statements of one `handle`."""

    def __init__(self, steps: Steps, imports: Imports) -> None:
        self._steps = steps
        self._phrases = Phrases(steps)
        self._code = StepCode(steps.names, imports)

    def statements(self) -> tuple[Statement, ...]:
        """Return all statements of `handle`."""
        return self._rest(self._steps.order, State(self._steps.known())).statements

    # ----------------------------------------------------------------------- what is done next

    def _rest(self, left: Sequence[Step], state: State) -> Block:
        """Return what is done while these steps are left, up to the output."""
        if not left:
            return self._output(self._phrases.output(state.known))
        found = self._early_return(left, state) or self._branches(left, state)
        if found:
            return found
        size = segment(left)
        if not state.in_saga and any(it.call.undo for it in left[:size]):
            saga = f'{self._code.support("saga", "Saga")}("{self._steps.spec.name}")'
            return self._code.async_with(saga, SAGA, self._rest(left, replace(state, in_saga=True)))
        optional = {it.name for it in left[:size] if self._phrases.guard(it, state.known)}
        later = self._rest(left[size:], replace(state, optional=state.optional | optional))
        if size == 1:
            return self._single(left[0], state.known, later.reads) + later
        return Group(self._code, self._phrases, left[:size], state.known, later.reads).block() + later

    def _early_return(self, left: Sequence[Step], state: State) -> Block | None:
        """Return an early return and the rest, if all steps that are left are skipped together."""
        known = state.known
        shared = frozenset.intersection(*(self._phrases.guard(it, known) for it in left))
        for step in left:
            chosen = [part for part, proves in self._conditions(step, left, known) if proves - known.holds <= shared]
            if not chosen or step.call.when is None:
                continue
            test = joined(chosen)
            fails = self._phrases.facts(test) - known.holds
            output = self._phrases.output(replace(known.without(fails), fails=fails))
            if output and not (len(left) == 1 and same(output, self._phrases.output(known))):
                rest = self._rest(left, state.where(fails))
                test = proving(test, self._shown(rest, state, fails), self._steps.guards)
                condition = self._phrases.condition(step.call.when, negated(test), known)
                return self._code.when(condition, self._output(output)) + rest
        return None

    def _branches(self, left: Sequence[Step], state: State) -> Block | None:
        """Return two branches, if every step that is left belongs to the one or to the other."""
        for step in left:
            for part, proves in self._conditions(step, left, state.known):
                opposite = self._phrases.facts(part, holds=False)
                on = [it for it in left if proves - state.known.holds <= self._phrases.guard(it, state.known)]
                off = [it for it in left if opposite <= self._phrases.guard(it, state.known)]
                if step.call.when is None or not off or [it for it in left if (it in on) == (it in off)]:
                    continue
                first, second = (
                    self._rest(on, state.where(proves, opposite)),
                    self._rest(off, state.where(opposite, proves)),
                )
                needed, otherwise = self._shown(first, state, proves), self._shown(second, state, opposite)
                if needed and otherwise:
                    continue  # One condition cannot tell a type checker of the results in both branches.
                guards = self._steps.guards
                test = proving(proving(part, needed, guards), otherwise, guards, holds=False)
                return self._code.when(self._phrases.condition(step.call.when, test, state.known), first) + second
        return None

    def _shown(self, rest: Block, state: State, holds: Guard) -> list[str]:
        """Return the steps that may have been skipped, but not where this holds, and are read there."""
        guards = self._steps.guards
        return [it for it in state.optional & rest.reads if guards[it] <= state.known.holds | holds]

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
