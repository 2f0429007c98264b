"""How a build or a check is told: one format on standard output, and others in files."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from omnibuild.cli.console import counted
from omnibuild.cli.formats import FILES, FORMATS, rendered
from omnibuild.cli.formats.told import Told
from omnibuild.core.values import Graph, Level, Problem, Report

if TYPE_CHECKING:
    from omnibuild.workspace import Workspace

    type Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """The format of standard output, and which others go to which files."""

    form: str = "text"
    files: tuple[tuple[str, Path], ...] = ()

    @classmethod
    def of(cls, form: str | None, reports: Iterable[tuple[str, Path]], *, as_json: bool) -> Telling:
        """Return what the options ask for. Raises UsageError if they contradict one another."""
        if as_json and form not in (None, "json"):
            raise click.UsageError(f"--json and --format {form} contradict one another")
        return cls("json" if as_json else form or "text", tuple(reports))

    @property
    def is_text(self) -> bool:
        """Whether people read it as it comes."""
        return self.form == "text"

    def report(self, verb: str, space: Workspace, report: Report, text: Callable[[], None]) -> None:
        """Tell how a build or a check of a workspace ended; `text` prints it for people."""
        graph = space.survey().graph if "markdown" in self._forms else None
        self._tell(_told(verb, space.root, report, space.settings.package, graph), text)

    def refusal(self, verb: str, root: Path | None, problems: Iterable[Problem], text: Callable[[], None]) -> None:
        """Tell why nothing could be looked at. Raises OSError if that cannot be."""
        self._tell(_told(verb, root, Report({}, tuple(problems))), text)

    @property
    def _forms(self) -> set[str]:
        summary = {"markdown"} if self.form == "github" else set()
        return {self.form, *(form for form, _ in self.files)} | summary

    def _tell(self, told: Told, text: Callable[[], None]) -> None:
        for form, file in self.files:
            file.write_text(f"{rendered(form, told)}\n", encoding="utf-8", errors="replace", newline="\n")
        if self.is_text:
            text()
        elif self.form == "github":
            _tell_github(told, text)
        else:
            click.echo(rendered(self.form, told))


def _told(verb: str, root: Path | None, report: Report, package: str = "", graph: Graph | None = None) -> Told:
    from omnibuild.adapters.checkout import folder_in_checkout

    return Told(verb, report, folder_in_checkout(root) if root else "", package, graph)


def _tell_github(told: Told, text: Callable[[], None]) -> None:
    """Print annotations, and all of it as text; what else a step of a workflow can say goes to the runner's files."""
    from omnibuild.adapters.runner import append_outputs, append_summary
    from omnibuild.cli.formats.github import MOST

    if told.problems:
        click.echo(rendered("github", told))
    # What specs say must not be taken for commands: nobody knows the word that ends this in advance.
    word = secrets.token_hex(16)
    click.echo(f"::stop-commands::{word}")
    try:
        text()
    finally:
        click.echo(f"::{word}::")
    has_summary = append_summary(f"{rendered('markdown', told)}\n")
    append_outputs(_outputs(told))
    more = len(told.problems) - MOST
    if more > 0:
        where = "in the summary of the job" if has_summary else "above"
        click.echo(f"{MOST} problems are annotations, {counted(more, 'more is', 'more are')} {where}")


def _outputs(told: Told) -> dict[str, str | int | list[str]]:
    """Return what later steps can ask for."""
    return {
        "status": "ok" if told.report.ok else "failed",
        "problems": told.count(Level.BLOCK),
        "warnings": told.count(Level.WARN),
        "nodes": len(told.report.outcomes),
        "changed": [it.node for it in told.changed],
        "written": len(told.report.written),
        "removed": len(told.report.removed),
    }


class ReportType(click.ParamType[tuple[str, Path]]):
    """A format and the file that it goes to: `sarif=omnibuild.sarif`."""

    name = "report"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        """Return the format and the file."""
        if not isinstance(value, str):
            return tuple(value)
        form, separator, file = value.partition("=")
        if form not in FILES or not separator or not file:
            self.fail(f"`{value}` is not FORMAT=FILE with a format of {', '.join(FILES)}", param, ctx)
        if not Path(file).absolute().parent.is_dir():
            self.fail(f"there is no folder for {file}", param, ctx)
        return form, Path(file)


def telling(command: Command) -> Command:
    """Add the options of what is told to a verb."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text."),
        click.option(
            "--report",
            "reports",
            multiple=True,
            metavar="FORMAT=FILE",
            type=ReportType(),
            help=f"Write it to a file as well: {', '.join(FILES)}. Can be given several times.",
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            help="How it is told: github is for the log of a step of GitHub Actions, sarif for code scanning, "
            "junit for test reports.",
        ),
    ):
        command = option(command)
    return command
