"""The gates: one check a file, by number; what each is for is in the gate itself, `omnibuild gates` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from omnibuild.core.values import Level, Mode, Settings, Verdict
from omnibuild.gates import (
    g01_required_keys,
    g02_kind,
    g03_names,
    g04_onex_symbols,
    g05_templates,
    g06_writable,
    g07_description,
    g08_production,
    g09_parses,
    g10_class_names,
    g11_imports,
    g12_pydantic,
    g13_types,
    g14_importable,
    g15_examples,
    g16_contract,
    g17_reproducible,
    g18_topics,
    g19_original,
)
from omnibuild.gates.gate import DocumentSubject, Gate, GraphSubject, NodeSubject, WorkspaceSubject

__all__ = [
    "ALL",
    "COMPILE_GATES",
    "DOCUMENT_GATES",
    "DRAFT_GATES",
    "GRAPH_GATES",
    "PACKAGE_GATES",
    "WORKSPACE_GATES",
    "AnyGate",
    "at_compile",
    "judge",
    "levels",
]

type AnyGate = Gate[DocumentSubject] | Gate[WorkspaceSubject] | Gate[GraphSubject] | Gate[NodeSubject]

DOCUMENT_GATES = (g01_required_keys.GATE, g02_kind.GATE, g03_names.GATE)
WORKSPACE_GATES = (g06_writable.GATE,)
GRAPH_GATES = (g18_topics.GATE,)
DRAFT_GATES = (
    g04_onex_symbols.GATE,
    g05_templates.GATE,
    g07_description.GATE,
    g08_production.GATE,
    g09_parses.GATE,
    g10_class_names.GATE,
    g11_imports.GATE,
    g12_pydantic.GATE,
    g16_contract.GATE,
    g17_reproducible.GATE,
    g19_original.GATE,
)
PACKAGE_GATES = (g05_templates.GATE, g09_parses.GATE, g11_imports.GATE, g17_reproducible.GATE)
"""Those of the draft gates that also make sense for the files around the nodes, which belong to no spec."""
COMPILE_GATES = (g13_types.GATE, g14_importable.GATE, g15_examples.GATE, g16_contract.READING_GATE)

_DRAFTED = frozenset(gate.code for gate in DRAFT_GATES)
_COMPILED = frozenset(gate.code for gate in COMPILE_GATES)

ALL: tuple[AnyGate, ...] = tuple(
    sorted(
        (
            *DOCUMENT_GATES,
            *WORKSPACE_GATES,
            *GRAPH_GATES,
            *DRAFT_GATES,
            *(it for it in COMPILE_GATES if it.code not in _DRAFTED),
        ),
        key=lambda gate: int(gate.code.removeprefix("G")),
    )
)
"""Every gate once, in the order of the numbers."""


def levels(settings: Settings) -> Mapping[str, Level]:
    """Return the level of every gate: its own, changed by the mode, changed by the settings' `gates`.

    A fixed gate keeps its own. G16 looks at drafts in every mode; whether it also looks at compiled
    code is what `at_compile` answers.
    """
    result: dict[str, Level] = {}
    for gate in ALL:
        level = gate.level
        if settings.mode is Mode.STRICT and level is Level.WARN and not gate.advice:
            level = Level.BLOCK
        if settings.mode is Mode.FAST and gate.code in _COMPILED - _DRAFTED:
            level = Level.OFF
        result[gate.code] = gate.level if gate.fixed else settings.gates.get(gate.code, level)
    return result


def at_compile(settings: Settings) -> tuple[Gate[NodeSubject], ...]:
    """Return the gates that look at compiled code in this workspace; none means that nothing need be compiled."""
    effective = levels(settings)
    asked = _COMPILED if settings.mode is not Mode.FAST else frozenset(settings.gates)
    return tuple(gate for gate in COMPILE_GATES if gate.code in asked and effective[gate.code] is not Level.OFF)


def judge[Subject: (DocumentSubject, WorkspaceSubject, GraphSubject, NodeSubject)](
    gates: Iterable[Gate[Subject]], subject: Subject, levels: Mapping[str, Level]
) -> tuple[Verdict, ...]:
    """Return the verdicts of the gates that are not off, in their order.

    Every problem carries the gate's code, the gate's level and the subject's name; where the subject
    has none, it keeps the node that it names itself.
    """
    verdicts: list[Verdict] = []
    for gate in gates:
        level = levels.get(gate.code, gate.level)
        if level is not Level.OFF:
            name = _name(subject)
            problems = (replace(it, code=gate.code, level=level, node=name or it.node) for it in gate.check(subject))
            verdicts.append(Verdict(gate.code, level, tuple(problems)))
    return tuple(verdicts)


def _name(subject: DocumentSubject | WorkspaceSubject | GraphSubject | NodeSubject) -> str:
    match subject:
        case DocumentSubject():
            return subject.name
        case NodeSubject():
            return subject.spec.name
        case _:
            return ""
