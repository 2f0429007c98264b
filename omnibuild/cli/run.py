"""omnibuild run: run one built node in ONEX's local runtime."""

from __future__ import annotations

import json
import os

import click

from omnibuild.cli import PROBLEMS
from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.selector import NodeType
from omnibuild.cli.verb import Verb, as_json
from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Json, Place, Problem
from omnibuild.workspace import ConfigurationError, Workspace


@click.command(
    "run",
    cls=Verb,
    short_help="Run a built node with a JSON input and print its result.",
    help="""Run a built node in ONEX's local runtime, on its in-memory bus, and print the handler's result as JSON.

    The input is a JSON object that fits the node's input model. With --json the result stands in an object
    beside status and problems, also when the run fails.
    """,
    examples=(
        ("omnibuild run order_pricer --input order.json", "with a file"),
        ('echo \'{"name": "Ada"}\' | omnibuild run greeter --input -', "with standard input"),
    ),
)
@click.argument("node", type=NodeType())
@click.option(
    "-i",
    "--input",
    "source",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    required=True,
    help="A JSON file, - for standard input.",
)
@click.option("--timeout", type=click.IntRange(min=1), default=60, show_default=True, help="Seconds that it may take.")
@as_json
@click.pass_obj
def command(call: Call, node: str, source: str, timeout: int, as_json: bool) -> None:
    """Run a node."""
    space = call.workspace()
    request = _request(source)
    _require_variables(space, node)
    result = space.run(node, request, timeout=timeout)
    problem = Problem("run", f"`{node}` failed: {result.error}", node=node) if result.error else None
    if as_json:
        problems: list[Json] = [problem_json(problem)] if problem else []
        show_json(
            {"status": "failed" if problem else "ok", "node": node, "output": result.output, "problems": problems}
        )
    elif problem:
        call.console(space.root).problems([problem], err=True)
    else:
        show_json(result.output)
    click.get_current_context().exit(PROBLEMS if problem else 0)


def _request(source: str) -> str:
    try:
        with click.open_file(source, encoding="utf-8-sig") as file:
            text: str = file.read()
    except UnicodeDecodeError as error:
        raise ConfigurationError((Problem("input", f"the input is not UTF-8: {error}"),)) from error
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        at = None if source == "-" else Place(os.path.abspath(source), error.lineno, error.colno)  # noqa: PTH100
        raise ConfigurationError((Problem("input", f"the input is not JSON: {error}", at),)) from error
    if not isinstance(value, dict):
        raise ConfigurationError((Problem("input", "the input must be a JSON object", hint='such as {"name": "Ada"}'),))
    return text


def _require_variables(space: Workspace, node: str) -> None:
    required = [str(it["name"]) for it in space.variables(node) if it["required"]]
    missing = [it for it in required if it not in os.environ]
    if missing:
        told = f"`{node}` needs a variable that is not set: "
        raise ConfigurationError(tuple(Problem("environment", f"{told}{it}", hint=f"export {it}=…") for it in missing))
