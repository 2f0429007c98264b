"""omnibuild new: write the first version of a spec."""

from __future__ import annotations

import keyword
import re

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console
from omnibuild.cli.verb import Verb, as_json, is_terminal
from omnibuild.core.values import Json, Kind
from omnibuild.workspace import Workspace

_LONGEST = 64
_KINDS = click.Choice([*(it.value for it in Kind), "shared"])
_WITH_BODY = (Kind.EFFECT, Kind.REDUCER, Kind.ORCHESTRATOR)
"""The kinds that begin with a body: their own sections need more than a first version can know."""


@click.command(
    "new",
    cls=Verb,
    short_help="Write the first version of a spec, ready to build.",
    help="""Write the first version of a spec: specs/NAME.yaml, ready to build, for you to change.

    KIND is compute, effect, reducer, orchestrator or shared. A compute node says what it does in `logic:`, the
    other kinds in specs/NAME.py, as a compute node does with --body. A file that is there is never overwritten.
    What is left out of KIND and NAME is asked for on a terminal, and a mistake of use elsewhere.
    """,
    examples=(
        ("omnibuild new compute order_pricer", "a node with expressions"),
        ("omnibuild new effect order_writer --domain sales", "a node with a body, and its topics' producer"),
        ("omnibuild new shared money", "models for several nodes"),
        ("omnibuild new", "asked for kind and name, on a terminal"),
    ),
)
@click.argument("kind", metavar="KIND", required=False, type=_KINDS)
@click.argument("name", metavar="NAME", required=False)
@click.option("--domain", metavar="NAME", help="The producer part of the node's topics; else the package's name.")
@click.option("--description", metavar="TEXT", help="What it does, in a sentence of at least five words.")
@click.option("--body", is_flag=True, help="Write Python beside the spec instead of `logic:`.")
@as_json
@click.pass_obj
def command(
    call: Call,
    *,
    kind: str | None,
    name: str | None,
    domain: str | None,
    description: str | None,
    body: bool,
    as_json: bool,
) -> None:
    """Write a spec."""
    from omnibuild.adapters.fresh import SCHEMA, write_new, write_schema

    kind, name = _asked(kind, name, asks=is_terminal() and not as_json)
    for value, what in ((name, "NAME"), (domain, "--domain")):
        if value is not None and (fault := name_fault(value)):
            raise click.UsageError(f"{what} {value}: {fault}")
    if kind == "shared" and (domain or body):
        raise click.UsageError("a shared document has neither a domain nor a body")
    space = call.workspace()
    specs = space.settings.specs
    _refuse_taken(space, name)
    texts = _texts(kind, name, space.settings.package, description or "", domain or "", body=body)
    files = {f"{specs}/{file}": text for file, text in texts.items()}
    there = [file for file in files if (space.root / file).exists()]
    if there:
        raise click.UsageError(f"{there[0]} is there already: choose another name, or edit it")
    written: list[Json] = [*write_new(space.root, files)]
    if not (space.root / specs / SCHEMA).exists():
        write_schema(space.root / specs)
        written.append(f"{specs}/{SCHEMA}")
    if as_json:
        show_json({"name": name, "kind": kind, "written": written})
        return
    console = call.console()
    for file in written:
        console.say(f"  wrote  {file}")
    _lead_on(console, name, is_shared=kind == "shared")


def _lead_on(console: Console, name: str, *, is_shared: bool) -> None:
    console.say()
    console.say("Next: say in it what you need, then")
    meaning = f"use its models as {name}.NAME in other specs" if is_shared else "make the node, and run its examples"
    console.table([(f"  omnibuild build {name}", meaning)])


def _asked(kind: str | None, name: str | None, *, asks: bool) -> tuple[str, str]:
    """Return kind and name, asked for if somebody is there. Raises UsageError if not."""
    if not asks and (kind is None or name is None):
        missing = "NAME" if kind else "KIND and NAME"
        raise click.UsageError(f"{missing} must be given: omnibuild new compute order_pricer")
    if kind is None:
        kind = click.prompt("Kind", type=_KINDS, default=Kind.COMPUTE.value)
    if name is None:
        name = click.prompt("Name, in snake_case", value_proc=_sound_name)
    return kind, name


def _sound_name(text: str) -> str:
    """Return the name that was typed. Raises UsageError, upon which it is asked for again."""
    if fault := name_fault(text.strip()):
        raise click.UsageError(fault)
    return text.strip()


def _texts(kind: str, name: str, package: str, description: str, domain: str, *, body: bool) -> dict[str, str]:
    from omnibuild.cli.starter import body_text, node_text, shared_text

    if kind == "shared":
        return {f"{name}.yaml": shared_text(name, description)}
    it = Kind(kind)
    with_body = body or it in _WITH_BODY
    files = {f"{name}.yaml": node_text(it, name, description, domain, body=with_body)}
    return files | ({f"{name}.py": body_text(it, name, package)} if with_body else {})


def _refuse_taken(space: Workspace, name: str) -> None:
    found = space.survey()
    if name in {*found.graph.order, *found.failed, *found.skipped}:
        spec = found.graph.specs.get(name)
        where = f" in {spec.at.file}" if spec else ""
        raise click.UsageError(f"`{name}` is declared{where} already: names are unique in the workspace")


def name_fault(name: str) -> str:
    """Return what is wrong with a document's name, nothing if nothing is."""
    from omnibuild.gates.g03_names import TYPE_NAMES

    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        near = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_0123456789")
        return f"names are in snake_case{f', such as {near}' if near else ''}"
    if len(name) > _LONGEST:
        return f"it has {len(name)} characters, {_LONGEST} are allowed"
    if keyword.iskeyword(name):
        return "this is a keyword of Python"
    return "this is the name of a type" if name in TYPE_NAMES else ""
