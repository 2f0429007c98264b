"""omnibuild why: how one node depends on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console
from omnibuild.cli.selector import NodeType
from omnibuild.cli.verb import Verb, as_json
from omnibuild.core.values import Json, Place

if TYPE_CHECKING:
    from omnibuild.graph.dependency import Reason, Step
    from omnibuild.survey import Survey


@click.command(
    "why",
    cls=Verb,
    short_help="Say how one node depends on another.",
    help="""Say how NODE depends on OTHER: the shortest way from the one to the other, or that there is none.

    Each step has its reasons and where the spec says so: models (a field or an input has a type of the other),
    calls (a step calls it, or undoes by it), uses (the spec says so), body (the body runs its code), and topics
    (it listens to what the other publishes).
    """,
    examples=(
        ("omnibuild why checkout money", "through whom, and where it is written"),
        ("omnibuild why money checkout", "that it does not, and whether it is the other way round"),
        ("omnibuild why checkout money --json | jq -r '.way[].to'", "for scripts"),
    ),
)
@click.argument("node", type=NodeType())
@click.argument("other", type=NodeType())
@as_json
@click.pass_obj
def command(call: Call, node: str, other: str, as_json: bool) -> None:
    """Print how a node depends on another."""
    from omnibuild.graph.dependency import way
    from omnibuild.onex.topology import topic_graph
    from omnibuild.survey import no_node
    from omnibuild.workspace import NodeError

    space = call.workspace()
    found = space.survey()
    for it in (node, other):
        if it not in found.graph.specs:
            raise NodeError(no_node(it, found.graph.order, found.failed | found.skipped))
    topics = topic_graph(found.graph)
    steps = way(found.graph, topics, node, other)
    back = way(found.graph, topics, other, node) if steps is None else None
    if as_json:
        show_json(_json(node, other, steps, found))
    else:
        console = call.console(space.root)
        console.say(_said(node, other, steps))
        if back:
            console.say(f"  it is the other way round: `omnibuild why {other} {node}` shows how")
        _tell(console, steps or (), found)


def _said(node: str, other: str, steps: Sequence[Step] | None) -> str:
    if steps is None:
        return f"{node} does not depend on {other}"
    through = f", through {', '.join(it.other for it in steps[:-1])}" if len(steps) > 1 else ""
    return f"{node} depends on {other}{through}" if steps else f"{node} is {other}"


def _tell(console: Console, steps: Sequence[Step], found: Survey) -> None:
    rows = []
    for step in steps:
        for number, reason in enumerate(step.reasons):
            why = f"{reason.why} {reason.topic}".rstrip()
            rows.append((f"  {step.node} -> {step.other}" if number == 0 else "", why, str(_place(reason, found))))
    console.table(rows)


def _json(node: str, other: str, steps: Sequence[Step] | None, found: Survey) -> dict[str, Json]:
    way: list[Json] = [
        {"from": it.node, "to": it.other, "reasons": [_reason(reason, found) for reason in it.reasons]}
        for it in steps or ()
    ]
    return {"node": node, "other": other, "depends": steps is not None, "way": way}


def _reason(reason: Reason, found: Survey) -> Json:
    at = _place(reason, found)
    place: dict[str, Json] = {"file": at.file, "line": at.line, "column": at.column}
    return {"why": reason.why, "topic": reason.topic or None, **place}


def _place(reason: Reason, found: Survey) -> Place:
    return reason.at if isinstance(reason.at, Place) else found.locate(reason.at)
