"""What can be wrong with a state machine: its names, and the ways through it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Level, Machine, NodeSpec, Pointer, Problem
from omnibuild.graph.selection import closure
from omnibuild.onex.names import member_name
from omnibuild.spec.expression import names

STATE = "state"
EVENT = "event"
STATUS = "status"
"""The fields of a reducer's input, and the field of the state that says which one it is."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def check_machine(spec: NodeSpec, machine: Machine) -> list[Problem]:
    """Return what is wrong with the states and with how the transitions connect them."""
    problems = [*_states(spec, machine), *_known(spec, machine)]
    if not problems:
        problems += [*_ways(spec, machine), *_out_of_terminal(machine), *_ambiguous(machine)]
    return problems


def unknown(code: str, message: str, name: str, known: Iterable[str], at: Pointer) -> Problem:
    """Return the problem of a name that does not exist, with the nearest one that does as the hint."""
    others = list(known)
    near = nearest(name, others)
    hint = f"did you mean `{near}`?" if near else f"there is {', '.join(others)}" if others else ""
    return Problem(code, f"{message} `{name}`", at, hint)


# ------------------------------------------------------------------------------------------ names


def _states(spec: NodeSpec, machine: Machine) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for index, state in enumerate(machine.states):
        at = spec.at.to("states", index)
        other = seen.setdefault(member_name(state), state)
        if not _NAME.fullmatch(state):
            hint = "a letter, then letters, digits and _"
            yield Problem("name", f"`{state}` cannot be the name of a state", at, hint)
        elif state in machine.states[:index]:
            yield Problem("duplicate-name", f"the state `{state}` is there already", at, "leave it out")
        elif other != state:
            message = f"`{state}` and `{other}` would both be generated as {member_name(state)}"
            yield Problem("name", message, at, "rename one of them")


def _known(spec: NodeSpec, machine: Machine) -> Iterator[Problem]:
    messages = [it.name for it in machine.messages]
    for index, state in enumerate(machine.terminal):
        yield from _state(state, machine, spec.at.to("terminal", index))
    for transition in machine.transitions:
        if transition.when not in messages:
            at = transition.at.to("when")
            yield unknown("unknown-message", "there is no message", transition.when, messages, at)
        if not transition.source:
            at = transition.at.to("from", key=True)
            yield Problem("machine", "the transition leads out of no state", at, "name at least one")
        for index, state in enumerate(transition.source):
            at = transition.at.to("from", index)
            yield from _state(state, machine, at)
            if state in transition.source[:index]:
                yield Problem("duplicate-name", f"the state `{state}` is there already", at, "leave it out")
        yield from _state(transition.target, machine, transition.at.to("to"))


def _state(name: str, machine: Machine, at: Pointer) -> Iterator[Problem]:
    if name not in machine.states:
        yield unknown("unknown-state", "there is no state", name, machine.states, at)


# ------------------------------------------------------------------------------------------- ways


def _ways(spec: NodeSpec, machine: Machine) -> Iterator[Problem]:
    """Tell of states that are not reached, and of those that an order of messages can end in by accident."""
    onward = {state: [it.target for it in machine.transitions if state in it.source] for state in machine.states}
    back = {state: [other for other in machine.states if state in onward[other]] for state in machine.states}
    reached = closure(machine.states[:1], onward)
    ending = closure(machine.terminal, back)
    for index, state in enumerate(machine.states):
        at = spec.at.to("states", index)
        if state not in reached:
            hint = "let a transition lead to it, or leave it out"
            yield Problem("machine", f"no way leads to the state `{state}`", at, hint)
        elif not onward[state] and state not in machine.terminal:
            hint = "add it to `terminal`, or a transition out of it"
            yield Problem("machine", f"no transition leads out of `{state}`, and it is not terminal", at, hint)
        elif machine.terminal and state not in ending:
            hint = "let a transition lead on from there"
            yield Problem("machine", f"no way leads from `{state}` to a terminal state", at, hint, level=Level.WARN)


def _out_of_terminal(machine: Machine) -> Iterator[Problem]:
    for transition in machine.transitions:
        for index, state in enumerate(transition.source):
            if state in machine.terminal:
                hint = "remove the transition, or the state from `terminal`"
                at = transition.at.to("from", index)
                yield Problem("machine", f"`{state}` is terminal: nothing leads out of it", at, hint)


def _ambiguous(machine: Machine) -> Iterator[Problem]:
    """Tell of transitions that an earlier one without `if` leaves nothing for."""
    always: dict[tuple[str, str], int] = {}
    for number, transition in enumerate(machine.transitions, 1):
        for index, state in enumerate(transition.source):
            pair = (transition.when, state)
            if pair in always:
                message = f"transition {always[pair]} takes every `{transition.when}` in the state `{state}`"
                hint = f"give transition {always[pair]} an `if`, or remove one of the two"
                yield Problem("machine", message, transition.at.to("from", index), hint)
            elif transition.condition is None:
                always[pair] = number


def check_use(spec: NodeSpec, machine: Machine) -> Iterator[Problem]:
    """Yield a warning for every message that no transition takes, and every event that none emits."""
    taken = {it.when for it in machine.transitions}
    emitted = {name for transition in machine.transitions for it in transition.emits for name in names(it)}
    for section, refs, used, doing in (
        ("messages", machine.messages, taken, "takes"),
        ("emits", machine.emits, emitted, "emits"),
    ):
        for ref in refs:
            if ref.name not in used:
                at = spec.at.to(section, ref.name, key=True)
                yield Problem("unused", f"no transition {doing} `{ref.name}`", at, "remove it", level=Level.WARN)
