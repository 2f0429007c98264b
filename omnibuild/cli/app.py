"""The verbs together: a verb's module is loaded when it is asked for, all of them for the overview only."""

from __future__ import annotations

import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import click

from omnibuild import __version__
from omnibuild.cli import FINE, INTERRUPTED, USAGE
from omnibuild.cli.call import Call
from omnibuild.cli.formats import FORMATS
from omnibuild.cli.telling import Telling
from omnibuild.cli.verb import HELP
from omnibuild.core.nearest import nearest
from omnibuild.core.values import Problem

SECTIONS = {
    "Start": ("init", "new", "adopt", "doctor"),
    "Build": ("build", "watch", "check", "hook", "plan", "explain", "clean", "cache"),
    "Use": ("run", "list", "graph", "why", "expand"),
    "Look up": ("config", "gates", "schema", "completion"),
}
"""Every verb, as the overview shows them; `verb` lives in `omnibuild/cli/verb.py`."""

VERBS = tuple(verb for verbs in SECTIONS.values() for verb in verbs)

_ABOUT = """Turn YAML node specs into typed, tested Python packages of ONEX nodes.

A workspace is a folder with an omnibuild.toml. People write specs/*.yaml; `omnibuild build` keeps out/ in
step with them. Begin with `omnibuild init`; `omnibuild VERB --help` shows how each verb is used.

Exit codes: 0 fine, 1 problems found, 2 usage or configuration, 3 internal error, 130 interrupted.
"""


class Verbs(click.Group):
    """A group that imports a verb's module when that verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all verbs."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command."""
        del ctx
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"omnibuild.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb that is meant, or say which one it could be."""
        word = args[0]
        if word not in VERBS and not word.startswith("-"):
            near = nearest(word, VERBS)
            hint = f"did you mean `{near}`?" if near else "`omnibuild --help` lists the verbs"
            raise click.UsageError(f"there is no verb `{word}`: {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with their summaries, in sections."""
        for title, verbs in SECTIONS.items():
            found = [(verb, self.get_command(ctx, verb)) for verb in verbs]
            with formatter.section(title):
                formatter.write_dl([(verb, it.get_short_help_str(limit=90)) for verb, it in found if it])


@click.group(cls=Verbs, help=_ABOUT, context_settings=HELP, subcommand_metavar="VERB ...")
@click.option(
    "-C",
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="Work in the workspace of this folder instead of the current one.",
)
@click.option(
    "--env",
    "environment",
    metavar="NAME",
    help="Put the settings of [env.NAME] in omnibuild.toml on top; the variable OMNIBUILD_ENV says the same.",
)
@click.option("--no-color", is_flag=True, help="No colours; the variable NO_COLOR says the same, a pipe implies it.")
@click.version_option(__version__, prog_name="omnibuild", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, folder: Path, environment: str | None, no_color: bool) -> None:
    """Take what all verbs share."""
    ctx.obj = Call.of(folder, environment, no_color=no_color)
    ctx.color = ctx.obj.color


def start(arguments: list[str]) -> int:
    """Run one command line and return its exit code; errors of omnibuild's own are raised."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # a name that the terminal cannot show must not end the command
            reconfigure(errors="backslashreplace")
    try:
        code = cli.main(arguments, prog_name="omnibuild", standalone_mode=False)
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        form = _form(arguments)
        if form:
            problem = Problem("usage", error.format_message(), hint=_see(error))
            Telling(form).refusal("", None, [problem], lambda: click.echo(problem.message))
        else:
            error.show()
        return USAGE
    return code if isinstance(code, int) else FINE


def _form(arguments: list[str]) -> str:
    """Return the format that is wanted for programs to read, as far as a command line says so that may be wrong."""
    if "--json" in arguments:
        return "json"
    words = [part for it in arguments for part in it.split("=", 1)]
    return next((form for name, form in pairwise(words) if name == "--format" and form in FORMATS[1:]), "")


def _see(error: click.ClickException) -> str:
    ctx = getattr(error, "ctx", None)
    return f"`{ctx.command_path} --help` shows what there is" if isinstance(ctx, click.Context) else ""
