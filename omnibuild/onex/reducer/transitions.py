"""A reducer's transitions as checked Python: their conditions, what they set, and what they emit."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from omnibuild.core.values import (
    Assignment,
    ClassOf,
    Expression,
    Lowered,
    Machine,
    Model,
    NodeSpec,
    Problem,
    Ref,
    Transition,
    Type,
)
from omnibuild.onex.logic import attribute, document_scope
from omnibuild.onex.names import Names
from omnibuild.onex.reducer.machine import EVENT, STATE, STATUS, unknown
from omnibuild.spec.expression import Binding, Scope, lower, proves


@dataclass(frozen=True, slots=True)
class LoweredTransition:
    """A transition whose expressions are Python; `changes` are the new values of the state's fields."""

    transition: Transition
    condition: Lowered | None
    changes: Mapping[str, Lowered]
    emits: tuple[Lowered, ...]

    def reads(self, name: str) -> bool:
        """Return whether an expression of the transition reads a name of the handler."""
        found = (*self.changes.values(), *self.emits, *([self.condition] if self.condition else []))
        return any(isinstance(it, ast.Name) and it.id == name for lowered in found for it in ast.walk(lowered.tree))


def lower_transitions(
    spec: NodeSpec, machine: Machine, names: Names
) -> tuple[tuple[LoweredTransition, ...], list[Problem]]:
    """Return the transitions in order, and what is wrong with their expressions."""
    found: list[LoweredTransition] = []
    problems: list[Problem] = []
    for transition in machine.transitions:
        lowered, wrong = _Lowering(spec, machine, names, transition).run()
        found.append(lowered)
        problems += wrong
    return tuple(found), problems


class _Lowering:
    """One transition on its way: what its expressions can name, and what is wrong with them."""

    def __init__(self, spec: NodeSpec, machine: Machine, names: Names, transition: Transition) -> None:
        self._machine = machine
        self._transition = transition
        self._state = names.graph.lookup(machine.state)
        self._problems: list[Problem] = []
        message = next((it for it in machine.messages if it.name == transition.when), None)
        event = Type("ref", ref=message) if message else Type("Any")
        self._scope = document_scope(
            spec,
            names,
            {
                STATE: Binding(Type("ref", ref=machine.state), attribute(STATE)),
                EVENT: Binding(event, attribute(EVENT)),
            },
        )

    def run(self) -> tuple[LoweredTransition, list[Problem]]:
        transition = self._transition
        condition = self._lower(transition.condition, Type("bool")) if transition.condition else None
        if condition and transition.condition:
            self._scope = _where(transition.condition, self._scope)
        changes = {it.name: lowered for it in transition.changes if (lowered := self._change(it))}
        emits = tuple(lowered for it in transition.emits if (lowered := self._emit(it)))
        return LoweredTransition(transition, condition, changes, emits), self._problems

    def _lower(self, expression: Expression, expected: Type | None) -> Lowered | None:
        lowered, wrong = lower(expression, self._scope, expected)
        self._problems += wrong
        return lowered

    def _change(self, change: Assignment) -> Lowered | None:
        fields = self._state.fields if isinstance(self._state, Model) else ()
        field = next((it for it in fields if it.name == change.name), None)
        at = replace(change.value.at, key=True)
        if change.name == STATUS:
            self._problems.append(
                Problem("machine", f"`{STATUS}` is not set: `to` says which state comes next", at, "leave it out")
            )
            return None
        if field is None:
            known = [it.name for it in fields if it.name != STATUS]
            self._problems.append(unknown("unknown-field", "the state has no field", change.name, known, at))
        return self._lower(change.value, field.type if field else None)

    def _emit(self, emit: Expression) -> Lowered | None:
        lowered = self._lower(emit, None)
        if lowered is None:
            return None
        match lowered.tree:
            case ast.Call(func=ClassOf(ref=ref)) if ref in self._machine.emits:
                return lowered
            case _:
                self._problems.append(_not_an_event(emit, self._machine.emits))
                return None


def _where(condition: Expression, scope: Scope) -> Scope:
    """Return the scope in which a condition holds."""
    proven = proves(condition, scope)
    narrowed = {path: Binding(type_, attribute(*path.split("."))) for path, type_ in proven.items()}
    return replace(scope, names={**scope.names, **narrowed})


def _not_an_event(emit: Expression, emits: tuple[Ref, ...]) -> Problem:
    if not emits:
        return Problem("machine", "the node declares no events", emit.at, "declare them under `emits:`")
    events = " or ".join(f"`{it.name}(…)`" for it in emits)
    return Problem("machine", "this does not make an event of `emits`", emit.at, f"write {events}")
