"""omnibuild hook: whether what is about to be committed is in step."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from omnibuild.cli import FINE, PROBLEMS
from omnibuild.cli.answer import report_json, show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import counted, harmless, summary
from omnibuild.cli.report import exit_code, said, skipped
from omnibuild.cli.verb import Verb, as_json, mode
from omnibuild.core.values import Json, Problem, Report
from omnibuild.workspace import ConfigurationError, Workspace

if TYPE_CHECKING:
    from omnibuild.adapters.staging import Repository, Unstaged

_MOST = 100
"""How many files are listed: `git status` has the others."""


@click.command(
    "hook",
    cls=Verb,
    short_help="Before a commit: bring out/ in step, see that it is staged.",
    help="""Bring out/ in step, and see that git would commit all of it: the hook of pre-commit.

    Ends with 1 and a list if anything was written or removed, or if an output, new ones included, or what it is
    made from is not staged as it is on disk. Nothing is staged for you. Where git ignores out/, it is built, and
    nothing of it need be staged.

    All workspaces of the repository are looked at, nearest the root first; with -C DIR, the one of that folder.
    """,
    examples=(
        ("omnibuild hook", "every workspace of the repository"),
        ("omnibuild hook --check", "say what is out of step or not staged, and change nothing"),
        ("omnibuild hook -C services/shop", "one workspace of several"),
    ),
)
@click.option("--check", "only_check", is_flag=True, help="Change nothing: say what a build would change.")
@mode
@as_json
@click.pass_context
def command(ctx: click.Context, only_check: bool, mode: str | None, as_json: bool) -> None:
    """Look at each workspace."""
    from omnibuild.adapters.staging import Repository

    call: Call = ctx.obj
    repository = Repository.find(call.folder)
    if isinstance(repository, Problem):
        raise ConfigurationError((repository,))
    roots = _roots(call, repository, is_named=_is_named(ctx))
    found = [_look(call, repository, root, mode, only_check=only_check) for root in roots]
    if as_json:
        workspaces: list[Json] = [it.as_json() for it in found]
        show_json({"status": "failed" if any(it.code for it in found) else "ok", "workspaces": workspaces})
    else:
        for it in found:
            it.tell(call, several=len(found) > 1)
    ctx.exit(max((it.code for it in found), default=FINE))


@dataclass(frozen=True, slots=True)
class _Found:
    """What became of one workspace, and what of it is not staged."""

    space: Workspace
    repository: Repository
    report: Report
    unstaged: Unstaged

    @property
    def code(self) -> int:
        """The exit code that it leads to."""
        return max(exit_code(self.report.problems), PROBLEMS if self.marks else FINE)

    @property
    def marks(self) -> dict[str, str]:
        """Every file that keeps the commit from being whole, by path, with what is so about it."""
        if not self.unstaged.wanted:
            return {}
        out = self.repository.path(self.space.root / self.space.settings.out)
        files = dict.fromkeys((*self.unstaged.inputs, *self.unstaged.outputs), "not staged")
        files |= {f"{out}/{it}": "written" for it in self.report.written}
        files |= {f"{out}/{it}": "removed" for it in self.report.removed}
        return dict(sorted(files.items()))

    def as_json(self) -> dict[str, Json]:
        """Return all of it as one object."""
        files: dict[str, Json] = {**self.marks}
        return {"folder": self.repository.path(self.space.root), **report_json(self.report), "files": files}

    def tell(self, call: Call, *, several: bool) -> None:
        """Print it: the problems, the files, and what to do."""
        console = call.console(self.space.root)
        if several:
            console.say(f"{harmless(self.repository.path(self.space.root))}:")
        for line in skipped(self.report.outcomes.values()):
            console.say(line)
        console.problems(self.report.problems)
        if self.report.problems or not self.marks:
            console.say(summary(self.report.outcomes.values(), self.report.problems))
        for line in self._advice():
            console.say(line)

    def _advice(self) -> Iterator[str]:
        marks = self.marks
        for path, mark in [*marks.items()][:_MOST]:
            yield f"{mark:10}  {harmless(path)}"
        if len(marks) > _MOST:
            yield f"and {counted(len(marks) - _MOST, 'more file')}"
        codes = {it.code for it in self.report.problems}
        if "edited" in codes and self.repository.is_merging():
            yield "git has merged files that are made: merge the specs, then `omnibuild build --overwrite` and git add"
        out = self.repository.path(self.space.root / self.space.settings.out)
        if marks and exit_code(self.report.problems) == FINE:
            # Of a part of the changes, the ledger may be all that is left: the rest of out/ is for another commit.
            which = [*marks] if len(marks) == 1 else [*self.unstaged.inputs, out]
            yield f"look at {'it' if len(marks) == 1 else 'them'}, and stage: git add --all -- {_quoted(which)}"
        if self.unstaged.inputs:
            aside = f"git stash push --include-untracked -- {_quoted(self.unstaged.inputs)}"
            yield f"or put away what is not to be committed yet: {aside}"
        if self.unstaged.hidden:
            yield f"git ignores {len(self.unstaged.hidden)} of them, but not {out}/: see .gitignore"


def _quoted(paths: Sequence[str]) -> str:
    return harmless(shlex.join(paths))


def _is_named(ctx: click.Context) -> bool:
    """Return whether -C stands before or behind the verb."""
    sources = [ctx.get_parameter_source("folder_"), ctx.find_root().get_parameter_source("folder")]
    return ParameterSource.COMMANDLINE in sources


def _roots(call: Call, repository: Repository, *, is_named: bool) -> Sequence[Path]:
    """Return the folders of the workspaces to look at. Raises ConfigurationError if there are none."""
    if is_named:
        return [call.workspace().root]
    roots = repository.workspaces()
    if not roots:
        hint = "`omnibuild init` makes a workspace; git add its omnibuild.toml"
        raise ConfigurationError((Problem("workspace", "git knows no omnibuild.toml in this repository", hint=hint),))
    return sorted(roots, key=lambda it: len(it.parts))


def _look(call: Call, repository: Repository, root: Path, mode: str | None, *, only_check: bool) -> _Found:
    """Build or check one workspace, and ask git about it."""
    space = Workspace.open(root, environment=call.environment, mode=mode)
    try:
        repository.path(space.root)
    except ValueError:
        message = f"{space.root} lies outside of the repository {repository.top}"
        raise ConfigurationError((Problem("git", message, hint="run it in the repository of the workspace"),)) from None
    with space.alone():
        report = space.check() if only_check else space.build()
        if call.is_plain(()):
            space.remember(report, said(call, space))
        looked_at = [it for it in space.seen.files if not it.startswith("/")] if space.seen else []
        return _Found(space, repository, report, repository.unstaged(space.root, space.settings, looked_at))
