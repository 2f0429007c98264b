"""What is wrong with a state machine, its expressions and its examples is told at its own place."""

from __future__ import annotations

import pytest

from omnibuild.core.values import Level, Place, Problem
from omnibuild.onex.check import check_spec
from tests.conftest import Make
from tests.onex.machines import COUNTER, LAMP, ORDER

MARK = "¦"
"""In a changed spec: where the problem must be told."""

CANCELLED = "{when: OrderCancelled, from: [draft, placed], to: cancelled}"
STATES = "states: [draft, placed, paid, cancelled]"
TERMINAL = "terminal: [paid, cancelled]"
EMIT = '"OrderPaid(total=state.total)"'
SECOND = "    state: {status: draft}\n"


def found(make: Make, text: str) -> list[Problem]:
    """Return what is wrong with a spec, without building it."""
    survey = make({"specs/order.yaml": text}).open().survey()
    spec = survey.graph.specs.get("order")
    problems = list(check_spec(spec, survey.names)) if spec else []
    return [survey.place(it) for it in (*survey.problems, *problems)]


def marked(old: str, new: str) -> tuple[str, Place]:
    """Return the spec with a change, and the place of the mark in it."""
    assert ORDER.count(old) == 1, old
    text = ORDER.replace(old, new)
    before = text[: text.index(MARK)]
    return text.replace(MARK, ""), Place(
        "specs/order.yaml", before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    )


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        # names
        ("when: OrderPlaced", "when: ¦OrderPlacd", "there is no message `OrderPlacd`", "did you mean `OrderPlaced`?"),
        ("from: draft", "from: ¦drft", "there is no state `drft`", "did you mean `draft`?"),
        ("[draft, placed],", "[draft, ¦plced],", "there is no state `plced`", "did you mean `placed`?"),
        ("to: paid", "to: ¦pai", "there is no state `pai`", "did you mean `paid`?"),
        (TERMINAL, "terminal: [paid, ¦canceled]", "there is no state `canceled`", "did you mean `cancelled`?"),
        (
            STATES,
            "states: [draft, ¦in-progress, placed, paid, cancelled]",
            "`in-progress` cannot be the name of a state",
            "a letter, then letters, digits and _",
        ),
        (
            STATES,
            "states: [draft, placed, ¦draft, paid, cancelled]",
            "the state `draft` is there already",
            "leave it out",
        ),
        (
            STATES,
            "states: [draft, placed, ¦Draft, paid, cancelled]",
            "`Draft` and `draft` would both be generated as DRAFT",
            "rename one of them",
        ),
        ("[draft, placed],", "[draft, ¦draft],", "the state `draft` is there already", "leave it out"),
        ("from: [draft, placed],", "¦from: [],", "the transition leads out of no state", "name at least one"),
        # ways
        (
            STATES,
            "states: [draft, placed, paid, cancelled, ¦lost]",
            "no way leads to the state `lost`",
            "let a transition lead to it, or leave it out",
        ),
        (
            f"{STATES}\n{TERMINAL}",
            "states: [draft, placed, paid, ¦cancelled]\nterminal: [paid]",
            "no transition leads out of `cancelled`, and it is not terminal",
            "add it to `terminal`, or a transition out of it",
        ),
        (
            "[draft, placed],",
            "[draft, placed, ¦paid],",
            "`paid` is terminal: nothing leads out of it",
            "remove the transition, or the state from `terminal`",
        ),
        (
            CANCELLED,
            f"{CANCELLED}\n  - {{when: OrderCancelled, from: ¦placed, to: paid}}",
            "transition 3 takes every `OrderCancelled` in the state `placed`",
            "give transition 3 an `if`, or remove one of the two",
        ),
        # expressions
        ('total: "sum', '¦totl: "sum', "the state has no field `totl`", "did you mean `total`?"),
        (
            "set: {lines",
            "set: {¦status: '\"paid\"', lines",
            "`status` is not set: `to` says which state comes next",
            "leave it out",
        ),
        ("event.lines,", "event.¦line,", "OrderPlaced has no field `line`", "did you mean `lines`?"),
        (
            "lines: event.lines",
            "lines: ¦state.total",
            "this gives Decimal, but list[Line] is needed",
            "write list(…) or sorted(…)",
        ),
        ("if: event.amount", "if: event.¦amont", "PaymentReceived has no field `amont`", "did you mean `amount`?"),
        (
            "if: event.amount >= state.total",
            "if: ¦event.amount",
            "this gives Decimal, but bool is needed",
            "write bool(…) or a comparison",
        ),
        (EMIT, "¦state.total", "this does not make an event of `emits`", "write `OrderPaid(…)`"),
        (
            EMIT,
            "¦PaymentReceived(amount=state.total)",
            "this does not make an event of `emits`",
            "write `OrderPaid(…)`",
        ),
        (EMIT, "OrderPaid(total=¦state.lines)", "this gives list[Line], but Decimal is needed", "write Decimal(…)"),
        # what is derived
        (
            "  OrderPlaced: {lines",
            "  OrderPlaced: {¦type: str, lines",
            "`type` is the field that tells messages apart",
            "choose another name",
        ),
        (
            "  total: {type: Decimal, default: 0}",
            "  total: {type: Decimal, default: 0}\n  ¦status: {type: str, default: x}",
            "`status` says which state it is",
            "choose another name",
        ),
        (
            "  total: {type: Decimal, default: 0}",
            "  ¦total: Decimal",
            "`total` needs a default",
            "a reducer must be able to start from nothing",
        ),
        (
            "  Line: {sku",
            "  ¦State: {a: int}\n  Line: {sku",
            "the model `State` has the name of a node's own state",
            "choose another name",
        ),
        (
            "states:",
            "¦input: {a: int}\nstates:",
            "`input` is not written for a state machine",
            "a reducer's input and output follow from its messages and its state",
        ),
        # examples
        (
            "[{OrderPlaced: {lines: [{",
            "[{¦OrderPlacd: {lines: [{",
            "there is no message `OrderPlacd`",
            "did you mean `OrderPlaced`?",
        ),
        ("lines: [{sku: A", "lines: [{¦skuu: B, sku: A", "Line has no field `skuu`", "did you mean `sku`?"),
        (
            '{amount: "3"}}]\n    state: {status: paid',
            "{amount: ¦x}}]\n    state: {status: paid",
            "`x` is not Decimal",
            "",
        ),
        ("{status: paid", "{status: ¦pai", "there is no state `pai`", "did you mean `paid`?"),
        (
            '{status: paid, total: "3"}',
            '{status: paid, ¦totl: "3"}',
            "the state has no field `totl`",
            "did you mean `total`?",
        ),
        ('{status: paid, total: "3"}', "{status: paid, total: ¦[]}", "`[]` is not Decimal", ""),
        (
            "emitted: [{OrderPaid",
            "emitted: [{¦OrderPaidd",
            "there is no event `OrderPaidd`",
            "did you mean `OrderPaid`?",
        ),
        (
            "[PaymentReceived]",
            "[¦PaymentReceive]",
            "there is no message `PaymentReceive`",
            "did you mean `PaymentReceived`?",
        ),
        (
            "[PaymentReceived]",
            "[PaymentReceived, ¦OrderCancelled]",
            "`OrderCancelled` is rejected more often than it is among the events",
            "",
        ),
        *(
            (
                SECOND,
                f"{SECOND}    ¦{key}: {value}\n",
                f"an example of a reducer has no `{key}`",
                "it has `events`, and `state`, `emitted` or `rejected` afterwards",
            )
            for key, value in (
                ("fails", "validation"),
                ("input", "{a: 1}"),
                ("output", "{a: 1}"),
                ("given", "{env: {A: b}}"),
            )
        ),
    ],
)
def test_a_problem_is_told_at_its_place(make: Make, old: str, new: str, message: str, hint: str) -> None:
    text, place = marked(old, new)

    problems = [it for it in found(make, text) if it.level is Level.BLOCK]

    assert [(it.at, it.message, it.hint) for it in problems] == [(place, message, hint)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("OrderCancelled: {}", "OrderCancelled: {}\n  ¦Forgotten: {}", "no transition takes `Forgotten`"),
        ("  OrderPaid: {", "  ¦Forgotten: {}\n  OrderPaid: {", "no transition emits `Forgotten`"),
        (
            f"{STATES}\n{TERMINAL}",
            "states: [draft, placed, ¦paid, cancelled]\nterminal: [cancelled]",
            "no way leads from `paid` to a terminal state",
        ),
    ],
)
def test_what_is_odd_is_a_warning(make: Make, old: str, new: str, message: str) -> None:
    text, place = marked(old, new)
    if "terminal state" in message:
        text = text.replace(CANCELLED, f"{CANCELLED}\n  - {{when: PaymentReceived, from: paid, to: paid}}")

    assert [(it.level, it.at, it.message) for it in found(make, text)] == [(Level.WARN, place, message)]


