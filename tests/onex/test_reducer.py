"""What is generated for a state machine: handler, messages, tests, contract, picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from omnibuild.core.values import Mode, NodeSpec, Place, Problem
from tests.conftest import Make
from tests.onex.machines import COUNTER, LAMP, ORDER
from tests.workspaces import Sandbox, blocking, workspace

FILES = {"specs/order.yaml": ORDER, "specs/counter.yaml": COUNTER, "specs/lamp.yaml": LAMP}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """Return a workspace of three reducers, built."""
    sandbox = workspace(tmp_path_factory.mktemp("three"), FILES)
    assert not blocking(sandbox.build())
    return sandbox


def generated(sandbox: Sandbox, node: str, path: str) -> str:
    return sandbox.read(f"out/src/acme/nodes/node_{node}_reducer/{path}")


# ------------------------------------------------------------------------------------ the handler


def test_a_handler_is_one_match(three: Sandbox) -> None:
    assert (
        generated(three, "order", "handlers/handler_order.py").partition("\n\n\n")[2]
        == '''\
class HandlerOrder:
    """The life of an order."""

    def handle(self, request: ModelOrderInput) -> ModelOrderOutput:
        """Take the transition that the event allows in this state, or reject the event."""
        state, event = request.state, request.event
        match state.status, event:
            case EnumOrderStatus.DRAFT, ModelOrderPlaced():
                return ModelOrderOutput(
                    state=ModelOrderState(
                        status=EnumOrderStatus.PLACED,
                        lines=event.lines,
                        total=sum((item.quantity * item.unit_price for item in event.lines), Decimal()),
                    )
                )
            case EnumOrderStatus.PLACED, ModelPaymentReceived() if event.amount >= state.total:
                return ModelOrderOutput(
                    state=ModelOrderState(status=EnumOrderStatus.PAID, lines=state.lines, total=state.total),
                    emitted=[ModelOrderPaid(total=state.total)],
                )
            case ((EnumOrderStatus.DRAFT | EnumOrderStatus.PLACED), ModelOrderCancelled()):
                return ModelOrderOutput(
                    state=ModelOrderState(status=EnumOrderStatus.CANCELLED, lines=state.lines, total=state.total)
                )
            case _:
                return ModelOrderOutput(state=state, accepted=False)
'''
    )


def test_one_message_is_not_told_apart_and_one_state_is_not_either(three: Sandbox) -> None:
    lamp = generated(three, "lamp", "handlers/handler_lamp.py")
    counter = generated(three, "counter", "handlers/handler_counter.py")

    assert "        state = request.state\n        match state.status:\n            case EnumLampStatus.DARK:\n" in lamp
    assert "ModelPressed" not in lamp
    assert "        match event:\n            case ModelCounted() if state.count + event.by >= 10:\n" in counter
    assert "            case ModelCounted() if state.last is not None:\n" in counter
    assert "                        last=state.last + 1,\n" in counter


def test_a_transition_that_changes_nothing_keeps_the_state(three: Sandbox) -> None:
    counter = generated(three, "counter", "handlers/handler_counter.py")

    assert 'return ModelCounterOutput(state=state, emitted=[ModelRestarted(reason="asked")])' in counter


def test_messages_are_told_apart_by_a_tag(three: Sandbox) -> None:
    assert '    type: Literal["Counted"] = "Counted"\n' in generated(three, "counter", "models/model_counted.py")
    assert '    event: ModelCounted | ModelReset = Field(discriminator="type")\n' in generated(
        three, "counter", "models/model_counter_input.py"
    )
    assert '    emitted: list[Annotated[ModelLimitReached | ModelRestarted, Field(discriminator="type")]]' in generated(
        three, "counter", "models/model_counter_output.py"
    )
    assert "    event: ModelPressed\n" in generated(three, "lamp", "models/model_lamp_input.py")
    assert "emitted" not in generated(three, "lamp", "models/model_lamp_output.py")


# -------------------------------------------------------------------------------------- the tests


def test_an_example_is_a_test_that_replays_it(three: Sandbox) -> None:
    order = generated(three, "order", "tests/test_handler_order.py")
    counter = generated(three, "counter", "tests/test_handler_counter.py")

    assert order.partition("def test_paying")[0].rpartition("\n\n\ndef ")[0].count("def ") == 1
    assert (
        '''\
def test_placed_and_paid() -> None:
    """Placed and paid."""
    state, emitted, rejected = replay(
        ModelOrderPlaced(lines=[ModelLine(sku="A", quantity=1, unit_price=Decimal(3))]),
        ModelPaymentReceived(amount=Decimal(3)),
    )

    assert state.status is EnumOrderStatus.PAID
    assert state.total == Decimal(3)
    assert emitted == [ModelOrderPaid(total=Decimal(3))]
    assert not rejected
'''
        in order
    )
    assert "    assert state.last is None\n    assert not state.busy\n" in counter
    assert "    _, rejected = replay()\n\n    assert not rejected\n" in generated(
        three, "lamp", "tests/test_handler_lamp.py"
    )


def test_the_generated_tests_pass_and_the_code_is_clean(three: Sandbox) -> None:
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "src"],
        cwd=three.out,
        capture_output=True,
        text=True,
        check=False,
    )
    ruff = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--no-cache",
            "--extend-select",
            "B,E,F,I,N,PL,RET,RUF,SIM,UP",
            "--ignore=PLR2004",
            ".",
        ],
        cwd=three.out,
        capture_output=True,
        text=True,
        check=False,
    )

    assert tests.returncode == 0, tests.stdout
    assert "12 passed" in tests.stdout
    assert ruff.returncode == 0, ruff.stdout


def test_all_gates_pass(checked: Make) -> None:
    report = checked(FILES).build(mode=Mode.BALANCED)

    assert not blocking(report)


def test_a_wrong_example_stops_the_build_at_its_place(checked: Make) -> None:
    sandbox = checked({"specs/order.yaml": ORDER.replace("    rejected: [PaymentReceived]\n", "")})

    (problem,) = blocking(sandbox.build(mode=Mode.BALANCED))

    line = sandbox.read("specs/order.yaml").splitlines().index("  - name: paying a draft changes nothing") + 1
    assert problem.code == "G15"
    assert problem.at == Place("specs/order.yaml", line, 5)


# ----------------------------------------------------------------------------------- the contract


@pytest.mark.parametrize("node", ["order", "counter", "lamp"])
def test_onex_reads_the_state_machine_without_a_key_too_many(three: Sandbox, node: str) -> None:
    from omnibase_core.models.contracts.subcontracts.model_fsm_subcontract import ModelFSMSubcontract
    from omnibase_core.validation.validator_contract_walker import find_unknown_fsm_keys
    from omnibase_core.validation.validator_fsm_analysis import analyze_fsm

    section = yaml.safe_load(generated(three, node, "contract.yaml"))["state_machine"]

    machine = ModelFSMSubcontract.model_validate(section)

    assert find_unknown_fsm_keys(section) == []
    result = analyze_fsm(machine)
    # ONEX wants a terminal state behind every cycle; a machine without any has none to lead to.
    assert result.is_valid or (not machine.terminal_states and result.cycles_without_exit)
    assert [*result.unreachable_states, *result.ambiguous_transitions, *result.dead_transitions] == []


def test_the_contract_says_what_the_machine_does(three: Sandbox) -> None:
    section = yaml.safe_load(generated(three, "order", "contract.yaml"))["state_machine"]
    counted = yaml.safe_load(generated(three, "counter", "contract.yaml"))["state_machine"]["transitions"][:3]

    one = {"major": 1, "minor": 0, "patch": 0}
    assert (section["initial_state"], section["terminal_states"]) == ("draft", ["paid", "cancelled"])
    assert [(it["state_name"], it["description"]) for it in section["states"]] == [
        ("draft", "Takes OrderPlaced and OrderCancelled."),
        ("placed", "Takes PaymentReceived and OrderCancelled."),
        ("paid", "Takes nothing more."),
        ("cancelled", "Takes nothing more."),
    ]
    assert section["transitions"][1] == {
        "version": one,
        "transition_name": "placed_to_paid_on_payment_received",
        "from_state": "placed",
        "to_state": "paid",
        "trigger": "PaymentReceived",
        "conditions": [
            {
                "condition_name": "placed_to_paid_on_payment_received",
                "condition_type": "custom",
                "expression": "placed_to_paid_on_payment_received == True",
                "error_message": "does not hold: event.amount >= state.total",
            }
        ],
        "actions": [{"action_name": "emit_order_paid", "action_type": "emit_event", "execution_order": 1}],
    }
    assert [(it["from_state"], it["to_state"]) for it in section["transitions"][2:]] == [
        ("draft", "cancelled"),
        ("placed", "cancelled"),
    ]
    assert [(it["transition_name"], it.get("priority", 0)) for it in counted] == [
        ("counting_to_counting_on_counted", 2),
        ("counting_to_counting_on_counted_2", 1),
        ("counting_to_counting_on_counted_3", 0),
    ]


def test_onex_finds_no_drift_between_contract_and_handler(three: Sandbox) -> None:
    from omnibase_core.validators.fsm_handler_drift import validate_root

    assert validate_root(Path(three.out)) == []


# --------------------------------------------------------------------------------- the way back


def test_the_interface_changes_with_messages_and_states_but_not_with_transitions(make: Make) -> None:
    from omnibuild.onex.interface import interfaces

    def digest(text: str) -> str:
        return interfaces(make({"specs/order.yaml": text}).open().survey().names)["order"]

    before = digest(ORDER)

    assert digest(ORDER.replace("event.amount >= state.total", "event.amount > state.total")) == before
    assert digest(ORDER.replace("{amount: Decimal}", "{amount: Decimal, note: str}")) != before
    assert digest(ORDER.replace("cancelled]\nterminal", "cancelled, lost]\nterminal")) != before
    assert (
        digest(ORDER.replace("  total: {type: Decimal, default: 0}", "  total: {type: Decimal, default: 1}")) != before
    )


def test_a_finding_in_the_handler_leads_to_its_transition(make: Make) -> None:
    from omnibuild.assemble.origin import origin
    from omnibuild.core.values import Draft
    from omnibuild.onex.reducer.handler import handler

    sandbox = make({"specs/order.yaml": ORDER})
    assert not blocking(sandbox.build())
    survey = sandbox.open().survey()
    spec = survey.graph.specs["order"]
    assert isinstance(spec, NodeSpec)
    part = handler(spec, survey.names)
    text = sandbox.read(f"out/{part.path}")
    draft = Draft("order", {part.path: text}, {part.path: part.origins})

    def where(words: str) -> str:
        line = next(number for number, it in enumerate(text.splitlines(), 1) if words in it)
        column = text.splitlines()[line - 1].index(words) + 1
        at = survey.place(Problem("", "", origin(draft, part.path, line, spec.at, column))).at
        assert isinstance(at, Place)
        return ORDER.splitlines()[at.line - 1][at.column - 1 :]

    assert where("event.amount >=").startswith("event.amount >= state.total")
    assert where("sum((").startswith('"sum(l.quantity')
    assert where("lines=event.lines").startswith("event.lines, total")
    assert where("ModelOrderPaid(").startswith('["OrderPaid(')
    assert where("status=EnumOrderStatus.CANCELLED").startswith("{when: OrderCancelled")
    assert where("match state").startswith("- when: OrderPlaced")
