"""How one node depends on another: the shortest way, and all reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.graph.dependency import way
from omnibuild.onex.topology import topic_graph
from tests.workspaces import CHAIN, Sandbox, workspace

CALLER = """\
node: caller
kind: orchestrator
description: Charge what is to be charged, and undo that where the rest fails.
input: {amount: money.Amount}
output: {charged: money.Amount}
steps:
  - {step: charge, call: charger, with: {amount: amount}, undo: refunder}
logic: {charged: charge.charged}
"""
REFUNDER = """\
node: refunder
kind: compute
description: Give back what was charged.
input: {amount: money.Amount}
output: {given: bool}
logic: {given: amount.value > 0}
"""
LISTENER = """\
node: listener
kind: compute
description: Listen to what the pricer and the caller have done.
input: {note: str}
output: {heard: bool}
logic: {heard: len(note) > 0}
events: {consumes: [pricer, caller]}
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    more = {"specs/caller.yaml": CALLER, "specs/refunder.yaml": REFUNDER, "specs/listener.yaml": LISTENER}
    return workspace(tmp_path, {**CHAIN, **more})


def found(sandbox: Sandbox, node: str, other: str) -> list[tuple[str, str, list[str]]] | None:
    survey = sandbox.open().survey()
    assert not survey.failed
    steps = way(survey.graph, topic_graph(survey.graph), node, other)
    return None if steps is None else [(it.node, it.other, [reason.why for reason in it.reasons]) for it in steps]


def test_a_way_has_its_steps_and_reasons(sandbox: Sandbox) -> None:
    assert found(sandbox, "biller", "money") == [("biller", "charger", ["models"]), ("charger", "money", ["models"])]
    assert found(sandbox, "caller", "refunder") == [("caller", "refunder", ["calls"])]
    assert found(sandbox, "caller", "money") == [("caller", "money", ["models"])]


def test_what_is_called_and_used_has_both_reasons(sandbox: Sandbox) -> None:
    sandbox.replace("specs/caller.yaml", "charged: money.Amount}", "charged: charger.Output}")
    sandbox.replace("specs/caller.yaml", "{charged: charge.charged}", "{charged: charge}")
    assert found(sandbox, "caller", "charger") == [("caller", "charger", ["models", "calls"])]


def test_who_listens_depends_on_who_publishes(sandbox: Sandbox) -> None:
    assert found(sandbox, "listener", "pricer") == [("listener", "pricer", ["topics"])]
    assert found(sandbox, "listener", "refunder") == [
        ("listener", "caller", ["topics"]),
        ("caller", "refunder", ["calls"]),
    ]
    assert found(sandbox, "pricer", "listener") is None


def test_there_may_be_no_way(sandbox: Sandbox) -> None:
    assert found(sandbox, "money", "biller") is None
    assert found(sandbox, "pricer", "money") is None
    assert found(sandbox, "money", "money") == []


def test_a_reason_has_its_place(sandbox: Sandbox) -> None:
    survey = sandbox.open().survey()
    [step] = way(survey.graph, topic_graph(survey.graph), "caller", "refunder") or ()
    [reason] = step.reasons
    assert str(survey.locate(reason.at)) == "specs/caller.yaml:7:65"  # type: ignore[arg-type]
