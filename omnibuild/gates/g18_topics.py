"""G18: what is consumed is published, and with the same payload; no command has two owners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Enum, Graph, Level, Model, NodeSpec, Problem, Ref, Type
from omnibuild.gates.gate import Gate, GraphSubject, Step
from omnibuild.graph.topics import COMMAND, DEAD_LETTER, End


def check(subject: GraphSubject) -> Iterator[Problem]:
    """Yield a problem for every end of a topic that nothing is at, or something else than is meant."""
    for end in subject.topics.consumers:
        if not end.derived:
            yield from _consumed(end, subject)
    for end in subject.topics.publishers:
        if not end.derived:
            yield from _published(end, subject)


def _consumed(end: End, subject: GraphSubject) -> Iterator[Problem]:
    topics = subject.topics
    if end.topic.startswith(COMMAND):
        owner = next((it for it in topics.consumers_of(end.topic) if it.node < end.node or it.derived), None)
        if owner and owner.node != end.node:
            message = f"the command `{end.topic}` has two owners: `{owner.node}` and `{end.node}`"
            yield _problem(end, message, "each would do the work: send the second one a command of its own")
        return
    publishers = topics.publishers_of(end.topic)
    if not publishers and not topics.is_external(end):
        yield _problem(end, f"no node publishes `{end.topic}`", _unpublished(end, subject))
    for publisher in publishers:
        if difference := _payloads(publisher, end, subject.graph):
            hint = f"take `{_ref(publisher.payloads[0])}` as the input"
            yield _problem(end, _mismatch(publisher, end, difference), hint)
            return


def _unpublished(end: End, subject: GraphSubject) -> str:
    nodes = [name for name, spec in subject.graph.specs.items() if isinstance(spec, NodeSpec) and name != end.node]
    known = [it.topic for it in subject.topics.publishers if it.node != end.node]
    near = _near(end.topic, known) if "." in end.topic else nearest(end.topic, nodes)
    return f"did you mean `{near}`?" if near else "if it comes from outside, list it under `external`, too"


def _published(end: End, subject: GraphSubject) -> Iterator[Problem]:
    topics = subject.topics
    consumers = topics.consumers_of(end.topic)
    for consumer in consumers:
        # Of those that say what they consume, the problem is told where they say so.
        if consumer.derived and (difference := _payloads(end, consumer, subject.graph)):
            hint = f"send it a `{_ref(consumer.payloads[0])}`"
            yield _problem(end, _mismatch(end, consumer, difference), hint)
    if end.topic.startswith(DEAD_LETTER) or topics.is_external(end) or consumers:
        return
    near = _near(end.topic, [it.topic for it in topics.consumers if not topics.publishers_of(it.topic)])
    hint = f"did you mean `{near}`?" if near else "if it is for others outside, list it under `external`, too"
    yield _problem(end, f"no node consumes `{end.topic}`", hint)


def _mismatch(publisher: End, consumer: End, difference: str) -> str:
    message = f"`{publisher.node}` publishes `{publisher.topic}` with another payload than `{consumer.node}` takes"
    return f"{message}: {difference}"


def _near(topic: str, known: Iterable[str]) -> str | None:
    """Return the topic that may be meant: all begin and end alike, so what is between counts."""
    by_event = {".".join(it.split(".")[2:-1]): it for it in known}
    near = nearest(".".join(topic.split(".")[2:-1]), by_event)
    return by_event[near] if near else None


# -------------------------------------------------------------------------------------- payloads


def _payloads(publisher: End, consumer: End, graph: Graph) -> str:
    """Return how what is published differs from everything that is taken, nothing if it does not."""
    differences: list[str] = []
    for sent in publisher.payloads:
        for taken in consumer.payloads:
            difference = _difference(sent, taken, graph, frozenset())
            if not difference:
                return ""
            differences.append(difference)
    return differences[0] if differences else ""


def _difference(sent: Ref, taken: Ref, graph: Graph, seen: frozenset[tuple[Ref, Ref]]) -> str:
    """Return how one model differs from another, whatever the two are called."""
    one, other = graph.lookup(sent), graph.lookup(taken)
    if one is None or other is None or one.ref == other.ref or (one.ref, other.ref) in seen:
        return ""
    if isinstance(one, Enum) and isinstance(other, Enum):
        same = dict(one.members).keys() <= dict(other.members).keys()
        return "" if same else f"`{_ref(one.ref)}` has members that `{_ref(other.ref)}` has not"
    if not (isinstance(one, Model) and isinstance(other, Model)):
        return f"`{_ref(one.ref)}` is not `{_ref(other.ref)}`"
    if one.source or other.source:  # the fields of existing classes are not known
        return ""
    return _fields(one, other, graph, seen | {(one.ref, other.ref)})


def _fields(sent: Model, taken: Model, graph: Graph, seen: frozenset[tuple[Ref, Ref]]) -> str:
    for field in sent.fields:
        wanted = taken.field(field.name)
        if wanted is None:
            return f"`{field.name}` is not taken"
        if not _same(field.type, wanted.type, graph, seen):
            return f"`{field.name}` is {field.type}, not {wanted.type}"
    missing = next((it.name for it in taken.fields if it.required and not sent.field(it.name)), None)
    return f"`{missing}` is missing" if missing else ""


def _same(sent: Type, taken: Type, graph: Graph, seen: frozenset[tuple[Ref, Ref]]) -> bool:
    """Return whether every value of one type is one of the other, as JSON."""
    if taken.head == "Json" or sent == taken:
        return True
    if "|" in (sent.head, taken.head):
        arms = sent.args if sent.head == "|" else (sent,)
        wanted = taken.args if taken.head == "|" else (taken,)
        return all(any(_same(it, other, graph, seen) for other in wanted) for it in arms)
    if sent.ref and taken.ref:
        return not _difference(sent.ref, taken.ref, graph, seen)
    return (
        (sent.head, len(sent.args), sent.values) == (taken.head, len(taken.args), taken.values)
        and not sent.ref
        and not taken.ref
        and all(_same(it, other, graph, seen) for it, other in zip(sent.args, taken.args, strict=True))
    )


def _ref(ref: Ref) -> str:
    return f"{ref.document}.{ref.name}"


def _problem(end: End, message: str, hint: str) -> Problem:
    return Problem(GATE.code, message, end.at, hint, end.node)


GATE = Gate(
    code="G18",
    name="topics",
    what="Every topic that `events:` names is published and consumed, or is external; both ends agree on the "
    "payload; no command has two owners.",
    why="Nothing else notices a node that is wired to nothing: it starts, waits, and is never called.",
    example="events: {consumes: [onex.evt.sales.order-piad.v1]}   # nothing publishes it",
    step=Step.GRAPH,
    level=Level.WARN,
    check=check,
)
