"""omnibuild adopt: specs of nodes that are there already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from omnibuild.cli import FINE, PROBLEMS
from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import counted, harmless
from omnibuild.cli.verb import Verb, as_json
from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Json, Level, Problem

if TYPE_CHECKING:
    from omnibuild.adopt.adoption import Adoption
    from omnibuild.adopting import Adopted, Shared
    from omnibuild.cli.console import Console


@click.command(
    "adopt",
    cls=Verb,
    short_help="Make specs of ONEX nodes that are there already.",
    help="""Make a spec of every ONEX node that is found, without running its code.

    PATH is a node's folder, a package's folder, or the name of an installed distribution. What a contract says becomes
    the spec language, as far as that can say it; the rest stays, verbatim, under `contract:`. Models become fields.
    Handlers and other Python stay where they are, and the contract that `omnibuild build` makes still leads to them.
    From then on the spec is the truth: `omnibuild check` finds what drifts away from it.

    Nothing that is there is changed: a spec is written only where no file is yet. In a folder without omnibuild.toml,
    one is made, for the package of --package.
    """,
    examples=(
        ("omnibuild adopt src/acme/nodes/node_pricer_compute", "one node"),
        ("omnibuild adopt src/acme --dry-run", "see what would become of a package, and write nothing"),
        ("omnibuild adopt omnimarket --report", "look for contracts that do not keep to their code"),
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--package", metavar="NAME", help="The import package to generate, where there is no workspace yet.")
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@click.option("--report", is_flag=True, help="Write nothing; print what is wrong with the nodes, and a table.")
@as_json
@click.pass_obj
def command(
    call: Call, paths: tuple[str, ...], *, package: str | None, dry_run: bool, report: bool, as_json: bool
) -> None:
    """Adopt nodes."""
    from omnibuild.adopting import adopt
    from omnibuild.cli.progress import counting

    if report:
        _report(call, paths, as_json=as_json)
    with counting("adopt") as progress:
        adopted = adopt(call.folder, paths, package=package, write=not dry_run, progress=progress)
    if as_json:
        problems: list[Json] = [problem_json(it) for it in adopted.problems]
        nodes: list[Json] = [_json(adopted, it) for it in adopted.nodes]
        show_json({"adopted": nodes, "shared": [_shared(adopted, it) for it in adopted.shared], "problems": problems})
    else:
        _tell(call.console(adopted.root), adopted, written=not dry_run)
    _exit(adopted.problems)


def _report(call: Call, paths: tuple[str, ...], *, as_json: bool) -> None:
    """Print what is wrong with the nodes, then how much of it there is in each package, and end."""
    from omnibuild.adopting import report
    from omnibuild.cli.progress import counting

    with counting("look") as progress:
        reported = report(call.folder, paths, progress=progress)
    problems = (*reported.problems, *reported.findings)
    table = reported.table()
    if as_json:
        counted_: dict[str, Json] = {package: dict(it) for package, it in table.items()}
        show_json({"report": counted_, "problems": [problem_json(it) for it in problems]})
    else:
        console = call.console(reported.root)
        console.problems(problems)
        codes = sorted({code for it in table.values() for code in it} - {"nodes"})
        rows = [("finding", *table)] + [(code, *(str(it[code]) for it in table.values())) for code in ("nodes", *codes)]
        console.table(rows)
    _exit(reported.problems)


def _exit(problems: Iterable[Problem]) -> None:
    blocked = any(it.level is Level.BLOCK for it in problems)
    click.get_current_context().exit(PROBLEMS if blocked else FINE)


def _json(adopted: Adopted, node: Adoption) -> Json:
    python: list[Json] = [*node.python]
    notes: list[Json] = [*node.notes]
    return {
        "source": node.original.file,
        "node": node.name,
        "spec": adopted.spec_file(node),
        "output": adopted.output(node),
        "keys": {"language": node.told.language, "verbatim": node.told.verbatim},
        "python": python,
        "notes": notes,
    }


def _shared(adopted: Adopted, shared: Shared) -> Json:
    modules: list[Json] = [*shared.modules]
    python: list[Json] = [*shared.python]
    notes: list[Json] = [*shared.notes]
    return {
        "name": shared.name,
        "spec": adopted.shared_file(shared),
        "modules": modules,
        "python": python,
        "notes": notes,
    }


def _tell(console: Console, adopted: Adopted, *, written: bool) -> None:
    console.problems(adopted.problems, err=True)
    rows = [(f"  {node.name}", _share(node), adopted.spec_file(node)) for node in adopted.nodes]
    console.table(rows)
    for node in adopted.nodes:
        for note in node.notes:
            console.say(harmless(f"  {node.name}: {note}"))
    nodes, specs = counted(len(adopted.nodes), "node"), counted(len(adopted.files), "spec")
    done = f"{nodes} adopted: {specs} written" if written else f"{nodes} can be adopted: {specs} not written"
    wrong = sum(it.level is Level.BLOCK for it in adopted.problems)
    console.say(f"{done}{f'; {counted(wrong, "problem")}' if wrong else ''}")


def _share(node: Adoption) -> str:
    """Return how much of a contract became language."""
    total = node.told.language + node.told.verbatim
    return f"{node.told.language} of {total} values are language"
