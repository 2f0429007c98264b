from __future__ import annotations

from dataclasses import replace

import pytest

from omnibuild import gates
from omnibuild.core.ports import Failure
from omnibuild.core.values import Level, Mode, Problem, Settings, Verdict
from omnibuild.gates.gate import NodeSubject, Step, WorkspaceSubject
from tests.gates.subjects import document, tried, with_spec, written

BALANCED = gates.levels(Settings("acme"))


def test_there_are_nineteen_in_order() -> None:
    assert [gate.code for gate in gates.ALL] == [f"G{number}" for number in range(1, 20)]


@pytest.mark.parametrize("gate", gates.ALL, ids=lambda gate: gate.code)
def test_each_says_what_why_and_gives_an_example(gate: gates.AnyGate) -> None:
    assert gate.name
    assert gate.what.endswith(".")
    assert gate.why.endswith(".")
    assert gate.example
    assert gate.level in (Level.WARN, Level.BLOCK)


def test_each_stands_at_its_step() -> None:
    assert {gate.step for gate in gates.DOCUMENT_GATES} == {Step.DOCUMENT}
    assert {gate.step for gate in gates.WORKSPACE_GATES} == {Step.WORKSPACE}
    assert {gate.step for gate in gates.GRAPH_GATES} == {Step.GRAPH}
    assert {gate.step for gate in gates.DRAFT_GATES} == {Step.DRAFT}
    assert {gate.step for gate in gates.COMPILE_GATES} == {Step.COMPILE}


def test_the_levels_of_balanced() -> None:
    assert [code for code, level in BALANCED.items() if level is Level.WARN] == ["G7", "G8", "G14", "G18", "G19"]
    assert Level.OFF not in BALANCED.values()
    assert [gate.code for gate in gates.at_compile(Settings("acme"))] == ["G13", "G14", "G15", "G16"]


def test_strict_blocks_on_all_but_advice() -> None:
    found = gates.levels(Settings("acme", mode=Mode.STRICT))
    assert [code for code, level in found.items() if level is not Level.BLOCK] == ["G8"]
    assert [gate.code for gate in gates.ALL if gate.advice] == ["G8"]


def test_settings_raise_advice() -> None:
    settings = Settings("acme", mode=Mode.STRICT, gates={"G8": Level.BLOCK})
    assert gates.levels(settings)["G8"] is Level.BLOCK


def test_fast_compiles_nothing() -> None:
    fast = Settings("acme", mode=Mode.FAST)

    assert [code for code, level in gates.levels(fast).items() if level is Level.OFF] == ["G13", "G14", "G15"]
    assert gates.at_compile(fast) == ()


def test_settings_win_over_the_mode_but_not_over_fixed_gates() -> None:
    chosen = {"G1": Level.OFF, "G7": Level.BLOCK, "G8": Level.OFF, "G13": Level.WARN}
    settings = Settings("acme", mode=Mode.FAST, gates=chosen)
    found = gates.levels(settings)

    assert [found[code] for code in chosen] == [Level.BLOCK, Level.BLOCK, Level.OFF, Level.WARN]
    assert [gate.code for gate in gates.at_compile(settings)] == ["G13"]
    assert [gate.code for gate in gates.ALL if gate.fixed] == ["G1", "G2", "G3", "G9"]


def test_a_sound_subject_passes_all(sound: NodeSubject) -> None:
    verdicts = gates.judge((*gates.DRAFT_GATES, *gates.COMPILE_GATES), sound, BALANCED)

    assert len(verdicts) == len(gates.DRAFT_GATES) + len(gates.COMPILE_GATES)
    assert all(verdict.problems == () for verdict in verdicts)
    assert all(verdict.problems == () for verdict in gates.judge(gates.DOCUMENT_GATES, document(written()), BALANCED))


def test_a_verdict_weighs_its_problems_and_names_the_node(sound: NodeSubject) -> None:
    vague = with_spec(sound, lambda spec: replace(spec, description="Prices."))
    told, *_ = gates.judge(gates.DRAFT_GATES[2:3], vague, BALANCED)
    failed, *_ = gates.judge(
        gates.COMPILE_GATES[1:2], tried(sound, "imports", Failure("x", "no")), {"G14": Level.BLOCK}
    )

    assert (told.gate, told.level) == ("G7", Level.WARN)
    assert [(it.code, it.level, it.node) for it in told.problems] == [("G7", Level.WARN, "order_pricer")]
    assert [it.level for it in failed.problems] == [Level.BLOCK]


def test_documents_and_the_workspace_are_judged_alike() -> None:
    (required, kind, names) = gates.judge(gates.DOCUMENT_GATES, document({**written(), "kind": "x"}), BALANCED)
    (writable,) = gates.judge(gates.WORKSPACE_GATES, WorkspaceSubject("out", "full"), BALANCED)

    assert (required, names) == (Verdict("G1", Level.BLOCK), Verdict("G3", Level.BLOCK))
    assert [it.node for it in kind.problems] == ["order_pricer"]
    assert isinstance(writable.problems[0], Problem)
    assert writable.problems[0].node == ""


def test_a_gate_that_is_off_says_nothing(sound: NodeSubject) -> None:
    off = dict.fromkeys(BALANCED, Level.OFF)

    assert gates.judge(gates.DRAFT_GATES, sound, off) == ()
