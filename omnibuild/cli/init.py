"""omnibuild init: make a workspace."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console
from omnibuild.cli.integration import (
    HOOKS,
    Origin,
    hook_text,
    installed_origin,
    origin,
    workflow_file,
    workflow_text,
)
from omnibuild.cli.verb import Verb, as_json, is_terminal
from omnibuild.core.values import Json
from omnibuild.spec.workspace_names import package_fault
from omnibuild.workspace import FILE, Workspace


@click.command(
    "init",
    cls=Verb,
    short_help="Make a workspace: settings, a first spec that builds, .gitignore.",
    help="""Make a workspace of a folder, which is created if need be: an empty one, one that holds a Python project
    already, or one of several in a repository.

    Writes omnibuild.toml, a first spec that builds, the JSON Schema for editors, and the lines of .gitignore for the
    cache and the output. A file that is there already is never changed, but for lines appended to .gitignore. A name
    that is taken is left alone: a package or a folder that the project has gets another name in the settings.

    The hook and the workflow are written at the top of the git repository; on a terminal init asks for them.
    """,
    examples=(
        ("omnibuild init", "in the current folder"),
        ("omnibuild init shop --package acme", "in the folder shop; `import acme` is what it makes"),
        ("omnibuild init services/shop --hook --workflow", "one of several, with a hook and a workflow"),
    ),
)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--package", metavar="NAME", help="The import package that is generated; else made of the folder's name.")
@click.option("--hook/--no-hook", default=None, help=f"Have pre-commit build before each commit: {HOOKS}.")
@click.option("--workflow/--no-workflow", default=None, help="Have GitHub build with each pull request.")
@click.option(
    "--source",
    metavar="URL@REVISION",
    help="The git repository that omnibuild's hook and action come from; else the one that it was installed from.",
)
@as_json
@click.pass_obj
def command(
    call: Call,
    *,
    folder: Path | None,
    package: str | None,
    hook: bool | None,
    workflow: bool | None,
    source: str | None,
    as_json: bool,
) -> None:
    """Make a workspace."""
    root = call.folder / folder if folder else call.folder
    _refuse_inside(root)
    name = _package(root, package)
    place = _Place.of(root)
    asks = place is not None and is_terminal() and not as_json
    wanted = _Wanted(
        _asked("Have pre-commit build before each commit?", hook, asks=asks),
        _asked("Have GitHub build with each pull request?", workflow, asks=asks),
    )
    more, to_add = _more(place, wanted, _origin(source))
    made = _make(root, name).and_more(*_write(place, more))
    if as_json:
        answer: dict[str, Json] = {"folder": str(root.resolve()), "package": made.package, "to_add": {**to_add}}
        show_json({**answer, "written": [*made.written], "kept": [*made.kept]})
    else:
        _tell(call.console(), root, made, to_add, has_hook=wanted.hook)


def _tell(console: Console, root: Path, made: _Made, to_add: Mapping[str, str], *, has_hook: bool) -> None:
    for path in made.written:
        console.say(f"  wrote  {_shown(root, path)}")
    for path in made.kept:
        console.say(f"  kept   {_shown(root, path)}")
    for path, text in to_add.items():
        console.say(f"\nAdd to {_shown(root, path)}, below `repos:`:\n{text.rstrip()}")
    console.say()
    console.say("Next:")
    console.table([(f"  {line}", meaning) for line, meaning in _next(root, made, has_hook=has_hook)])


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is wanted beside the workspace."""

    hook: bool
    workflow: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a workspace lies in a git repository."""

    top: Path
    folder: str
    branch: str

    @classmethod
    def of(cls, root: Path) -> _Place | None:
        from omnibuild.adapters.project import git_output, repository

        top = repository(root)
        if top is None or not root.resolve().is_relative_to(top.resolve()):
            return None
        branch = git_output(top, "symbolic-ref", "--short", "refs/remotes/origin/HEAD") or "origin/main"
        folder = root.resolve().relative_to(top.resolve()).as_posix()
        return cls(top, folder, branch.strip().removeprefix("origin/"))


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made: its package, the names of its folders, and the files that were written or were there."""

    package: str
    folders: Mapping[str, str]
    written: tuple[str, ...]
    kept: tuple[str, ...]
    has_greeter: bool

    def and_more(self, written: Sequence[str], kept: Sequence[str]) -> _Made:
        """Return this with further files."""
        return replace(self, written=(*self.written, *written), kept=(*self.kept, *kept))


