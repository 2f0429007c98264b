"""publish: an event on the bus that the runtime hands to the handler."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from pydantic import Field, JsonValue

from omnibuild.assemble.tree import Line, quoted
from omnibuild.core.nearest import nearest
from omnibuild.core.values import Json, Pointer, Problem
from omnibuild.onex.connectors.connector import Action, Code, Connector, Fixture, Parameters, Resource
from omnibuild.onex.connectors.reading import Reading
from omnibuild.onex.effect.scene import Scene
from omnibuild.spec.written_fields import Written

_TOPIC = re.compile(r"onex\.(cmd|evt|dlq|intent|snapshot)(\.[a-z0-9]+(-[a-z0-9]+)*){2}\.v\d+")
_HINT = "write `onex.evt.<producer>.<event>.v<N>`, with words-in-kebab-case"


class PublishParameters(Parameters):
    """A topic, and what is published on it."""

    topic: str = Field(description="The topic: onex.evt.sales.order-stored.v1.")
    payload: JsonValue = Field(description="What is published, as an expression that gives a model.")
    key: JsonValue = Field(default=None, description="What keeps events in order, as an expression that gives a text.")


def _topic(written: str) -> str:
    """Return a topic; as an expression would need them, it may have quotes."""
    return written.strip().strip("'\"")


def _topics(parameters: Json) -> tuple[str, ...]:
    written = parameters.get("topic") if isinstance(parameters, dict) else None
    return (_topic(written),) if isinstance(written, str) else ()


def _read(reading: Reading, given: PublishParameters) -> Action | None:
    topic = _topic(given.topic)
    if not _TOPIC.fullmatch(topic):
        reading.problem(f"the topic `{topic}` is not named as ONEX names topics", reading.at.to("topic"), _HINT)
    payload = reading.value(given.payload, ["payload"])
    if payload and not reading.is_model(payload.type):
        reading.problem(f"a payload is a model, not {payload.type}", reading.at.to("payload"), "write Model(field=…)")
    key = reading.text(given.key, ["key"]) if "key" in given.model_fields_set else None
    if payload is None or reading.problems:
        return None
    bus = Resource("event_bus", "publish", reading.support("events", "EventBus"))

    def value(code: Code) -> ast.expr:
        arguments = [code.resource(bus), ast.Constant(topic), payload.tree]
        keywords = [ast.keyword("key", key.tree)] if key else []
        return ast.Await(ast.Call(reading.support("events", "publish"), arguments, keywords))

    return Action(value, resources=(bus,))


# -------------------------------------------------------------------------------------- examples


class Then(Written):
    """The bus after."""

    publish: dict[str, list[JsonValue]] = Field(description="All payloads in their order, by the topic.")


def _check(then: Json, at: Pointer, topics: Iterable[str]) -> Iterator[Problem]:
    known = list(topics)
    for topic in then if isinstance(then, dict) else ():
        if topic not in known:
            near = nearest(topic, known)
            hint = f"did you mean `{near}`?" if near else "an operation `publish` with this topic is missing"
            yield Problem("example", f"the node does not publish `{topic}`", at.to(topic, key=True), hint)


def _write(scene: Scene, given: None, then: Then | None) -> None:
    del given
    asyncio = scene.imports.module("asyncio")
    bus = scene.imports.name("omnibase_core.event_bus.event_bus_inmemory", "EventBusInmemory")
    scene.before(Line(f"event_bus = {bus}()"))
    scene.before(Line(f"{asyncio}.run(event_bus.start())"))
    scene.argument("event_bus", bus)
    for topic, payloads in then.publish.items() if then else ():
        history = scene.local("published")
        scene.after(Line(f"{history} = {asyncio}.run(event_bus.get_event_history(topic={quoted(topic)}))"))
        loads = f"{scene.imports.module('json')}.loads"
        scene.after(Line(f"assert [{loads}(it.value) for it in {history}] == {scene.literal([*payloads])}"))


CONNECTOR = Connector(
    name="publish",
    parameters=PublishParameters,
    read=_read,
    support=frozenset({"events"}),
    fixture=Fixture("publish", _write, Then, named="topic", always=True, check=_check),
    topics=_topics,
)
