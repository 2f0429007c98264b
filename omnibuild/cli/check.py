"""omnibuild check: whether out/ is in step with the specs."""

from __future__ import annotations

from pathlib import Path

import click

from omnibuild.cli.call import Call
from omnibuild.cli.report import conclude, said
from omnibuild.cli.verb import SELECTORS, Verb, as_json, mode, profile, selectors


@click.command(
    "check",
    cls=Verb,
    short_help="Say whether out/ is in step with the specs; change nothing.",
    help=f"""Say whether out/ is in step with the specs, without changing it.

    Ends with 1 and a list when a generated file is stale, edited, missing or stray, and when a build would
    stop at a problem. Made for CI and for hooks.

    {SELECTORS}
    """,
    examples=(
        ("omnibuild check", "in CI: is what is checked in what the specs say?"),
        ("omnibuild check --mode strict", "every warning blocks, but advice"),
        ("omnibuild check tag:orders --json", "some nodes, for scripts"),
    ),
)
@selectors
@mode
@profile
@as_json
@click.pass_obj
def command(call: Call, selectors: tuple[str, ...], mode: str | None, *, profile: Path | None, as_json: bool) -> None:
    """Run a check."""
    with call.listening(as_json=as_json, profile=profile) as listen:
        space = call.workspace(mode=mode, listen=listen)
        with space.alone():
            report = space.check(*selectors)
            if call.is_plain(selectors):
                space.remember(report, said)
    conclude(call, space, report, as_json=as_json)