@pytest.mark.parametrize("key", ["states", "messages"])
def test_what_a_state_machine_needs(make: Make, key: str) -> None:
    after = {"states": "terminal", "messages": "emits"}[key]
    text = ORDER[: ORDER.index(f"{key}:")] + ORDER[ORDER.index(f"\n{after}:") + 1 :]

    (problem,) = found(make, text)

    assert problem.message == f"a state machine needs `{key}`"
    assert problem.at == Place("specs/order.yaml", text.splitlines().index("transitions:") + 1, 1)


@pytest.mark.parametrize("text", [ORDER, COUNTER, LAMP])
def test_nothing_is_wrong_with_a_sound_machine(make: Make, text: str) -> None:
    assert found(make, text.replace(text.partition("\n")[0], "node: order")) == []


def test_what_a_condition_proves_holds_in_what_it_guards(make: Make) -> None:
    text = COUNTER.replace("node: counter", "node: order").replace("state.last is not None", "state.count > 1")

    assert [it.message for it in found(make, text)] == ["`state.last` may be None"]


def test_problems_of_several_transitions_come_together(make: Make) -> None:
    text = (
        ORDER.replace("to: placed", "to: plced")
        .replace("event.amount", "event.amont")
        .replace("{status: paid", "{status: x")
    )

    assert [it.code for it in found(make, text)] == ["unknown-state", "expression", "unknown-state"]
