"""omnibuild build: bring out/ in step with the specs."""

from __future__ import annotations

from pathlib import Path

import click

from omnibuild.cli.call import Call
from omnibuild.cli.report import conclude, said
from omnibuild.cli.telling import Telling, telling
from omnibuild.cli.verb import SELECTORS, Verb, mode, profile, selectors


@click.command(
    "build",
    cls=Verb,
    short_help="Bring out/ in step with the specs.",
    help=f"""Bring out/ in step with the specs: all or nothing.

    What changed is assembled, formatted and judged by the gates; what did not is left alone or restored from
    the cache. If anything blocks, every problem is told with its place and out/ stays as it is. A generated
    file that was edited by hand blocks as well.

    {SELECTORS}
    """,
    examples=(
        ("omnibuild build", "every node"),
        ("omnibuild build order_pricer+", "a node and all that need it"),
        ("omnibuild build kind:compute --mode fast", "without types, imports and examples"),
        ("omnibuild build --overwrite", "take edits in out/ away; a copy is kept in the cache"),
        ("omnibuild build --json | jq .problems", "for scripts"),
        ("omnibuild build --profile build.json", "what took how long, for chrome://tracing or ui.perfetto.dev"),
    ),
)
@selectors
@mode
@profile
@click.option("--overwrite", is_flag=True, help="Take edits by hand in out/ away; a copy is kept in the cache folder.")
@telling
@click.pass_obj
def command(
    call: Call,
    selectors: tuple[str, ...],
    mode: str | None,
    form: str | None,
    reports: tuple[tuple[str, Path], ...],
    *,
    profile: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Run a build."""
    wanted = Telling.of(form, reports, as_json=as_json)
    with call.listening(as_json=not wanted.is_text, profile=profile) as listen:
        space = call.workspace(mode=mode, listen=listen)
        with space.alone():
            report = space.build(*selectors, overwrite=overwrite)
            if call.is_plain(selectors):
                space.remember(report, said(call, space))
    conclude(call, space, report, wanted)
