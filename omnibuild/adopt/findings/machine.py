"""State machines that contradict themselves, or that their handlers do not know."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from omnibuild.adopt.code.library import Module
from omnibuild.adopt.code.lookup import Found
from omnibuild.adopt.contract_values import class_path, mapping, strings
from omnibuild.adopt.findings.subject import Subject, routed
from omnibuild.core.values import Json, Problem

_FROM, _TO = ("from_state", "from"), ("to_state", "to")
"""The keys of a transition, as ONEX has them, and as some contracts do."""

_ANY_STATE = frozenset(("*", "any"))


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the state machine of a contract."""
    machine = subject.section("state_machine")
    states = dict(_states(machine))
    if not states:
        return
    yield from _names(subject, machine, states)
    yield from _reached(subject, machine, states)
    yield from _known(subject, states)


def _states(machine: Mapping[str, Json]) -> Iterator[tuple[str, int]]:
    """Yield the states with their positions, whether an entry says more of a state than its name or not."""
    entries = machine.get("states")
    for position, it in enumerate(entries if isinstance(entries, list) else ()):
        name = it if isinstance(it, str) else mapping(it).get("state_name")
        if isinstance(name, str):
            yield name, position


def _entries(machine: Mapping[str, Json], key: str) -> Iterator[tuple[int, Mapping[str, Json]]]:
    entries = machine.get(key)
    for position, it in enumerate(entries if isinstance(entries, list) else ()):
        yield position, mapping(it)


def _names(subject: Subject, machine: Mapping[str, Json], states: Mapping[str, int]) -> Iterator[Problem]:
    """Yield a problem for every state that is named and not declared."""
    hint = f"the states are {', '.join(states)}"
    initial = machine.get("initial_state")
    if isinstance(initial, str) and initial not in states:
        yield subject.warning(
            "state-machine", f"the initial state `{initial}` is not declared", hint, "state_machine", "initial_state"
        )
    for key in ("terminal_states", "error_states"):
        for position, name in enumerate(strings(machine.get(key))):
            if name not in states:
                yield subject.warning(
                    "state-machine", f"the state `{name}` is not declared", hint, "state_machine", key, position
                )
    for position, it in _entries(machine, "transitions"):
        for key in (*_FROM, *_TO):
            named = it.get(key)
            if isinstance(named, str) and named not in states and named not in _ANY_STATE:
                path = ("state_machine", "transitions", position, key)
                yield subject.warning("state-machine", f"the state `{named}` is not declared", hint, *path)


def _reached(subject: Subject, machine: Mapping[str, Json], states: Mapping[str, int]) -> Iterator[Problem]:
    """Yield a problem for every state that no way leads to from the initial one."""
    initial, ways = machine.get("initial_state"), dict[str, list[str]]()
    if not isinstance(initial, str) or initial not in states:
        return
    for _, it in _entries(machine, "transitions"):
        for source in _sources(_first(it, _FROM)):
            ways.setdefault(source, []).append(str(_first(it, _TO)))
    reached, waiting = set[str](), [initial, *(to for source in _ANY_STATE for to in ways.get(source, ()))]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting += ways.get(state, ())
    for name, position in states.items():
        if name not in reached:
            path = ("state_machine", "states", position)
            hint = "add a transition that leads there, or remove it"
            yield subject.warning("state-machine", f"nothing leads to the state `{name}`", hint, *path)


def _first(entry: Mapping[str, Json], keys: Sequence[str]) -> Json:
    return next((entry[it] for it in keys if it in entry), None)


def _sources(value: Json) -> Sequence[str]:
    """Return the states that a transition leads out of: one, or a list."""
    return [value] if isinstance(value, str) else strings(value)


def _known(subject: Subject, states: Mapping[str, int]) -> Iterator[Problem]:
    """Yield a problem for the states that the handlers' code never names."""
    modules = list(_modules(subject))
    if not modules:
        return
    words = {it.casefold() for module in modules for it in _words(module)}
    silent = [name for name in states if name.casefold() not in words]
    if silent and len(silent) < len(states):  # code that names none gets its states from somewhere else
        path = ("state_machine", "states", states[silent[0]])
        listed = ", ".join(f"`{it}`" for it in silent)
        message = f"the handler never names the state{'s' if len(silent) > 1 else ''} {listed}"
        yield subject.warning(
            "state-machine", message, "contract and code have drifted apart: correct one of them", *path
        )


def _modules(subject: Subject) -> Iterator[Module]:
    """Yield the modules of the handlers, and those of the node's own package that they import."""
    named = [
        class_path(subject.original.data.get("handler")),
        *(class_path(it.get("handler")) for _, it in routed(subject)),
    ]
    seen: set[str] = set()
    for source in dict.fromkeys(it for it in named if it):
        found = subject.lookup.find(source)
        if not isinstance(found, Found):
            continue
        home = found.module.name.rpartition(".handlers")[0] or found.module.name.rpartition(".")[0]
        waiting = [found.module.name]
        while waiting:
            name = waiting.pop()
            module = (
                subject.lookup.library.module(name) if name not in seen and f"{name}.".startswith(f"{home}.") else None
            )
            seen.add(name)
            if isinstance(module, Module):
                yield module
                waiting += [it for statement in ast.walk(module.tree) for it in _imported(statement, module)]


def _imported(statement: ast.AST, module: Module) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        yield from (it.name for it in statement.names)
    elif isinstance(statement, ast.ImportFrom):
        above = module.package.split(".")
        above = above[: len(above) - statement.level + 1] if statement.level else []
        home = ".".join([*above, *([statement.module] if statement.module else [])])
        yield home
        yield from (f"{home}.{it.name}" for it in statement.names)


def _words(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
