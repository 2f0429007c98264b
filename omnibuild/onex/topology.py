"""What the topics of all nodes make together: who publishes what, with which payload, and who listens."""

from __future__ import annotations

import re
from collections.abc import Iterator

from omnibuild.core.values import Graph, NodeSpec, Pointer, Ref
from omnibuild.graph.topics import End, TopicGraph
from omnibuild.onex.topics import consumed_topic, topics

_MODEL = re.compile(r"\s*(?:(\w+)\.)?([A-Z]\w*)\(")
"""How the expression of a payload begins that makes a model: `OrderPaid(…)`, `money.Amount(…)`."""


def topic_graph(graph: Graph) -> TopicGraph:
    """Return the topics of all nodes by their ends."""
    nodes = [spec for spec in graph.specs.values() if isinstance(spec, NodeSpec)]
    return TopicGraph(
        tuple(end for spec in nodes for end in _published(spec, graph)),
        tuple(end for spec in nodes for end in _consumed(spec, graph)),
        {spec.name: frozenset(it) for spec in nodes if (it := _external(spec))},
    )


def _external(spec: NodeSpec) -> tuple[str, ...]:
    """Return the topics that may come from outside or lead there: all of an adopted node, among others that are not."""
    return (*spec.events.consumes, *spec.events.publishes) if spec.adopted else spec.events.external


def _published(spec: NodeSpec, graph: Graph) -> Iterator[End]:
    own = topics(spec, graph)
    if not spec.adopted:
        yield End(spec.name, own.completed, spec.at, (spec.output,), derived=True)
        yield End(spec.name, own.failed, spec.at, derived=True)
    operations = dict(_operations(spec))
    for index, topic in enumerate(spec.events.publishes):
        _, payloads = operations.pop(topic, (spec.at, ()))
        yield End(spec.name, topic, spec.at.to("events", "publishes", index), payloads)
    for topic, (at, payloads) in operations.items():
        yield End(spec.name, topic, at, payloads)


def _operations(spec: NodeSpec) -> Iterator[tuple[str, tuple[Pointer, tuple[Ref, ...]]]]:
    """Yield the topics that operations publish, where they say so, and the model that is the payload."""
    for operation in spec.operations:
        written = operation.parameters
        if operation.connector != "publish" or not isinstance(written, dict):
            continue
        topic, payload = written.get("topic"), written.get("payload")
        if isinstance(topic, str):
            found = _MODEL.match(payload) if isinstance(payload, str) else None
            model = (Ref(found[1] or spec.name, found[2]),) if found else ()
            yield topic.strip().strip("'\""), (operation.at.to("publish", "topic"), model)


def _consumed(spec: NodeSpec, graph: Graph) -> Iterator[End]:
    accepted = (spec.input, *(spec.machine.messages if spec.machine else ()))
    if not spec.adopted:
        yield End(spec.name, topics(spec, graph).requested, spec.at, accepted, derived=True)
    for index, name in enumerate(spec.events.consumes):
        at = spec.at.to("events", "consumes", index)
        yield End(spec.name, consumed_topic(name, graph), at, accepted)
    for handler in spec.handlers:
        for name in handler.consumes:
            yield End(spec.name, consumed_topic(name, graph), handler.at, (handler.input,))
