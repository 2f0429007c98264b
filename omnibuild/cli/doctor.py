"""omnibuild doctor: what is wrong with the set-up, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from omnibuild.cli import FINE, PROBLEMS
from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console, harmless
from omnibuild.cli.verb import Verb, as_json
from omnibuild.core.values import Json
from omnibuild.workspace import FILE, ConfigurationError

if TYPE_CHECKING:
    from omnibuild.adapters.health import Check

_COLORS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command(
    "doctor",
    cls=Verb,
    short_help="Look for mistakes in the set-up, and say how to mend each.",
    help="""Look for mistakes in the set-up: Python, packages, tools, settings, variables, folders, the disk and its
    clock, git and its hook, templates, names, the remote cache.

    Each check says ok, warn or fail, and how to mend what is not ok. Ends with 1 if one fails.
    """,
    examples=(
        ("omnibuild doctor", "in a workspace, or before there is one"),
        ("omnibuild doctor --json", "for a bug report"),
    ),
)
@as_json
@click.pass_obj
def command(call: Call, as_json: bool) -> None:
    """Print how each check came out."""
    checks = list(_checks(call))
    healths = [it.health.value for it in checks]
    if as_json:
        found: list[Json] = [
            {"check": it.name, "status": it.health.value, "found": it.found, "mend": it.mend} for it in checks
        ]
        show_json({"status": "failed" if "fail" in healths else "ok", "checks": found})
    else:
        _tell(call.console(), checks)
    click.get_current_context().exit(PROBLEMS if "fail" in healths else FINE)


def _checks(call: Call) -> Iterator[Check]:
    from omnibuild.adapters.health import Check, Health, check_installation
    from omnibuild.adapters.health_workspace import check_workspace

    yield from check_installation()
    try:
        space = call.workspace()
    except ConfigurationError as error:
        for problem in error.problems:
            yield Check(FILE, Health.FAIL, problem.message, problem.hint)
        return
    yield Check(FILE, Health.OK, str(space.root / FILE))
    yield from check_workspace(space.root, space.settings, space.notices)


def _tell(console: Console, checks: list[Check]) -> None:
    longest = max(len(it.name) for it in checks)
    for it in checks:
        word = click.style(f"{it.health.value:4}", fg=_COLORS[it.health.value])
        console.say(f"{word}  {it.name:{longest}}  {harmless(it.found)}".rstrip())
        if it.mend:
            console.say(f"      {' ' * longest}  mend: {harmless(it.mend)}")
    healths = [it.health.value for it in checks]
    told = ", ".join(f"{healths.count(it)} {it}" for it in _COLORS if it in healths)
    console.say(f"{len(checks)} checks: {told}")
