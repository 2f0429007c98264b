"""The picture of a state machine: on the command line, and in the README of the generated package."""

from __future__ import annotations

import pytest

from omnibuild.core.values import Expression, Machine, Pointer, Ref, Transition
from omnibuild.graph.machine_picture import dot, mermaid
from tests.conftest import Make
from tests.onex.machines import COUNTER, LAMP, ORDER
from tests.workspaces import Sandbox, blocking, workspace

AT = Pointer("specs/door.yaml", 0, ("transitions",))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """Return a workspace of three reducers."""
    files = {"specs/order.yaml": ORDER, "specs/counter.yaml": COUNTER, "specs/lamp.yaml": LAMP}
    return workspace(tmp_path_factory.mktemp("three"), files)


def machine(*transitions: Transition) -> Machine:
    return Machine(
        states=("open", "end"),
        terminal=("end",),
        messages=(),
        emits=(),
        state=Ref("door", "State"),
        status=Ref("door", "Status"),
        transitions=transitions,
        at=AT,
    )


def test_names_and_conditions_that_mean_something_to_mermaid() -> None:
    condition = Expression("event.name[1:]\n  < '#;'", AT)

    picture = mermaid(machine(Transition("Shut", ("open",), "end", AT, condition)))

    assert picture.splitlines() == [
        "stateDiagram-v2",
        '    state "end" as s_end',
        "    [*] --> open",
        "    open --> s_end: Shut [event.name[1#58;] #lt; '#35;#59;']",
        "    s_end --> [*]",
    ]


def test_quotes_in_dot() -> None:
    condition = Expression('event.name == "\\n"', AT)

    picture = dot(
        machine(Transition("Shut", ("open", "ajar"), "end", AT, condition, emits=(Expression("Slam()", AT),)))
    )

    assert picture.splitlines() == [
        "digraph machine {",
        "  rankdir=LR;",
        "  node [shape=box, style=rounded];",
        '  "" [shape=point];',
        '  "end" [peripheries=2];',
        '  "" -> "open";',
        '  "open" -> "end" [label="Shut [event.name == \\"\\\\n\\"] / Slam"];',
        '  "ajar" -> "end" [label="Shut [event.name == \\"\\\\n\\"] / Slam"];',
        "}",
    ]


def test_a_single_reducer_is_drawn_as_its_machine(three: Sandbox) -> None:
    one = three.command("graph", "order", "--format", "mermaid")
    as_dot = three.command("graph", "order", "--format", "dot")
    several = three.command("graph", "order", "lamp", "--format", "mermaid")
    text = three.command("graph", "order")

    assert one.stdout.startswith("stateDiagram-v2\n    [*] --> draft\n    draft --> placed: OrderPlaced\n")
    assert (
        '  "placed" -> "paid" [label="PaymentReceived [event.amount >= state.total] / OrderPaid"];\n' in as_dot.stdout
    )
    assert several.stdout.startswith("graph LR\n")
    assert text.stdout.split() == ["order", "reducer"]


def test_the_readme_shows_each_node_and_its_machine(three: Sandbox) -> None:
    assert not blocking(three.build())
    readme = three.read("out/README.md")

    assert readme.startswith("# acme\n\nONEX nodes of acme.\n\n## counter\n\nCount up to a limit, and begin again.\n\n")
    assert "- Subscribes to: `onex.cmd.acme.order-requested.v1`\n" in readme
    assert readme.endswith("""
```mermaid
stateDiagram-v2
    [*] --> draft
    draft --> placed: OrderPlaced
    placed --> paid: PaymentReceived [event.amount >= state.total] / OrderPaid
    draft --> cancelled: OrderCancelled
    placed --> cancelled: OrderCancelled
    paid --> [*]
    cancelled --> [*]
```
""")


def test_a_change_of_a_transition_reaches_the_readme(make: Make) -> None:
    sandbox = make({"specs/order.yaml": ORDER})
    assert not blocking(sandbox.build())

    sandbox.replace("specs/order.yaml", "if: event.amount >= state.total", "if: event.amount > state.total")
    report = sandbox.build()

    assert not blocking(report)
    assert "README.md" in report.written
    assert "[event.amount > state.total]" in sandbox.read("out/README.md")
