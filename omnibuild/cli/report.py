"""How a build and a check end: the problems, the sentence, the exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import click

from omnibuild.cli import FINE, PROBLEMS, USAGE
from omnibuild.cli.answer import dumped, report_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import counted, harmless, summary
from omnibuild.cli.progress import outcome_line
from omnibuild.cli.telling import Telling
from omnibuild.core.values import Level, Outcome, Problem, Report, Status
from omnibuild.workspace import Workspace

_NAMED = 5
"""How many nodes are named that were skipped for the same reason."""


def conclude(call: Call, space: Workspace, report: Report, telling: Telling) -> None:
    """Tell how a build or a check ended, and end with its exit code."""
    context = click.get_current_context()
    of_all, whole = not context.params.get("selectors"), not telling.is_text
    verb = context.info_name or ""
    telling.report(verb, space, report, lambda: tell(call, space, report, of_all=of_all, whole=whole))
    context.exit(exit_code(report.problems))


def said(call: Call, space: Workspace) -> Callable[[Report], tuple[tuple[str, str], str]]:
    """Return what says a report: as text, plain and in colours, and as JSON."""

    def of(report: Report) -> tuple[tuple[str, str], str]:
        problems = call.console(space.root).problem_lines(report.problems)
        lines = [*problems, summary(report.outcomes.values(), report.problems)]
        colored = "".join(f"{it}\n" for it in lines)
        return (click.unstyle(colored), colored), f"{dumped(report_json(report))}\n"

    return of


def exit_code(problems: Iterable[Problem]) -> int:
    """Return the exit code that problems lead to; a selector that selects nothing is a mistake of use."""
    blocking = {it.code for it in problems if it.level is Level.BLOCK}
    if "selector" in blocking:
        return USAGE
    return PROBLEMS if blocking else FINE


def tell(call: Call, space: Workspace, report: Report, *, of_all: bool, whole: bool = False) -> None:
    """Print a report as text; `of_all`: no selectors were given; `whole`: nothing of it was told before."""
    console = call.console(space.root)
    for outcome in report.outcomes.values() if whole else ():
        if line := outcome_line(outcome):
            console.say(line)
    for line in skipped(report.outcomes.values()):
        console.say(line)
    console.problems(report.problems)
    changes = [
        f"{counted(len(files), 'file')} {word}"
        for files, word in ((report.written, "written"), (report.removed, "removed"))
        if files
    ]
    if changes:
        console.say(f"{space.settings.out}/: {', '.join(changes)}")
    console.say(summary(report.outcomes.values(), report.problems))
    if of_all and not report.outcomes and not report.problems:
        console.say(f"there are no specs in {space.settings.specs}/ yet: `omnibuild new compute NAME` writes one")


def skipped(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield a line for every reason for which nodes were skipped, with the first of them."""
    nodes: dict[str, list[str]] = {}
    for it in outcomes:
        if it.status is Status.SKIPPED:
            nodes.setdefault(it.because[-1] if it.because else "", []).append(it.node)
    for why, names in nodes.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield harmless(f"{Status.SKIPPED.value:8}  {', '.join(names[:_NAMED])}{more}{f'  ({why})' if why else ''}")
