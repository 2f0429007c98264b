"""omnibuild init: make a workspace."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.verb import Verb, as_json
from omnibuild.spec.workspace_names import package_fault
from omnibuild.workspace import FILE

_SPECS = "specs"
_IGNORED = ("cache", "out")


@click.command(
    "init",
    cls=Verb,
    short_help="Make a workspace: settings, a first spec that builds, .gitignore.",
    help="""Make a workspace of a folder, which is created if need be.

    Writes omnibuild.toml, a first spec that builds, the JSON Schema for editors, and the lines of .gitignore for
    cache/ and out/. A file that is there already is never changed, but for lines appended to .gitignore.
    """,
    examples=(
        ("omnibuild init", "in the current folder"),
        ("omnibuild init shop --package acme", "in the folder shop; `import acme` is what it makes"),
    ),
)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--package", metavar="NAME", help="The import package that is generated; else made of the folder's name.")
@as_json
@click.pass_obj
def command(call: Call, folder: Path | None, package: str | None, as_json: bool) -> None:
    """Make a workspace."""
    from omnibuild.adapters.fresh import SCHEMA, ignore, settings_text, write_new, write_schema
    from omnibuild.cli.starter import greeter_text

    root = call.folder / folder if folder else call.folder
    if package is not None and (fault := package_fault(package)):
        raise click.UsageError(f"--package {package}: {fault}")
    name = package or package_name(root)
    first = {} if _has_specs(root / _SPECS) else {f"{_SPECS}/greeter.yaml": greeter_text()}
    files = {FILE: settings_text(name), **first}
    written = [*write_new(root, files)]
    if write_schema(root / _SPECS):
        written.append(f"{_SPECS}/{SCHEMA}")
    kept = [path for path in files if path not in written]
    if ignore(root / ".gitignore", _IGNORED):
        written.append(".gitignore")
    if as_json:
        show_json({"folder": str(root.resolve()), "package": name, "written": [*written], "kept": [*kept]})
        return
    console = call.console()
    for path in written:
        console.say(f"  wrote  {root / path}")
    for path in kept:
        console.say(f"  kept   {root / path}")
    console.say()
    console.say("Next:")
    console.table([(f"  {line}", meaning) for line, meaning in _next(root, greeter=bool(first))])


def _next(root: Path, *, greeter: bool) -> list[tuple[str, str]]:
    """Return the commands that lead on, such as they are to be typed from here."""
    here = root.resolve() == Path.cwd()
    omnibuild = "omnibuild" if here else f"omnibuild -C {shlex.quote(str(root))}"
    run = f'echo \'{{"name": "Ada"}}\' | {omnibuild} run greeter --input -'
    use = (run, "run the node that it made") if greeter else (f"{omnibuild} list", "see the nodes")
    return [
        (f"{omnibuild} build", "make out/ of specs/"),
        use,
        (f"{omnibuild} new compute price", "write the next spec"),
    ]


def package_name(root: Path) -> str:
    """Return an import package's name made of a folder's, one that hides no module that is there already."""
    name = re.sub(r"[^a-z0-9]+", "_", root.resolve().name.lower()).strip("_").lstrip("0123456789_") or "acme"
    there = any((root / it / name).is_dir() for it in ("", "src"))
    return f"{name}_nodes" if package_fault(name) or there else name


def _has_specs(specs: Path) -> bool:
    return any(not it.name.startswith(".") for it in (*specs.rglob("*.yaml"), *specs.rglob("*.yml")))
