"""omnibuild graph: what needs what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console
from omnibuild.cli.report import exit_code
from omnibuild.cli.verb import SELECTORS, Verb, as_json, selectors
from omnibuild.core.values import Graph, Machine, NodeSpec

if TYPE_CHECKING:
    from omnibuild.survey import Survey
    from omnibuild.workspace import Workspace


@click.command(
    "graph",
    cls=Verb,
    short_help="Show what needs what: as text, a page, dot, Mermaid or JSON.",
    help=f"""Show the graph: the nodes, and what each needs of which other.

    With --topics, the graph of topics: who publishes each of them, and who listens.
    Nodes whose specs have problems are not in it; their names go to standard error.
    Of a single reducer, dot and Mermaid show the state machine.

    html is one page that needs nothing else, to look at in a browser: nodes by domain, lines by reason, search;
    a click shows a node's spec, what is wrong with it, what it needs, and its generated files.

    {SELECTORS}
    """,
    examples=(
        ("omnibuild graph", "a line per node"),
        ("omnibuild graph --format html > graph.html", "a page to look around in"),
        ("omnibuild graph --format mermaid", "for a Markdown file"),
        ("omnibuild graph --topics", "a line per topic"),
        ("omnibuild graph changed+", "what changed since the last commit, and all that need it"),
        ("omnibuild graph order --format mermaid", "the states of a reducer"),
        ("omnibuild graph +checkout --format dot | dot -Tsvg > graph.svg", "a picture, with Graphviz"),
    ),
)
@selectors
@click.option(
    "--format", "form", type=click.Choice(["text", "html", "dot", "mermaid", "json"]), default="text", help="How."
)
@click.option("--topics", "by_topics", is_flag=True, help="Show who publishes and consumes each topic.")
@as_json
@click.pass_obj
def command(call: Call, selectors: tuple[str, ...], form: str, by_topics: bool, as_json: bool) -> None:
    """Print the graph."""
    from omnibuild.graph.machine_picture import MACHINE_PICTURES
    from omnibuild.graph.picture import PICTURES
    from omnibuild.graph.picture import as_json as in_json
    from omnibuild.graph.selection import select

    space = call.workspace()
    if form == "html" and not as_json:
        _page(call, space, selectors, by_topics=by_topics)
    found = space.survey()
    names, wrong = select(found.graph, selectors, space.meanings(selectors, found))
    console = call.console(space.root)
    console.problems(wrong, err=True)
    left_out = sorted(found.failed | found.skipped)
    if left_out:
        console.say(f"left out, since their specs have problems: {', '.join(left_out)}", err=True)
    if by_topics:
        _topics(console, found, names, "json" if as_json else form)
    elif as_json or form == "json":
        show_json(in_json(found.graph, names))
    elif (machine := _machine(found.graph, names)) and selectors and form in MACHINE_PICTURES:
        console.say(MACHINE_PICTURES[form](machine))
    elif names or form != "text":
        console.say(PICTURES[form](found.graph, names))
    click.get_current_context().exit(exit_code(wrong))


def _page(call: Call, space: Workspace, selectors: Sequence[str], *, by_topics: bool) -> NoReturn:
    """Print the page and end."""
    from omnibuild.cli.graph_page import graph_page

    text, wrong = graph_page(space, selectors, by_topics=by_topics)
    call.console(space.root).problems(wrong, err=True)
    click.echo(text.encode(), nl=False)  # the page says that it is UTF-8, whatever the terminal is
    click.get_current_context().exit(exit_code(wrong))


def _machine(graph: Graph, names: Sequence[str]) -> Machine | None:
    """Return the state machine of the only node that is selected, if it has one."""
    only = graph.specs[names[0]] if len(names) == 1 else None
    return only.machine if isinstance(only, NodeSpec) else None


def _topics(console: Console, found: Survey, names: Sequence[str], form: str) -> None:
    from omnibuild.graph.topics import PICTURES
    from omnibuild.graph.topics import as_json as in_json
    from omnibuild.onex.topology import topic_graph

    topics = topic_graph(found.graph).of(names)
    if form == "json":
        show_json(in_json(topics))
    elif topics.topics or form != "text":
        console.say(PICTURES[form](topics))
