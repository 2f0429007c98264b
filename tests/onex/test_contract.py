from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.core.values import Json
from omnibuild.onex.adopted.shapes import merged
from omnibuild.onex.contract import contract, read_contract
from omnibuild.onex.interface import interfaces
from omnibuild.onex.metadata import metadata
from omnibuild.onex.topics import topics
from omnibuild.onex.version import semver
from tests.onex.declarations import names_of, node

TEXT = """\
node: order_pricer
kind: compute
version: 2.1.3
description: Price it.
domain: inside_sales
input: {n: int}
output: {n: int}
logic: {n: n}
policy: {timeout: 1.5s, retry: {attempts: 3, backoff: 250ms}}
tags: [pricing, compute]
---
node: order_packer
kind: effect
description: Pack it.
input: {p: order_pricer.Output}
output: {n: int}
events:
  consumes: [order_pricer, onex.evt.crm.moved.v1]
  publishes: [onex.evt.packed.v1]
  external: [onex.evt.crm.moved.v1]
env: {URL: {required: true, description: Where.}, LEVEL: {default: "1"}, TOKEN: {}}
contract: {descriptor: {purity: pure}, handler_routing: {handlers: []}, own: {a: 1}}
uses: [order_pricer]
"""
NAMES = names_of(TEXT, {"order_packer": "def handle(r): ...\n"})
PRICER, PACKER = node(NAMES, "order_pricer"), node(NAMES, "order_packer")


def test_the_contract_of_a_pure_node() -> None:
    found = contract(PRICER, NAMES)

    assert found["name"] == "node_order_pricer_compute"
    assert found["node_type"] == "COMPUTE_GENERIC"
    assert found["contract_version"] == found["node_version"] == {"major": 2, "minor": 1, "patch": 3}
    assert found["descriptor"] == {
        "node_archetype": "compute",
        "purity": "pure",
        "idempotent": True,
        "timeout_ms": 1500,
        "retry_policy": {"max_retries": 2, "base_delay_ms": 250},
    }
    assert found["event_bus"] == {
        "version": {"major": 1, "minor": 0, "patch": 0},
        "subscribe_topics": ["onex.cmd.inside-sales.order-pricer-requested.v2"],
        "publish_topics": [
            "onex.evt.inside-sales.order-pricer-completed.v2",
            "onex.evt.inside-sales.order-pricer-failed.v2",
        ],
    }
    assert found["terminal_event"] == "onex.evt.inside-sales.order-pricer-completed.v2"
    assert "env_dependencies" not in found


def test_what_the_spec_says_under_contract_is_merged_last() -> None:
    found = contract(PACKER, NAMES)

    assert found["descriptor"] == {"node_archetype": "effect", "purity": "pure", "idempotent": False}
    assert found["own"] == {"a": 1}
    routing = found["handler_routing"]
    assert isinstance(routing, dict)
    assert routing["handlers"] == []
    assert routing["routing_strategy"] == "operation_match"


def test_events_and_variables() -> None:
    found = contract(PACKER, NAMES)

    assert found["externally_consumed_topics"] == ["onex.evt.crm.moved.v1"]
    assert found["env_dependencies"] == {
        "URL": {"required": True, "description": "Where."},
        "LEVEL": {"required": False, "default": "1"},
        "TOKEN": {"required": False},
    }
    assert topics(PACKER, NAMES.graph).subscribed == (
        "onex.cmd.acme.order-packer-requested.v1",
        "onex.evt.inside-sales.order-pricer-completed.v2",
        "onex.evt.crm.moved.v1",
    )
    assert topics(PACKER, NAMES.graph).published[2:] == ("onex.evt.packed.v1",)


def test_metadata() -> None:
    found = metadata(PRICER, NAMES)

    assert found["tags"] == ["pricing", "compute"]
    assert found["display_name"] == "Order pricer"
    assert found["entry_points"] == {
        "onex.nodes": {"node_order_pricer_compute": "acme.nodes.node_order_pricer_compute"}
    }
    assert metadata(PACKER, NAMES)["dependencies"] == ["node_order_pricer_compute"]


_TREES = st.recursive(st.integers(), lambda it: st.dictionaries(st.sampled_from("abc"), it), max_leaves=8)
_MAPS = st.dictionaries(st.sampled_from("abc"), _TREES)


@given(_MAPS, _MAPS)
def test_merging_takes_from_the_second_where_it_has_something(base: dict[str, Json], over: dict[str, Json]) -> None:
    found = merged(base, over)

    assert set(found) == {*base, *over}
    for key, value in over.items():
        below = base.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        assert found[key] == (merged(below, value) if both else value)  # type: ignore[arg-type]
    assert merged(found, over) == found
    assert merged(base, {}) == base


@pytest.mark.parametrize("text", ["- a\n", "a: [\n", "text"])
def test_what_is_no_contract(text: str) -> None:
    assert read_contract(text) is None
    assert semver("1.20.3") == {"major": 1, "minor": 20, "patch": 3}


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("input: {n: int}", "input: {n: int, m: {type: int, default: 1}}", True),
        ("domain: inside_sales", "domain: sales", True),
        ("version: 2.1.3", "version: 3.0.0", True),
        ("version: 2.1.3", "version: 2.2.0", False),
        ("Price it.", "Price it again.", False),
        ("logic: {n: n}", "logic: {n: n + 1}", False),
        ("timeout: 1.5s", "timeout: 2s", False),
        ("input: {n: int}", "input: {n: {type: int, description: How many.}}", False),
    ],
)
def test_an_interface_is_what_others_see(old: str, new: str, seen: bool) -> None:
    assert old in TEXT
    bodies = {"order_packer": "def handle(r): ...\n"}

    before, after = interfaces(NAMES), interfaces(names_of(TEXT.replace(old, new, 1), bodies))

    assert (before["order_pricer"] != after["order_pricer"]) is seen
    assert (before["order_packer"] != after["order_packer"]) is seen
