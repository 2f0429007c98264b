"""omnibuild check: whether out/ is in step with the specs."""

from __future__ import annotations

from pathlib import Path

import click

from omnibuild.cli.call import Call
from omnibuild.cli.report import conclude, said
from omnibuild.cli.telling import Telling, telling
from omnibuild.cli.verb import SELECTORS, Verb, mode, profile, selectors


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
        ("omnibuild check --format github", "in a step of GitHub Actions: annotations, and a summary"),
        ("omnibuild check --report sarif=omnibuild.sarif --report junit=junit.xml", "for code scanning, and as tests"),
    ),
)
@selectors
@mode
@profile
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
    as_json: bool,
) -> None:
    """Run a check."""
    wanted = Telling.of(form, reports, as_json=as_json)
    with call.listening(as_json=not wanted.is_text, profile=profile) as listen:
        space = call.workspace(mode=mode, listen=listen)
        with space.alone():
            report = space.check(*selectors)
            if call.is_plain(selectors):
                space.remember(report, said(call, space))
    conclude(call, space, report, wanted)
