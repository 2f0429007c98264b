"""How one node depends on another: the way from the one to the other, with the reasons of each step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from omnibuild.core.values import Graph, NodeSpec, Place, Pointer
from omnibuild.graph.topics import TopicGraph


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a node depends on another: `models`, `calls`, `uses`, `body` or `topics`, and where the spec says so.

    For `topics`, the node listens to what the other one publishes.
    """

    why: str
    at: Pointer | Place
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way: a node, the one that it depends on, and why; never without a reason."""

    node: str
    other: str
    reasons: tuple[Reason, ...]


def way(graph: Graph, topics: TopicGraph, node: str, other: str) -> tuple[Step, ...] | None:
    """Return the shortest way from a node to another that it depends on, None if there is none.

    Of several, it is one with as few steps by topics alone as the others have. A node depends on itself without a step.
    """
    came: dict[str, Step | None] = {node: None}
    waiting = [node]
    for current in waiting:
        if current == other:
            break
        for step in steps(graph, topics, current):
            if step.other not in came:
                came[step.other] = step
                waiting.append(step.other)
    if other not in came:
        return None
    found: list[Step] = []
    while last := came[other]:
        found.append(last)
        other = last.node
    return tuple(found[::-1])


def steps(graph: Graph, topics: TopicGraph, node: str) -> Iterator[Step]:
    """Yield what a node depends on directly, with all reasons: what it needs first, then those it only listens to."""
    heard: dict[str, list[Reason]] = {}
    for end in topics.consumers:
        if end.node == node:
            for it in topics.publishers_of(end.topic):
                if it.node != node and it.node in graph.specs:
                    heard.setdefault(it.node, []).append(Reason("topics", end.at, end.topic))
    for need in graph.needs[node]:
        calls = [] if need.why == "calls" else _calls(graph, node, need.node)
        yield Step(node, need.node, (Reason(need.why, need.at), *calls, *heard.pop(need.node, ())))
    for name, reasons in sorted(heard.items()):
        yield Step(node, name, tuple(reasons))


def _calls(graph: Graph, node: str, other: str) -> list[Reason]:
    """Return that a node calls another, if it does, beside needing it for something else."""
    spec = graph.specs[node]
    called = spec.steps if isinstance(spec, NodeSpec) else ()
    found = [
        Reason("calls", it.at.to("call" if it.node == other else "undo"))
        for it in called
        if other in (it.node, it.undo)
    ]
    return found[:1]
