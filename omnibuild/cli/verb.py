"""What all verbs have in common: help that teaches, shared options, and an answer to expected failures."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from omnibuild.cli import PIPE_CLOSED, PROBLEMS, USAGE
from omnibuild.cli.call import Call
from omnibuild.cli.formats import FORMATS
from omnibuild.cli.selector import SelectorType
from omnibuild.cli.telling import Telling
from omnibuild.core.nearest import nearest
from omnibuild.core.values import Mode, Problem
from omnibuild.workspace import ConfigurationError, NodeError, Workspace

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

SYSTEM = {
    errno.EACCES,
    errno.EEXIST,
    errno.EPERM,
    errno.EROFS,
    errno.ENOSPC,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.ENAMETOOLONG,
    errno.ELOOP,
    errno.EMFILE,
    errno.ENFILE,
    errno.EIO,
}
"""Errors of the operating system that are the machine's state, not a fault of omnibuild."""


class Verb(click.Command):
    """A verb: shows examples of its use, and takes the options of `omnibuild` behind its own name, too."""

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", HELP)
        super().__init__(*args, **kwargs)
        self.examples = examples
        self.params += _everywhere()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        del ctx
        if self.examples:
            with formatter.section("Examples"):
                # Never wrapped, so that a line can be copied.
                for line, meaning in self.examples:
                    formatter.write(f"  # {meaning}\n  {line}\n")
        formatter.write_paragraph()
        formatter.write_text("-C DIR, --env NAME and --no-color work with every verb.")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; what is expected to go wrong becomes problems and an exit code."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Python writes what is left at its end, which would complain again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(PIPE_CLOSED)
        except ConfigurationError as error:
            _refuse(ctx, error.problems, USAGE)
        except NodeError as error:
            _refuse(ctx, (error.problem,), USAGE if error.problem.code == "unknown-node" else PROBLEMS)
        except OSError as error:
            if error.errno not in SYSTEM:
                raise
            _refuse(ctx, (system_problem(error),), PROBLEMS)


class VerbGroup(Verb, click.Group):
    """A verb that is several: `omnibuild VERB WORD`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the word that is meant, or say which one it could be."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            near = nearest(args[0], self.commands)
            known = ", ".join(f"`{it}`" for it in self.commands)
            hint = f"did you mean `{near}`?" if near else f"there are {known}"
            raise click.UsageError(f"`{self.name}` has no `{args[0]}`: {hint}", ctx)
        return super().resolve_command(ctx, args)


def system_problem(error: OSError) -> Problem:
    """Return what the machine has refused, and where."""
    where = f": {error.filename}" if error.filename else ""
    full = error.errno == errno.ENOSPC
    hint = "make room there and run it again" if full else "mend that and run it again"
    return Problem("system", f"{error.strerror or error}{where}", hint=hint)


def _refuse(ctx: click.Context, problems: Sequence[Problem], code: int) -> None:
    call = current(ctx)
    root = Workspace.find(call.folder)

    def text() -> None:
        call.console(root).problems(problems, err=wanted.is_text)

    wanted = _telling(ctx)
    try:
        wanted.refusal(ctx.info_name or "", root, problems, text)
    except OSError:  # what does not work may be where it was to be told
        call.console(root).problems(problems, err=True)
    ctx.exit(code)


def _telling(ctx: click.Context) -> Telling:
    """Return how a verb is to tell things, as far as it has options for that; files are for its own end."""
    form = "json" if ctx.params.get("as_json") else ctx.params.get("form")
    return Telling(form if form in FORMATS else "text", tuple(ctx.params.get("reports", ())))


def is_terminal() -> bool:
    """Return whether somebody is there to be asked: only then may a verb ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def current(ctx: click.Context) -> Call:
    """Return the call that a context belongs to."""
    return ctx.obj if isinstance(ctx.obj, Call) else Call.of(Path(), None, no_color=False)


def _everywhere() -> list[click.Parameter]:
    """Return the options of `omnibuild` itself, hidden: the overview explains them."""

    def folder(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
        del param
        if value is not None:
            ctx.obj = replace(current(ctx), folder=value)

    def environment(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
        del param
        if value is not None:
            ctx.obj = replace(current(ctx), environment=value)

    def plain(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        del param
        ctx.obj = replace(current(ctx), color=False) if value else current(ctx)
        ctx.color = ctx.obj.color

    where = click.Path(exists=True, file_okay=False, path_type=Path)
    return [
        click.Option(["-C", "folder_"], type=where, hidden=True, expose_value=False, callback=folder),
        click.Option(["--env", "environment_"], hidden=True, expose_value=False, callback=environment),
        click.Option(["--no-color", "no_color_"], is_flag=True, hidden=True, expose_value=False, callback=plain),
    ]


as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")

as_json_lines = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a build, each in one line.")

mode = click.option(
    "--mode",
    type=click.Choice([it.value for it in Mode]),
    help="How much is checked: fast leaves out types, imports and examples; strict makes every warning block, "
    "but advice. What is written is the same in every mode.",
)

profile = click.option(
    "--profile",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what took how long to this file, for chrome://tracing and https://ui.perfetto.dev.",
)

selectors = click.argument("selectors", nargs=-1, metavar="[SELECTOR]...", type=SelectorType())

SELECTORS = (
    "SELECTOR is a node's name, tag:NAME, kind:NAME or domain:NAME; changed (since the last commit) or "
    "changed:REVISION, as git knows it; stale, what a build would build; failed, what failed in the last one. "
    "`+` in front adds what it needs, `+` behind adds what needs it. Without one, all nodes are meant."
)
