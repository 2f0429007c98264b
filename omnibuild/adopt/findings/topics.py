"""Topics that break the grammar, that nobody publishes or consumes, and commands with two owners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from omnibuild.adopt.contract_values import mapping, strings
from omnibuild.adopt.findings.subject import Subject
from omnibuild.core.nearest import nearest
from omnibuild.core.values import Json, Problem

_TOPIC = re.compile(r"onex\.(cmd|evt|dlq|intent|snapshot)(\.[a-z0-9]+(-[a-z0-9]+)*){2}\.v\d+")
_LISTS = ("subscribe_topics", "publish_topics", "dlq_topics")


def check(subjects: Sequence[Subject]) -> Iterator[Problem]:
    """Yield what is wrong with the topics of all contracts together."""
    traffic = _Traffic.of(subjects)
    for subject in subjects:
        yield from _grammar(subject)
        yield from _consumed(subject, traffic)
        yield from _published(subject, traffic)
        yield from _terminal(subject)


@dataclass(frozen=True, slots=True)
class _Traffic:
    """Who publishes and who consumes each topic; the producers are those of all published topics."""

    publishers: dict[str, set[str]] = field(default_factory=dict)
    consumers: dict[str, set[str]] = field(default_factory=dict)
    producers: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, subjects: Sequence[Subject]) -> _Traffic:
        found = cls()
        for subject in subjects:
            bus = subject.section("event_bus")
            for topic in strings(bus.get("subscribe_topics")):
                found.consumers.setdefault(topic, set()).add(subject.node)
            events = subject.original.data.get("published_events")
            announced = [mapping(it).get("topic") for it in events] if isinstance(events, list) else []
            sent = [*strings(bus.get("publish_topics")), *announced, subject.original.data.get("terminal_event")]
            for topic in (it for it in sent if isinstance(it, str)):
                found.publishers.setdefault(topic, set()).add(subject.node)
                found.producers.add(_producer(topic))
        return found

    def near(self, topic: str, others: Iterable[str]) -> str | None:
        """Return the topic that may be meant: of the same producer, and called nearly so."""
        events = {_event(it): it for it in others if _kind(it) == _kind(topic) and it != topic}
        meant = nearest(_event(topic), events)
        return events[meant] if meant else None


def _kind(topic: str) -> tuple[str, ...]:
    """Return the category and the producer of a topic."""
    return tuple(topic.split(".")[1:3])


def _event(topic: str) -> str:
    return ".".join(topic.split(".")[3:])


def _producer(topic: str) -> str:
    parts = topic.split(".")
    return parts[2] if len(parts) == _PARTS else ""


_PARTS = 5


def _grammar(subject: Subject) -> Iterator[Problem]:
    bus = subject.section("event_bus")
    for key in _LISTS:
        for position, topic in enumerate(strings(bus.get(key))):
            if not _TOPIC.fullmatch(topic):
                hint = "write onex.{cmd|evt|dlq|intent|snapshot}.<producer>.<event>.v<N>, with words-in-kebab-case"
                message = f"the topic `{topic}` is not named as ONEX names topics"
                yield subject.warning("topic-name", message, hint, "event_bus", key, position)


def _consumed(subject: Subject, traffic: _Traffic) -> Iterator[Problem]:
    for position, topic in enumerate(strings(subject.section("event_bus").get("subscribe_topics"))):
        path = ("event_bus", "subscribe_topics", position)
        owners = traffic.consumers[topic]
        if topic.startswith("onex.cmd."):
            if len(owners) > 1 and subject.node == max(owners):
                listed = ", ".join(f"`{it}`" for it in sorted(owners))
                hint = "each does the work: send every one a command of its own"
                yield subject.warning(
                    "command-owners", f"the command `{topic}` has {len(owners)} owners: {listed}", hint, *path
                )
        elif topic not in traffic.publishers and _producer(topic) in traffic.producers:
            near = traffic.near(topic, [it for it in traffic.publishers if it not in traffic.consumers])
            hint = f"did you mean `{near}`?" if near else "remove it, or name who publishes it"
            yield subject.warning("topic-unpublished", f"no node publishes `{topic}`", hint, *path)


def _published(subject: Subject, traffic: _Traffic) -> Iterator[Problem]:
    data = subject.original.data
    sinks: set[Json] = {*strings(data.get("externally_consumed_topics"))}
    for position, topic in enumerate(strings(subject.section("event_bus").get("publish_topics"))):
        if topic in traffic.consumers or topic in sinks or topic.startswith("onex.dlq."):
            continue
        near = traffic.near(topic, [it for it in traffic.consumers if it not in traffic.publishers])
        hint = f"did you mean `{near}`?" if near else "if it is for others, list it under `externally_consumed_topics`"
        path = ("event_bus", "publish_topics", position)
        yield subject.warning("topic-unconsumed", f"no node consumes `{topic}`", hint, *path)


def _terminal(subject: Subject) -> Iterator[Problem]:
    terminal, published = (
        subject.original.data.get("terminal_event"),
        subject.section("event_bus").get("publish_topics"),
    )
    if isinstance(terminal, str) and isinstance(published, list) and terminal not in published:
        hint = "the runtime makes it up; nobody who listens to the bus gets it"
        yield subject.warning(
            "terminal-event", f"`{terminal}` is not among the topics that it publishes", hint, "terminal_event"
        )
