"""Topics, contract by contract and all together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.findings.subjects import found

PUBLISHER = """\
name: publisher
event_bus:
  subscribe_topics: [onex.cmd.shop.order-start.v1]
  publish_topics:
    - onex.evt.shop.order-placed.v1
terminal_event: onex.evt.shop.order-placed.v1
"""
CONSUMER = """\
name: consumer
event_bus:
  subscribe_topics:
    - onex.evt.shop.order-placed.v1
"""


def of_topics(tmp_path: Path, publisher: str = PUBLISHER, consumer: str = CONSUMER) -> list[tuple[str, str, str]]:
    return found(tmp_path, {"publisher": publisher, "consumer": consumer})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("name: publisher\n", "name: publisher\nexternally_consumed_topics: [x]\n"),
        ("    - onex.evt.shop.order-placed.v1\n", "    - onex.evt.shop.order-placed.v1\n    - onex.dlq.shop.lost.v1\n"),
    ],
)
def test_topics_that_meet_are_no_finding(tmp_path: Path, old: str, new: str) -> None:
    assert of_topics(tmp_path, PUBLISHER.replace(old, new, 1)) == []


def test_a_topic_that_breaks_the_grammar(tmp_path: Path) -> None:
    text = PUBLISHER.replace("onex.cmd.shop.order-start.v1", "shop.Order_Start")

    ((code, place, told),) = of_topics(tmp_path, text)

    assert (code, place) == ("topic-name", "publisher/contract.yaml:3:22")
    assert "`shop.Order_Start`" in told


def test_topics_that_miss_each_other_are_told_with_the_near_one(tmp_path: Path) -> None:
    problems = of_topics(tmp_path, consumer=CONSUMER.replace("order-placed", "orders-placed"))

    assert [(code, place) for code, place, _ in problems] == [
        ("topic-unconsumed", "publisher/contract.yaml:5:7"),
        ("topic-unpublished", "consumer/contract.yaml:4:7"),
    ]


def test_what_leaves_the_graph_on_purpose_is_no_finding(tmp_path: Path) -> None:
    sinks = f"{PUBLISHER}externally_consumed_topics: [onex.evt.shop.order-placed.v1]\n"

    assert found(tmp_path, {"publisher": sinks}) == []
    assert [it[0] for it in found(tmp_path, {"publisher": PUBLISHER})] == ["topic-unconsumed"]


def test_a_topic_of_a_producer_that_is_not_here_is_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, {"consumer": CONSUMER}) == []


def test_a_command_has_one_owner(tmp_path: Path) -> None:
    consumer = f"{CONSUMER}    - onex.cmd.shop.order-start.v1\n"

    assert of_topics(tmp_path, consumer=consumer) == [
        (
            "command-owners",
            "publisher/contract.yaml:3:22",
            "the command `onex.cmd.shop.order-start.v1` has 2 owners: `consumer`, `publisher`",
        )
    ]


def test_a_terminal_event_is_published(tmp_path: Path) -> None:
    text = PUBLISHER.replace("terminal_event: onex.evt.shop.order-placed.v1", "terminal_event: onex.evt.shop.done.v1")

    assert [it[:2] for it in of_topics(tmp_path, text)] == [("terminal-event", "publisher/contract.yaml:6:17")]


@pytest.mark.parametrize(
    "bus", ["5", "[a]", "{subscribe_topics: x, publish_topics: {a: b}}", "{publish_topics: [1, null]}"]
)
def test_what_is_no_list_of_topics_is_no_finding(tmp_path: Path, bus: str) -> None:
    assert found(tmp_path, {"a": f"name: a\nevent_bus: {bus}\npublished_events: [x, {{topic: 5}}]\n"}) == []
