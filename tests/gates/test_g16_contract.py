from __future__ import annotations

from dataclasses import replace

import pytest

from omnibuild.core.ports import Failure
from omnibuild.core.values import Events, Json, Problem
from omnibuild.gates.g16_contract import check, check_reading
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, contract, routing, shared, tried, with_spec

_HINT = "correct it under `contract:` in the spec, or in the workspace's own template of contract.yaml"
_PACKAGE = "acme.nodes.node_order_pricer_compute"
_INPUT = f"{_PACKAGE}.models.model_order_pricer_input"
_HANDLER = f"{_PACKAGE}.handlers.handler_order_pricer"


def test_a_contract_that_agrees_passes(sound: NodeSubject) -> None:
    assert list(check(sound)) == []
    assert list(check_reading(sound)) == []


@pytest.mark.parametrize(
    ("key", "value", "message", "hint"),
    [
        ("name", "order_pricer", "`name` is `order_pricer`, but the package is `node_order_pricer_compute`", _HINT),
        ("node_type", "compute", "`node_type` is `compute`, but the package is `COMPUTE_GENERIC`", _HINT),
        (
            "node_version",
            "1.2.0",
            "`node_version` is `1.2.0`, but the spec's version is 1.2.0",
            _HINT,
        ),
        (
            "version",
            "1.2.0",
            "ONEX knows no top-level `version`",
            "write `version:` at the top of the spec, not in `contract:`",
        ),
        ("input_model", None, "`input_model` is `None`, which is not a module and a class", _HINT),
        (
            "input_model",
            f"{_INPUT}.ModelOrderPricrInput",
            f"`input_model` leads to `ModelOrderPricrInput`, which is not in `{_INPUT}`",
            "did you mean `ModelOrderPricerInput`?",
        ),
        (
            "input_model",
            "acme.nodes.node_other_compute.models.ModelX",
            "`input_model` leads to `acme.nodes.node_other_compute.models`, which no node of the workspace makes",
            _HINT,
        ),
        (
            "output_model",
            f"{_INPUT}.ModelOrderPricerInput",
            "`output_model` leads to `ModelOrderPricerInput`, but the spec says `ModelOrderPricerOutput`",
            _HINT,
        ),
        ("handler_routing", {}, "`handler_routing` names no handler", _HINT),
        (
            "handler_routing",
            routing("HandlerOrderPricer", f"{_HANDLER}s"),
            f"there is no module `{_HANDLER}s` for the handler `HandlerOrderPricer`",
            _HINT,
        ),
        (
            "handler_routing",
            routing("HandlerOrderPrice", _HANDLER),
            f"the handler `HandlerOrderPrice` is not in `{_HANDLER}`",
            "did you mean `HandlerOrderPricer`?",
        ),
        (
            "handler_routing",
            routing("HandlerOrderPricer", _HANDLER, ""),
            "the handler `HandlerOrderPricer` has no `operation`",
            _HINT,
        ),
        (
            "terminal_event",
            "onex.evt.sales.order-pricer-complete.v1",
            (
                "`terminal_event` is `onex.evt.sales.order-pricer-complete.v1`, "
                "which is not among `event_bus.publish_topics`"
            ),
            "did you mean `onex.evt.sales.order-pricer-completed.v1`?",
        ),
        ("terminal_event", None, "`terminal_event` is missing", _HINT),
    ],
)
def test_a_key_that_does_not_agree_is_stopped(
    sound: NodeSubject, key: str, value: Json, message: str, hint: str
) -> None:
    disagreeing = replace(sound, contract=contract(**{key: value}))

    assert list(check(disagreeing)) == [Problem("G16", f"contract.yaml: {message}", AT, hint)]


def test_a_key_that_the_spec_overrides_is_reported_there(sound: NodeSubject) -> None:
    overridden = with_spec(
        replace(sound, contract=contract(node_type="compute")),
        lambda spec: replace(spec, contract={"node_type": "compute"}, sections=(*spec.sections, ("contract", "0"))),
    )

    assert [it.at for it in check(overridden)] == [AT.to("contract", "node_type")]


def test_topics_are_named_as_onex_names_them(sound: NodeSubject) -> None:
    topic, done = "order_priced", "onex.evt.sales.order-pricer-completed.v1"
    bus: Json = {"subscribe_topics": [], "publish_topics": [done, topic]}
    own = replace(sound, contract=contract(event_bus=bus))
    declared = with_spec(own, lambda spec: replace(spec, events=Events(publishes=(topic,))))

    (found,) = check(own)
    assert found.message == "contract.yaml: the topic `order_priced` is not named as ONEX names topics"
    assert found.hint == "write `onex.{cmd|evt|dlq|intent|snapshot}.<producer>.<event>.v<N>`, with words-in-kebab-case"
    assert found.at == AT
    assert [it.at for it in check(declared)] == [AT.to("events", "publishes", 0)]


def test_topics_from_outside_may_have_any_name(sound: NodeSubject) -> None:
    bus: Json = {"subscribe_topics": ["Orders"], "publish_topics": ["onex.evt.sales.order-pricer-completed.v1"]}
    own = replace(sound, contract=contract(event_bus=bus))

    assert len(list(check(own))) == 1
    assert list(check(with_spec(own, lambda spec: replace(spec, events=Events(external=("Orders",)))))) == []


def test_a_handler_by_reference_may_live_elsewhere(sound: NodeSubject) -> None:
    legacy = replace(sound, contract=contract(handler_routing=routing("HandlerX", "acme.legacy.handlers")))
    referring = with_spec(legacy, lambda spec: replace(spec, sections=(*spec.sections, ("handler", "0"))))

    assert len(list(check(legacy))) == 1
    assert list(check(referring)) == []


def test_a_contract_that_is_no_mapping_is_stopped(sound: NodeSubject) -> None:
    assert [it.message for it in check(replace(sound, contract=None))] == ["contract.yaml does not hold a mapping"]
    assert list(check(replace(sound, contract=None, spec=shared()))) == []


def test_what_onex_refuses_is_told(sound: NodeSubject) -> None:
    failure = Failure("contract.yaml", "Input should be 'A'", ("node_type",))

    assert list(check_reading(tried(sound, "contracts", failure))) == [
        Problem("G16", "ModelYamlContract refuses contract.yaml (`node_type`): Input should be 'A'", AT, _HINT)
    ]
    overridden = with_spec(
        tried(sound, "contracts", failure),
        lambda spec: replace(spec, contract={"node_type": "X"}, sections=(*spec.sections, ("contract", "0"))),
    )
    assert [it.at for it in check_reading(overridden)] == [AT.to("contract", "node_type")]
