"""omnibuild explain: why a node is or is not rebuilt."""

from __future__ import annotations

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console, harmless
from omnibuild.cli.selector import NodeType
from omnibuild.cli.verb import Verb, as_json
from omnibuild.core.values import Json
from omnibuild.workspace import Explanation

_SHORT = 12
"""How many digits of a digest tell it from any other."""


@click.command(
    "explain",
    cls=Verb,
    short_help="Say why a node is or is not rebuilt.",
    help="""Say why a node is or is not rebuilt.

    Prints the manifest: the pairs of label and digest that decide. Where one is not what it was in the last
    build, both digests are shown; where it is the interface of another node, so is the way to the node whose
    change is behind it.
    """,
    examples=(
        ("omnibuild explain order_pricer", "what decides about this node"),
        ("omnibuild explain order_pricer --json", "with whole digests"),
    ),
)
@click.argument("node", type=NodeType())
@as_json
@click.pass_obj
def command(call: Call, node: str, as_json: bool) -> None:
    """Print a node's manifest and what changed in it."""
    space = call.workspace()
    found = space.explain(node)
    if as_json:
        show_json(_json(found))
    else:
        _tell(call.console(space.root), found)


def _tell(console: Console, found: Explanation) -> None:
    decision = found.decision
    console.say(f"{decision.node}: {decision.status.value}")
    for line in decision.because:
        console.say(f"  {harmless(line)}")
    for chain in found.chains:
        console.say(f"  by way of {' <- '.join(chain)}")
    if decision.before is None:
        console.say("  there is no earlier build to compare with")
    console.say()
    console.say("manifest")
    differences = {it.label: it for it in found.differences}
    rows = []
    for label, value in decision.manifest.entries:
        changed = differences.pop(label, None)
        before = "" if changed is None else f"was {changed.before[:_SHORT]}" if changed.before else "new"
        rows.append((f"{'*' if changed else ' '} {harmless(label)}", value[:_SHORT], before))
    rows += [(f"* {harmless(it.label)}", "gone", f"was {it.before[:_SHORT]}") for it in differences.values()]
    console.table(rows)
    console.say(f"  key {decision.manifest.key[:_SHORT]}")


def _json(found: Explanation) -> dict[str, Json]:
    decision = found.decision
    because: list[Json] = list(decision.because)
    chains: list[Json] = [list(chain) for chain in found.chains]
    return {
        "node": decision.node,
        "outcome": decision.status.value,
        "because": because,
        "key": decision.manifest.key,
        "manifest": [{"label": label, "digest": value} for label, value in decision.manifest.entries],
        "differences": [
            {"label": it.label, "before": it.before or None, "now": it.now or None} for it in found.differences
        ],
        "chains": chains,
    }
