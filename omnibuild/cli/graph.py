"""omnibuild graph: what needs what."""

from __future__ import annotations

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.report import exit_code
from omnibuild.cli.verb import SELECTORS, Verb, as_json, selectors


@click.command(
    "graph",
    cls=Verb,
    short_help="Show what needs what: as text, dot, Mermaid or JSON.",
    help=f"""Show the graph: the nodes, and what each needs of which other.

    Nodes whose specs have problems are not in it; their names go to standard error.

    {SELECTORS}
    """,
    examples=(
        ("omnibuild graph", "a line per node"),
        ("omnibuild graph --format mermaid", "for a Markdown file"),
        ("omnibuild graph +checkout --format dot | dot -Tsvg > graph.svg", "a picture, with Graphviz"),
    ),
)
@selectors
@click.option("--format", "form", type=click.Choice(["text", "dot", "mermaid", "json"]), default="text", help="How.")
@as_json
@click.pass_obj
def command(call: Call, selectors: tuple[str, ...], form: str, as_json: bool) -> None:
    """Print the graph."""
    from omnibuild.graph.picture import PICTURES
    from omnibuild.graph.picture import as_json as in_json
    from omnibuild.graph.selection import select

    space = call.workspace()
    found = space.survey()
    names, wrong = select(found.graph, selectors)
    console = call.console(space.root)
    console.problems(wrong, err=True)
    left_out = sorted(found.failed | found.skipped)
    if left_out:
        console.say(f"left out, since their specs have problems: {', '.join(left_out)}", err=True)
    if as_json or form == "json":
        show_json(in_json(found.graph, names))
    elif names or form != "text":
        console.say(PICTURES[form](found.graph, names))
    click.get_current_context().exit(exit_code(wrong))
