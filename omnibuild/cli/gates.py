"""omnibuild gates: the checks, and what each is for."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console
from omnibuild.cli.verb import Verb, as_json, mode
from omnibuild.core.nearest import nearest
from omnibuild.core.values import Json, Level, Mode, Settings
from omnibuild.workspace import Workspace

if TYPE_CHECKING:
    from omnibuild.gates import AnyGate


@click.command(
    "gates",
    cls=Verb,
    short_help="List the gates: what each checks, and at what level.",
    help="""List the gates: code, name, level, step, and what must hold.

    A gate that blocks stops the build, one that warns is told, one that is off is not looked at. The level
    is the effective one: the gate's own, changed by the mode, changed by [gates] in omnibuild.toml. With
    a CODE, say why the gate is there and show an example of what it stops.
    """,
    examples=(
        ("omnibuild gates", "all of them"),
        ("omnibuild gates G11", "one of them, in full"),
        ("omnibuild gates --mode strict", "at the levels of that mode"),
    ),
)
@click.argument("code", required=False)
@mode
@as_json
@click.pass_obj
def command(call: Call, code: str | None, mode: str | None, as_json: bool) -> None:
    """Print the gates, or one of them."""
    from omnibuild.gates import ALL, levels

    effective = levels(_settings(call, mode))
    chosen = [it for it in ALL if code is None or it.code == code.upper()]
    if not chosen:
        near = nearest(str(code).upper(), [it.code for it in ALL])
        hint = f"did you mean {near}?" if near else "`omnibuild gates` lists them"
        raise click.UsageError(f"there is no gate {code}: {hint}")
    if as_json:
        gates: list[Json] = [_json(it, effective[it.code]) for it in chosen]
        show_json({"gates": gates})
    elif code:
        _tell(call.console(), chosen[0], effective[chosen[0].code])
    else:
        _list(call.console(), chosen, effective)


def _settings(call: Call, mode: str | None) -> Settings:
    """Return the workspace's settings; outside of one, those that a new one has."""
    if Workspace.find(call.folder) or call.environment:
        return call.workspace(mode=mode).settings
    default = Settings("")
    return replace(default, mode=Mode(mode)) if mode else default


def _list(console: Console, chosen: list[AnyGate], effective: Mapping[str, Level]) -> None:
    console.table([(it.code, it.name, effective[it.code].value, it.step.value, it.what) for it in chosen])


def _tell(console: Console, gate: AnyGate, level: Level) -> None:
    fixed = ", and cannot be set to another level" if gate.fixed else ", also in strict" if gate.advice else ""
    console.say(f"{gate.code} {gate.name}: {_SAYS[level]}{fixed}; looks at the {_AT[gate.step.value]}")
    for title, text in (("What", gate.what), ("Why", gate.why)):
        console.say(textwrap.fill(f"{title}: {text}", 100, subsequent_indent="  "))
    console.say("Example of what it stops:")
    console.say(textwrap.indent(gate.example, "  "))


_SAYS = {Level.BLOCK: "blocks", Level.WARN: "warns", Level.OFF: "is off"}
_AT = {
    "document": "document as it is written",
    "workspace": "workspace",
    "graph": "graph: all nodes together",
    "draft": "draft, before anything is written",
    "compile": "compiled code",
}


def _json(gate: AnyGate, level: Level) -> dict[str, Json]:
    return {
        "code": gate.code,
        "name": gate.name,
        "level": level.value,
        "fixed": gate.fixed,
        "advice": gate.advice,
        "step": gate.step.value,
        "what": gate.what,
        "why": gate.why,
        "example": gate.example,
    }
