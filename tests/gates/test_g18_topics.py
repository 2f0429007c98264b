from __future__ import annotations

import pytest

from omnibuild.core.values import Level, Mode, Problem, Report, Status
from tests.conftest import Make
from tests.workspaces import PRICER, Sandbox, place, statuses

LISTENER = """\
node: mailer
kind: compute
description: Mail what was priced to the customer.
input: {total: Decimal}
output: {sent: bool}
logic: {sent: total > 0}
events: {consumes: [pricer]}
"""
"""A node that listens to what the pricer has completed, in a model of its own."""

TOLD = "onex.evt.acme.told.v1"


def found(report: Report) -> list[Problem]:
    return [it for it in report.problems if it.code == "G18"]


def says(report: Report) -> list[tuple[str, str, str]]:
    return [(place(it), it.message, it.hint) for it in found(report)]


@pytest.fixture
def pair(make: Make) -> Sandbox:
    return make({"specs/pricer.yaml": PRICER, "specs/mailer.yaml": LISTENER})


def test_a_normal_workspace_has_no_warnings(pair: Sandbox) -> None:
    assert found(pair.build()) == []


def test_a_topic_that_nobody_publishes(pair: Sandbox) -> None:
    pair.replace("specs/mailer.yaml", "[pricer]", "[onex.evt.acme.pricer-complete.v1, onex.evt.bank.paid.v1, pricer]")

    assert says(pair.build()) == [
        (
            "specs/mailer.yaml:7:21",
            "no node publishes `onex.evt.acme.pricer-complete.v1`",
            "did you mean `onex.evt.acme.pricer-completed.v1`?",
        ),
        (
            "specs/mailer.yaml:7:55",
            "no node publishes `onex.evt.bank.paid.v1`",
            "if it comes from outside, list it under `external`, too",
        ),
    ]


def test_a_topic_from_outside_is_external(pair: Sandbox) -> None:
    pair.replace("specs/mailer.yaml", "[pricer]", "[onex.evt.bank.paid.v1], external: [onex.evt.bank.paid.v1]")

    assert found(pair.build()) == []


def test_a_node_that_does_not_exist_is_called_by_the_nearest_name(pair: Sandbox) -> None:
    pair.replace("specs/mailer.yaml", "[pricer]", "[prcer]")

    (problem,) = found(pair.build())
    assert (problem.message, problem.hint) == ("no node publishes `prcer`", "did you mean `pricer`?")


def test_a_topic_that_nobody_consumes(pair: Sandbox) -> None:
    pair.write("specs/pricer.yaml", f"{PRICER}events: {{publishes: [{TOLD}, onex.dlq.acme.pricer.v1]}}\n")

    # Dead letters are for people.
    assert says(pair.build()) == [
        (
            "specs/pricer.yaml:13:22",
            f"no node consumes `{TOLD}`",
            "if it is for others outside, list it under `external`, too",
        )
    ]
    pair.replace("specs/pricer.yaml", "publishes", f"external: [{TOLD}], publishes")
    assert found(pair.build()) == []
    pair.replace("specs/pricer.yaml", f"external: [{TOLD}], ", "")
    pair.replace("specs/mailer.yaml", "[pricer]", f"[pricer, {TOLD}]")
    assert found(pair.build()) == []


def test_a_command_with_two_owners(pair: Sandbox) -> None:
    command = "onex.cmd.acme.pricer-requested.v1"
    pair.replace("specs/mailer.yaml", "[pricer]", f"[{command}]")

    assert says(pair.build()) == [
        (
            "specs/mailer.yaml:7:21",
            f"the command `{command}` has two owners: `pricer` and `mailer`",
            "each would do the work: send the second one a command of its own",
        )
    ]


@pytest.mark.parametrize(
    ("fields", "difference"),
    [
        ("totals: Decimal", "`total` is not taken"),
        ("total: int", "`total` is Decimal, not int"),
        ("total: Decimal, currency: str", "`currency` is missing"),
    ],
)
def test_a_payload_that_differs(pair: Sandbox, fields: str, difference: str) -> None:
    pair.replace("specs/mailer.yaml", "total: Decimal", fields)
    pair.replace("specs/mailer.yaml", "sent: total > 0", "sent: 'True'")

    assert says(pair.build()) == [
        (
            "specs/mailer.yaml:7:21",
            "`pricer` publishes `onex.evt.acme.pricer-completed.v1` with another payload than `mailer` takes: "
            + difference,
            "take `pricer.Output` as the input",
        )
    ]


@pytest.mark.parametrize(
    "fields",
    ["total: Decimal | None", "total: Decimal, note: {type: str, default: ''}", "total: Json"],
)
def test_a_payload_that_is_taken_is_no_problem(pair: Sandbox, fields: str) -> None:
    pair.replace("specs/mailer.yaml", "total: Decimal", fields)
    pair.replace("specs/mailer.yaml", "sent: total > 0", "sent: 'True'")

    assert found(pair.build()) == []


def test_the_payload_of_a_command_that_an_operation_publishes(pair: Sandbox) -> None:
    pair.write(
        "specs/asker.yaml",
        """\
node: asker
kind: effect
description: Ask the pricer for the price of a piece.
models:
  Question: {quantity: int}
input: {}
output: {asked: bool}
operations:
  - publish: {topic: onex.cmd.acme.pricer-requested.v1, payload: Question(quantity=1)}
logic: {asked: "True"}
""",
    )

    (problem,) = found(pair.build())
    assert place(problem) == "specs/asker.yaml:9:22"
    assert problem.message.endswith("than `pricer` takes: `price` is missing")


def test_it_also_judges_what_was_built_before(pair: Sandbox) -> None:
    pair.replace("specs/mailer.yaml", "[pricer]", "[pricer, onex.evt.bank.paid.v1]")
    first = pair.build()

    second = pair.build()

    assert set(statuses(second).values()) == {Status.UP_TO_DATE}
    assert says(second) == says(first) != []


def test_what_a_broken_node_publishes_is_not_known(pair: Sandbox) -> None:
    pair.replace("specs/mailer.yaml", "[pricer]", "[onex.evt.bank.paid.v1]")
    pair.replace("specs/pricer.yaml", "int", "integer")

    assert found(pair.build()) == []


def test_only_selected_nodes_are_told_of(pair: Sandbox) -> None:
    pair.replace("specs/mailer.yaml", "[pricer]", "[onex.evt.bank.paid.v1]")

    assert found(pair.build("pricer")) == []
    assert [it.node for it in found(pair.build("mailer"))] == ["mailer"]


def test_strict_stops_the_build(pair: Sandbox) -> None:
    pair.replace("specs/mailer.yaml", "[pricer]", "[onex.evt.bank.paid.v1]")
    pair.write("omnibuild.toml", '[workspace]\npackage = "acme"\n[gates]\nG18 = "block"\n')

    report = pair.build(mode=Mode.FAST)

    assert [it.level for it in found(report)] == [Level.BLOCK]
    assert not report.ok
    assert not pair.out.exists()
