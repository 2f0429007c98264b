"""Who publishes what and who listens: the nodes of a workspace as their topics connect them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from omnibuild.core.values import Json, Pointer, Ref

COMMAND, DEAD_LETTER = "onex.cmd.", "onex.dlq."
"""How the topics of commands and of dead letters begin."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a topic: a node that publishes or consumes it, and where the spec says so.

    `payloads` are the models that may be in it, none where that is not known. A `derived` end follows
    from the node's name.
    """

    node: str
    topic: str
    at: Pointer
    payloads: tuple[Ref, ...] = ()
    derived: bool = False


@dataclass(frozen=True, slots=True)
class TopicGraph:
    """All topics of a workspace by their ends; `external` are, by node, those whose other end is elsewhere."""

    publishers: tuple[End, ...] = ()
    consumers: tuple[End, ...] = ()
    external: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic, sorted."""
        return tuple(sorted({it.topic for it in (*self.publishers, *self.consumers)}))

    def publishers_of(self, topic: str) -> tuple[End, ...]:
        """Return the ends that publish a topic."""
        return tuple(it for it in self.publishers if it.topic == topic)

    def consumers_of(self, topic: str) -> tuple[End, ...]:
        """Return the ends that consume a topic."""
        return tuple(it for it in self.consumers if it.topic == topic)

    def is_external(self, end: End) -> bool:
        """Return whether a node says that the other end of a topic is outside the workspace."""
        return end.topic in self.external.get(end.node, ())

    def of(self, names: Collection[str]) -> TopicGraph:
        """Return the topics that any of these nodes has an end of, with all their ends."""
        touched = {it.topic for it in (*self.publishers, *self.consumers) if it.node in names}
        return TopicGraph(
            tuple(it for it in self.publishers if it.topic in touched),
            tuple(it for it in self.consumers if it.topic in touched),
            self.external,
        )


def text(graph: TopicGraph) -> str:
    """Return a line per topic: who publishes it, and who listens."""
    width = max((len(it) for it in graph.topics), default=0)
    return "\n".join(f"{topic:{width}}  {_outside(graph, topic)}" for topic in graph.topics)


def _outside(graph: TopicGraph, topic: str) -> str:
    publishers, consumers = graph.publishers_of(topic), graph.consumers_of(topic)
    outside = any(map(graph.is_external, (*publishers, *consumers)))
    return f"{_named(publishers, outside)} -> {_named(consumers, outside)}"


def _named(ends: Iterable[End], outside: bool) -> str:
    return ", ".join(_nodes(ends)) or ("(external)" if outside else "-")


def _nodes(ends: Iterable[End]) -> list[str]:
    return sorted({it.node for it in ends})


def dot(graph: TopicGraph) -> str:
    """Return the graph in Graphviz's language: from publishers to topics to consumers."""
    lines = ["digraph topics {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f'  "{topic}" [shape=plain];' for topic in graph.topics]
    lines += [f'  "{one}" -> "{other}";' for one, other in _arrows(graph)]
    return "\n".join([*lines, "}"])


def mermaid(graph: TopicGraph) -> str:
    """Return the graph in Mermaid's language: from publishers to topics to consumers."""
    ids = {topic: f"t_{number}" for number, topic in enumerate(graph.topics, 1)}
    nodes = sorted({it.node for it in (*graph.publishers, *graph.consumers)})
    lines = ["graph LR", *(f"  n_{name}[{name}]" for name in nodes)]
    lines += [f'  {name}(["{topic}"])' for topic, name in ids.items()]
    ids |= {name: f"n_{name}" for name in nodes}
    return "\n".join([*lines, *(f"  {ids[one]} --> {ids[other]}" for one, other in _arrows(graph))])


def as_json(graph: TopicGraph) -> dict[str, Json]:
    """Return every topic with its publishers and consumers."""
    topics: list[Json] = []
    for topic in graph.topics:
        publishers, consumers = graph.publishers_of(topic), graph.consumers_of(topic)
        topics.append(
            {
                "topic": topic,
                "publishers": [*_nodes(publishers)],
                "consumers": [*_nodes(consumers)],
                "external": any(map(graph.is_external, (*publishers, *consumers))),
            }
        )
    return {"topics": topics}


PICTURES: dict[str, Callable[[TopicGraph], str]] = {"text": text, "dot": dot, "mermaid": mermaid}


def _arrows(graph: TopicGraph) -> Sequence[tuple[str, str]]:
    arrows = {(it.node, it.topic) for it in graph.publishers} | {(it.topic, it.node) for it in graph.consumers}
    return sorted(arrows)
