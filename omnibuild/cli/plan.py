"""omnibuild plan: what a build would do."""

from __future__ import annotations

import click

from omnibuild.cli.answer import report_json, show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import harmless, summary
from omnibuild.cli.report import exit_code
from omnibuild.cli.verb import SELECTORS, Verb, as_json, mode, selectors
from omnibuild.core.values import Level, Outcome, Place, Problem, Report, Status
from omnibuild.workspace import Plan


@click.command(
    "plan",
    cls=Verb,
    short_help="Say what a build would do, and why.",
    help=f"""Say what a build would do about each node, and why, without assembling anything.

    The answer comes from the same manifests that decide in a build. What the gates would say of a node that
    is to be built is not known yet: `omnibuild check` tells that.

    {SELECTORS}
    """,
    examples=(
        ("omnibuild plan", "every node"),
        ("omnibuild plan money+", "what a change of money leads to"),
        ("omnibuild plan --json", "for scripts"),
    ),
)
@selectors
@mode
@as_json
@click.pass_obj
def command(call: Call, selectors: tuple[str, ...], mode: str | None, as_json: bool) -> None:
    """Print what a build would do."""
    space = call.workspace(mode=mode)
    plan = space.plan(*selectors)
    outcomes = _outcomes(plan)
    nodes = {name: it for name, it in outcomes.items() if name != _around()}
    if as_json:
        show_json(report_json(Report(nodes, plan.problems)))
    else:
        console = call.console(space.root)
        console.problems(sorted(plan.problems, key=by_place))
        console.table([(_shown(it.node), it.status.value, harmless("; ".join(it.because))) for it in outcomes.values()])
        console.say(summary(nodes.values(), plan.problems))
    click.get_current_context().exit(exit_code(plan.problems))


def by_place(problem: Problem) -> tuple[str, int, int]:
    """Return what problems are sorted by; those without a place come first."""
    at = problem.at if isinstance(problem.at, Place) else Place("", 0, 0)
    return at.file, at.line, at.column


def _outcomes(plan: Plan) -> dict[str, Outcome]:
    outcomes = {}
    for name, it in sorted(plan.decisions.items()):
        outcomes[name] = Outcome(name, it.status, it.because, len(it.trace.files) if it.trace else 0)
    for name in sorted(plan.failed):
        mine = [it.message for it in plan.problems if it.node == name and it.level is Level.BLOCK]
        outcomes[name] = Outcome(name, Status.FAILED, tuple(mine[:1]))
    for name in sorted(plan.skipped):
        outcomes[name] = Outcome(name, Status.SKIPPED, ("it needs a node that has problems",))
    return outcomes


def _around() -> str:
    """Return the name under which the files around the nodes are decided about."""
    from omnibuild.onex.assembly import PACKAGE

    return PACKAGE


def _shown(name: str) -> str:
    return "(around the nodes)" if name == _around() else name
