"""omnibuild expand: the node specs that a blueprint stands for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.report import exit_code
from omnibuild.cli.selector import NodeType
from omnibuild.cli.verb import Verb, as_json
from omnibuild.core.nearest import nearest
from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Json

if TYPE_CHECKING:
    from omnibuild.spec.expansion import Expansion
    from omnibuild.survey import Survey
    from omnibuild.workspace import Workspace


@click.command(
    "expand",
    cls=Verb,
    short_help="Print the node specs that a blueprint stands for.",
    help="""Print the specs that a blueprint stands for, as YAML, ready to be pasted into a file of their own.

    BLUEPRINT is the name of a blueprint, or a file that holds some. A spec of the same name takes the place of one
    that a recipe makes, so that a copy of what is printed can be changed while the blueprint keeps the rest.
    """,
    examples=(
        ("omnibuild expand user", "what the blueprint `user` stands for"),
        ("omnibuild expand specs/user.yaml > specs/user_nodes.yaml", "to go on without the blueprint"),
        ("omnibuild expand user --ddl | sqlite3 users.sqlite", "the tables that its nodes use"),
    ),
)
@click.argument("blueprint", type=NodeType())
@click.option("--ddl", is_flag=True, help="Print the SQL that makes the tables instead.")
@as_json
@click.pass_obj
def command(call: Call, blueprint: str, ddl: bool, as_json: bool) -> None:
    """Print what a blueprint expands to."""
    space = call.workspace()
    found = space.survey()
    expansions = _chosen(blueprint, space, found)
    names = {it.blueprint.name for it in expansions}
    own = {it.document.name for expansion in expansions for it in expansion.made}
    problems = [found.place(it) for it in found.problems if it.node in names | own]
    if as_json:
        blueprints: list[Json] = [_json(it, found) for it in expansions]
        show_json({"blueprints": blueprints, "problems": [problem_json(it) for it in problems]})
    else:
        console = call.console(space.root)
        console.problems(problems, err=True)
        texts = [text for it in expansions for text in (_tables(it) if ddl else _specs(it))]
        if texts:
            console.say("\n\n".join(texts) if ddl else "\n---\n".join(texts))
    click.get_current_context().exit(exit_code(problems))


def _chosen(blueprint: str, space: Workspace, found: Survey) -> list[Expansion]:
    """Return the expansion of one name, or those of a file."""
    if blueprint in found.expansions:
        return [found.expansions[blueprint]]
    path = Path(blueprint)
    for place in (path, space.root / path):
        file = place.resolve()
        if file.is_file() and file.is_relative_to(space.root.resolve()):
            name = file.relative_to(space.root.resolve()).as_posix()
            chosen = [it for it in found.expansions.values() if it.blueprint.at.file == name]
            if not chosen:
                raise click.UsageError(f"there is no blueprint in {name}")
            return chosen
    near = nearest(blueprint, found.expansions)
    hint = f": did you mean `{near}`?" if near else ""
    raise click.UsageError(f"there is no blueprint `{blueprint}`{hint}")


def _specs(expansion: Expansion) -> list[str]:
    return list(dict.fromkeys(it.text for it in expansion.made))


def _tables(expansion: Expansion) -> list[str]:
    return [f"{it.removesuffix(';')};" for it in expansion.tables]


def _json(expansion: Expansion, found: Survey) -> Json:
    specs: list[Json] = []
    for it in expansion.made:
        spec = found.graph.specs.get(it.document.name)
        overridden = spec is not None and not spec.at.path
        specs.append(
            {"name": it.document.name, "declares": it.document.declares, "overridden": overridden, "text": it.text}
        )
    tables: list[Json] = [*_tables(expansion)]
    blueprint = expansion.blueprint
    return {
        "name": blueprint.name,
        "recipe": blueprint.data.get("recipe"),
        "file": blueprint.at.file,
        "specs": specs,
        "ddl": tables,
    }
