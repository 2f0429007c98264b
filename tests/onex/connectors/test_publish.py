"""publish: events on ONEX's real in-memory bus, and in ONEX's own runtime."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from omnibase_core.event_bus.event_bus_inmemory import EventBusInmemory

from tests.onex.effects import ORDER, generate, problems

TOPIC = "onex.evt.sales.order-told.v1"
TELLER = f"""\
node: teller
kind: effect
description: Publish that an order was told.
models:
  Told: {{id: UUID, at: datetime}}
input: {{order_id: UUID, at: datetime}}
output: {{told: bool}}
events: {{external: [{TOPIC}]}}
operations:
  - publish: {{topic: {TOPIC}, payload: "Told(id=order_id, at=at)", key: str(order_id)}}
logic: {{told: "True"}}
"""
FIELDS = {"order_id": ORDER, "at": "2026-01-31T12:00:00Z"}


def history(bus: EventBusInmemory) -> list[Any]:
    return asyncio.run(bus.get_event_history(topic=TOPIC))


def test_a_payload_is_published_as_json_with_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teller = generate(tmp_path, monkeypatch, TELLER)
    bus = EventBusInmemory()
    asyncio.run(bus.start())
    assert teller.run(bus, **FIELDS).told
    [message] = history(bus)
    assert json.loads(message.value) == {"id": ORDER, "at": "2026-01-31T12:00:00Z"}
    assert message.key == ORDER.encode()


def test_the_topic_stands_in_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teller = generate(tmp_path, monkeypatch, TELLER)
    contract = yaml.safe_load(teller.sandbox.read(f"out/src/{teller.package}/nodes/node_teller_effect/contract.yaml"))
    assert TOPIC in contract["event_bus"]["publish_topics"]


def test_without_a_bus_the_operation_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = generate(tmp_path, monkeypatch, TELLER).fails(**FIELDS)
    assert error.operation == "publish_1"
    assert error.reason == f"no event_bus was passed to the handler, so nothing can be published on {TOPIC}"


def test_the_local_runtime_hands_its_bus_to_the_handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from omnibase_core.runtime.runtime_local import RuntimeLocal

    teller = generate(tmp_path / "workspace", monkeypatch, TELLER)
    contract = teller.sandbox.out / "src" / teller.package / "nodes" / "node_teller_effect" / "contract.yaml"
    (tmp_path / "input.json").write_text(json.dumps(FIELDS))
    runtime = RuntimeLocal(contract, state_root=tmp_path / "state", input_path=tmp_path / "input.json", timeout=20)
    runtime.run()
    assert getattr(runtime.handler_result, "told", None) is True


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        (f"{{topic: {TOPIC}", "{topic: told", "told,", "the topic `told` is not named as ONEX names topics"),
        ('"Told(id=order_id, at=at)"', "order_id", "order_id,", "a payload is a model, not UUID"),
        ("Told(id=order_id, at=at)", "Told(id=order_id)", '"Told(id=order_id)",', "Told needs the field `at`"),
        ("key: str(order_id)", "key: order_id", "order_id}", "this gives UUID, but str is needed"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    assert old in TELLER
    assert [it[1] for it in problems(tmp_path, TELLER.replace(old, new, 1))] == [message]


def test_a_topic_may_be_quoted_as_an_expression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = TELLER.replace(f"{{topic: {TOPIC}", f"{{topic: \"'{TOPIC}'\"")
    assert f'"{TOPIC}"' in generate(tmp_path, monkeypatch, spec).code