def _package(root: Path, package: str | None) -> str:
    from omnibuild.adapters.project import hidden_by, package_name

    if package is None:
        return package_name(root)
    if fault := package_fault(package):
        raise click.UsageError(f"--package {package}: {fault}")
    if fault := hidden_by(package, root):
        raise click.UsageError(f"--package {package}: {fault}: one of the two would hide the other")
    return package


def _refuse_inside(root: Path) -> None:
    """Refuse a workspace in a folder that another one has for its specs, its templates, its cache or its output."""
    from omnibuild.adapters.project import folder_of

    outer = Workspace.find(root.resolve().parent)
    if outer and (folder := folder_of(outer, root)):
        raise click.UsageError(f"{root} lies in {folder}/ of the workspace {outer}: choose a folder beside it")


def _origin(text: str | None) -> Origin | None:
    if text is None:
        return installed_origin()
    found = origin(text)
    if found is None:
        raise click.UsageError(f"--source {text}: write a URL and a revision: https://HOST/OWNER/NAME@v1.0.0")
    return found


def _asked(question: str, flag: bool | None, *, asks: bool) -> bool:
    if flag is None:
        return click.confirm(question, default=False) if asks else False
    return flag


def _more(place: _Place | None, wanted: _Wanted, source: Origin | None) -> tuple[dict[str, str], dict[str, str]]:
    """Return the files for the top of the repository, and what is to be added there by hand to one that is there."""
    if place is None:
        if wanted.hook or wanted.workflow:
            raise click.UsageError("there is no git repository here for a hook or a workflow: `git init` makes one")
        return {}, {}
    files, to_add = {}, {}
    if wanted.hook:
        there = place.top / HOOKS
        known = there.is_file() and "id: omnibuild" in there.read_text(encoding="utf-8", errors="replace")
        if there.is_file() and not known:
            to_add[str(there)] = hook_text(source)
        else:
            files[HOOKS] = f"repos:\n{hook_text(source)}"
    if wanted.workflow:
        files[workflow_file(place.folder)] = workflow_text(source, place.folder, place.branch)
    return files, to_add


def _make(root: Path, package: str) -> _Made:
    """Write the workspace."""
    from omnibuild.adapters.fresh import SCHEMA, ignore, settings_text, write_new, write_schema
    from omnibuild.adapters.project import folders, project
    from omnibuild.cli.starter import greeter_text

    names = folders(root)
    if (root / FILE).is_file():
        settings = Workspace.open(root).settings
        package, names = settings.package, {it: getattr(settings, it) for it in names}
    specs = names["specs"]
    first = {} if _has_specs(root / specs) else {f"{specs}/greeter.yaml": greeter_text()}
    files = {FILE: settings_text(package, names, project(root).dependencies), **first}
    written = [*write_new(root, files)]
    if write_schema(root / specs):
        written.append(f"{specs}/{SCHEMA}")
    kept = [path for path in files if path not in written]
    if ignore(root / ".gitignore", (names["cache"], names["out"])):
        written.append(".gitignore")
    return _Made(package, names, tuple(written), tuple(kept), bool(first))


def _write(place: _Place | None, files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Write files at the top of the repository, and return which were written and which were there."""
    from omnibuild.adapters.fresh import write_new

    if place is None:
        return [], []
    written = write_new(place.top, files)
    return [str(place.top / it) for it in written], [str(place.top / it) for it in files if it not in written]


def _shown(root: Path, path: str) -> Path:
    """Return a path as it can be typed from here; those at the top of a repository are whole."""
    place = root / path
    here = Path.cwd()
    return place.relative_to(here) if place.is_absolute() and place.is_relative_to(here) else place


def _next(root: Path, made: _Made, *, has_hook: bool) -> list[tuple[str, str]]:
    """Return the commands that lead on, such as they are to be typed from here."""
    here = root.resolve() == Path.cwd()
    omnibuild = "omnibuild" if here else f"omnibuild -C {shlex.quote(str(root))}"
    run = f'echo \'{{"name": "Ada"}}\' | {omnibuild} run greeter --input -'
    use = (run, "run the node that it made") if made.has_greeter else (f"{omnibuild} list", "see the nodes")
    more = (f"{omnibuild} new compute price", "write the next spec")
    if has_hook:
        more = ("pre-commit install", "have git run the hook")
    return [(f"{omnibuild} build", f"make {made.folders['out']}/ of {made.folders['specs']}/"), use, more]


def _has_specs(specs: Path) -> bool:
    return any(not it.name.startswith(".") for it in (*specs.rglob("*.yaml"), *specs.rglob("*.yml")))
