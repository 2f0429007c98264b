"""omnibuild completion: the script that makes a shell complete verbs, options and node names."""

from __future__ import annotations

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.verb import Verb, as_json

VARIABLE = "_OMNIBUILD_COMPLETE"
"""What the script sets when the shell wants an offer."""


@click.command(
    "completion",
    cls=Verb,
    short_help="Print the completion script of a shell.",
    help="""Print the script that makes a shell complete verbs, options, node names and selectors.""",
    examples=(
        ('eval "$(omnibuild completion bash)"', "for this session; in ~/.bashrc for all"),
        ('eval "$(omnibuild completion zsh)"', "in ~/.zshrc, after compinit"),
        ("omnibuild completion fish > ~/.config/fish/completions/omnibuild.fish", "for fish"),
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@as_json
@click.pass_obj
def command(call: Call, shell: str, as_json: bool) -> None:
    """Print the script."""
    from click.shell_completion import get_completion_class

    from omnibuild.cli.app import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    # Not `source()`: for bash that runs bash to ask its version.
    completion = kind(cli, {}, "omnibuild", VARIABLE)
    script = completion.source_template % completion.source_vars()
    if as_json:
        show_json({"shell": shell, "script": script})
    else:
        call.console().say(script)
