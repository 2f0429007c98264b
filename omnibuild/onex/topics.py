"""The topics of a node: `onex.{cmd|evt}.<producer>.<event>.v<major>`."""

from __future__ import annotations

from dataclasses import dataclass

from omnibuild.core.values import Graph, NodeSpec
from omnibuild.onex.connectors import published_topics
from omnibuild.onex.names import kebab


@dataclass(frozen=True, slots=True)
class Topics:
    """What a node subscribes to and publishes; the first of each is its own."""

    requested: str
    completed: str
    failed: str
    subscribed: tuple[str, ...]
    published: tuple[str, ...]


def topics(spec: NodeSpec, graph: Graph) -> Topics:
    """Return a node's topics: the derived ones, those of `events:` with names of nodes resolved, and of operations.

    An adopted node has those that its contract names, and no others.
    """
    if spec.adopted:
        return Topics("", _terminal(spec), "", spec.events.consumes, spec.events.publishes)
    requested, completed, failed = (
        _topic(spec, "cmd", "requested"),
        _topic(spec, "evt", "completed"),
        _topic(spec, "evt", "failed"),
    )
    wanted = (*spec.events.consumes, *(name for it in spec.handlers for name in it.consumes))
    consumed = tuple(consumed_topic(name, graph) for name in wanted)
    return Topics(
        requested,
        completed,
        failed,
        tuple(dict.fromkeys((requested, *consumed))),
        tuple(dict.fromkeys((completed, failed, *spec.events.publishes, *published_topics(spec)))),
    )


def consumed_topic(name: str, graph: Graph) -> str:
    """Return the topic that an entry of `consumes` means: itself, or the completed event of a node."""
    other = graph.specs.get(name)
    if not isinstance(other, NodeSpec):
        return name
    return (_terminal(other) or name) if other.adopted else _topic(other, "evt", "completed")


def _terminal(spec: NodeSpec) -> str:
    """Return the topic that an adopted node's contract ends in, nothing if it names none."""
    terminal = spec.adopted.sections.get("terminal") if spec.adopted else None
    return terminal if isinstance(terminal, str) else ""


def _topic(spec: NodeSpec, category: str, event: str) -> str:
    major = spec.version.partition(".")[0]
    return f"onex.{category}.{kebab(spec.domain)}.{kebab(spec.name)}-{event}.v{major}"
