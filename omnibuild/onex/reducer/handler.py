"""A reducer: `handle` takes the transition that a message allows in a state, as one `match`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omnibuild.assemble.blocks import Case, match
from omnibuild.assemble.expression import expression
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Docstring, Line, Parameter, Statement, call, function, returning
from omnibuild.core.values import Machine, Model, NodeSpec, Pointer, Problem
from omnibuild.onex.code import handler_module, writer
from omnibuild.onex.logic import REQUEST
from omnibuild.onex.names import Names, handler_class, member_name
from omnibuild.onex.part import Part
from omnibuild.onex.reducer.machine import EVENT, STATE, STATUS, check_machine, check_use
from omnibuild.onex.reducer.replay import check_examples, replay_tests
from omnibuild.onex.reducer.transitions import LoweredTransition, lower_transitions
from omnibuild.onex.way import Way

_DOING = "Take the transition that the event allows in this state, or reject the event."


def check(spec: NodeSpec, names: Names) -> list[Problem]:
    """Return what is wrong with the state machine, its expressions and its examples."""
    machine = machine_of(spec)
    _, wrong = lower_transitions(spec, machine, names)
    problems = [*check_machine(spec, machine), *wrong]
    if not problems:
        problems += check_use(spec, machine)
    return [*problems, *check_examples(spec, machine, names)]


def handler(spec: NodeSpec, names: Names) -> Part:
    """Return the handler: a case for each transition, and one for what no transition takes."""
    return _Handler(spec, names).part()


def machine_of(spec: NodeSpec) -> Machine:
    """Return a reducer's state machine. Raises ValueError if it has none."""
    if spec.machine is None:
        raise ValueError(f"{spec.name} has no state machine")
    return spec.machine


class _Handler:
    """Writes the handler's module."""

    def __init__(self, spec: NodeSpec, names: Names) -> None:
        self._spec = spec
        self._names = names
        self._machine = machine_of(spec)
        self._transitions, _ = lower_transitions(spec, self._machine, names)
        self._imports = Imports(names.package, reserved=(handler_class(spec),))
        self._written = writer(names, self._imports)
        self._output = names.imported(spec.output, self._imports)
        # Where there is one message only, or one state, nothing is to be told apart by it.
        self._by_event = len(self._machine.messages) > 1
        self._by_state = len(self._machine.states) > 1 or not self._by_event

    def part(self) -> Part:
        request = self._names.imported(self._spec.input, self._imports)
        cases = [self._case(it) for it in self._transitions]
        rejected = call(self._output, [(STATE, STATE), ("accepted", "False")])
        cases.append(Case("_", [returning(rejected)]))
        body: list[Statement] = [Docstring(_DOING), Line(self._opening()), match(self._subject(), cases)]
        handle = function("handle", [Parameter("self"), Parameter(REQUEST, request)], self._output, body)
        return handler_module(self._spec, self._names, self._imports, [handle], dict(self._origins()))

    def _opening(self) -> str:
        if self._by_event or any(it.reads(EVENT) for it in self._transitions):
            return f"{STATE}, {EVENT} = {REQUEST}.{STATE}, {REQUEST}.{EVENT}"
        return f"{STATE} = {REQUEST}.{STATE}"

    def _subject(self) -> str:
        return self._both(f"{STATE}.{STATUS}", EVENT)

    def _both(self, of_state: str, of_event: str) -> str:
        return ", ".join([of_state] * self._by_state + [of_event] * self._by_event)

    def _case(self, it: LoweredTransition) -> Case:
        guard = expression(it.condition.tree, self._written) if it.condition else ""
        return Case(self._pattern(it), [returning(self._result(it))], guard)

    def _pattern(self, it: LoweredTransition) -> str:
        members = " | ".join(map(self._member, it.transition.source)) if self._by_state else ""
        if len(it.transition.source) > 1 and self._by_event:
            members = f"({members})"
        message = next(ref for ref in self._machine.messages if ref.name == it.transition.when)
        both = self._both(members, f"{self._names.imported(message, self._imports)}()" if self._by_event else "")
        return f"({both})" if both.startswith("(") else both

    def _member(self, state: str) -> str:
        return f"{self._names.imported(self._machine.status, self._imports)}.{member_name(state)}"

    def _result(self, it: LoweredTransition) -> str:
        keywords = [(STATE, self._next(it))]
        if it.emits:
            emitted = ", ".join(expression(event.tree, self._written) for event in it.emits)
            keywords.append(("emitted", f"[{emitted}]"))
        return call(self._output, keywords)

    def _next(self, it: LoweredTransition) -> str:
        """Return the state that the transition leads to: all its fields, those that stay as they are too."""
        if it.transition.source == (it.transition.target,) and not it.changes:
            return STATE
        model = self._names.graph.lookup(self._machine.state)
        keywords: list[tuple[str, str]] = [(STATUS, self._member(it.transition.target))]
        for field in model.fields[1:] if isinstance(model, Model) else ():
            change = it.changes.get(field.name)
            kept = f"{STATE}.{field.name}"
            keywords.append((field.name, expression(change.tree, self._written) if change else kept))
        return call(self._names.imported(self._machine.state, self._imports), keywords)

    def _origins(self) -> Iterator[tuple[tuple[str, ...], Pointer]]:
        path = (handler_class(self._spec), "handle")
        yield path, self._machine.at
        for number, it in enumerate(self._transitions, 1):
            yield from _origins((*path, f"case {number}"), it)


def _origins(path: Sequence[str], it: LoweredTransition) -> Iterator[tuple[tuple[str, ...], Pointer]]:
    """Yield where the parts of a case come from."""
    transition = it.transition
    yield tuple(path), transition.at
    if transition.condition:
        yield (*path, "if"), transition.condition.at
    for change in transition.changes:
        yield (*path, STATE, change.name), change.value.at
    if transition.emits:
        yield (*path, "emitted"), transition.at.to("emit")


WAY = Way(check=check, handler=handler, is_async=lambda _: False, tests=replay_tests)
