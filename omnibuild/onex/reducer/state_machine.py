"""The `state_machine` section of a reducer's contract, as omnibase_core's ModelFSMSubcontract reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from omnibuild.core.values import Json, Machine, NodeSpec, Transition
from omnibuild.onex.names import snake
from omnibuild.onex.version import semver

type _Section = dict[str, Json]

_SCHEMA = "1.0.0"


def state_machine(spec: NodeSpec, machine: Machine) -> _Section:
    """Return the section.

    ONEX's condition language compares one field with one constant, so a condition stands for what the
    handler decides: it is named after its transition, and says in `error_message` what must hold.
    """
    return {
        "version": semver(_SCHEMA),
        "state_machine_name": spec.name,
        "state_machine_version": semver(spec.version),
        "description": spec.description,
        "initial_state": machine.states[0],
        "terminal_states": [*machine.terminal],
        "states": [_state(it, machine) for it in machine.states],
        "transitions": [*_transitions(machine)],
    }


def _state(name: str, machine: Machine) -> _Section:
    taken = dict.fromkeys(it.when for it in machine.transitions if name in it.source)
    state: _Section = {
        "version": semver(_SCHEMA),
        "state_name": name,
        "state_type": "terminal" if name in machine.terminal else "operational",
        "description": f"Takes {_listed(list(taken))}." if taken else "Takes nothing more.",
    }
    if name in machine.terminal:
        state |= {"is_terminal": True, "is_recoverable": False}
    return state


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _transitions(machine: Machine) -> Iterator[_Section]:
    """Yield a transition for each state that one leads out of; alternatives by falling priority, as in the spec."""
    alternatives = Counter((source, it.when) for it in machine.transitions for source in it.source)
    names: Counter[str] = Counter()
    for it in machine.transitions:
        for source in it.source:
            alternatives[source, it.when] -= 1
            name = f"{source}_to_{it.target}_on_{snake(it.when)}"
            names[name] += 1
            unique = name if names[name] == 1 else f"{name}_{names[name]}"
            yield _transition(it, source, unique, priority=alternatives[source, it.when])


def _transition(it: Transition, source: str, name: str, priority: int) -> _Section:
    result: _Section = {
        "version": semver(_SCHEMA),
        "transition_name": name,
        "from_state": source,
        "to_state": it.target,
        "trigger": it.when,
    }
    if priority:
        result["priority"] = priority
    if it.condition:
        text = " ".join(it.condition.text.split())
        result["conditions"] = [
            {
                "condition_name": name,
                "condition_type": "custom",
                "expression": f"{name} == True",
                "error_message": f"does not hold: {text}",
            }
        ]
    if it.emits:
        result["actions"] = [*_actions(it)]
    return result


def _actions(it: Transition) -> Iterator[_Section]:
    for order, event in enumerate(it.emits, 1):
        name = event.text.partition("(")[0].strip()
        yield {"action_name": f"emit_{snake(name)}", "action_type": "emit_event", "execution_order": order}
