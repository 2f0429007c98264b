"""omnibuild list: the nodes of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console, harmless
from omnibuild.cli.report import exit_code
from omnibuild.cli.verb import SELECTORS, Verb, as_json, selectors
from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Json, Level, NodeSpec, Place, Problem, Spec

if TYPE_CHECKING:
    from omnibuild.survey import Survey


@click.command(
    "list",
    cls=Verb,
    short_help="List the nodes: name, kind, version, description.",
    help=f"""List the nodes of the workspace: name, kind, version, description.

    A node whose spec has problems is marked broken, one that needs a broken node is marked blocked.

    {SELECTORS}
    """,
    examples=(
        ("omnibuild list", "every node, needed ones first"),
        ("omnibuild list kind:effect", "what touches the world"),
        ("omnibuild list +checkout", "checkout and all that it needs"),
        ("omnibuild list changed:main+", "what differs from main, and all that need it"),
        ("omnibuild list failed", "what failed in the last build"),
    ),
)
@selectors
@as_json
@click.pass_obj
def command(call: Call, selectors: tuple[str, ...], as_json: bool) -> None:
    """Print the nodes."""
    from omnibuild.graph.selection import bare, select

    space = call.workspace()
    found = space.survey()
    meanings = space.meanings(selectors, found)
    wanted = [it for it in selectors if bare(it) not in found.failed | found.skipped]
    names, wrong = select(found.graph, wanted, meanings) if wanted or not selectors else ((), [])
    asked = {bare(it) for it in selectors}.union(*(it for it in meanings.values() if isinstance(it, frozenset)))
    failed = sorted(it for it in found.failed if not selectors or it in asked)
    skipped = sorted(it for it in found.skipped if not selectors or it in asked)
    specs = [found.graph.specs[name] for name in names]
    if as_json:
        broken = [_broken(name, "broken") for name in failed] + [_broken(name, "blocked") for name in skipped]
        nodes: list[Json] = [*(_json(it) for it in specs), *broken]
        show_json({"nodes": nodes, "problems": [problem_json(it) for it in wrong]})
    else:
        console = call.console(space.root)
        console.problems(wrong, err=True)
        _tell(console, found, specs, failed, skipped)
    click.get_current_context().exit(exit_code(wrong))


def _tell(console: Console, found: Survey, specs: list[Spec], failed: list[str], skipped: list[str]) -> None:
    rows = [(it.name, kind(it), _version(it) or "", harmless(it.description)) for it in specs]
    rows += [(name, "broken", "", _why(found, name)) for name in failed]
    rows += [(name, "blocked", "", "it needs a node that has problems") for name in skipped]
    console.table(rows)


def kind(spec: Spec) -> str:
    """Return a node's kind, or `shared`."""
    return spec.kind.value if isinstance(spec, NodeSpec) else "shared"


def _version(spec: Spec) -> str | None:
    return spec.version if isinstance(spec, NodeSpec) else None


def _why(found: Survey, name: str) -> str:
    mine = [found.place(it) for it in found.problems if it.node == name and it.level is Level.BLOCK]
    return _short(mine[0]) if mine else ""


def _short(problem: Problem) -> str:
    at = problem.at if isinstance(problem.at, Place) else None
    return harmless(f"{f'{at}: ' if at else ''}{problem.message}")


def _json(spec: Spec) -> dict[str, Json]:
    node = spec if isinstance(spec, NodeSpec) else None
    tags: list[Json] = list(spec.tags)
    return {
        "name": spec.name,
        "kind": kind(spec),
        "version": _version(spec),
        "description": spec.description,
        "domain": node.domain if node else None,
        "tags": tags,
        "file": spec.at.file,
        "state": "ok",
    }


def _broken(name: str, state: str) -> dict[str, Json]:
    """Return a node of which no more is known than its name."""
    unknown: dict[str, Json] = dict.fromkeys(("kind", "version", "description", "domain", "tags", "file"))
    return {"name": name, **unknown, "state": state}
