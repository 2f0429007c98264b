"""docs/commands.md says what `--help` says: it is made of the same texts."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module

import click

from omnibuild.cli.app import SECTIONS, VERBS, cli
from omnibuild.cli.verb import Verb
from tests.workspaces import REPOSITORY

PAGE = REPOSITORY / "docs" / "commands.md"

INTRODUCTION = """\
# The commands

What `omnibuild --help` and `omnibuild VERB --help` say, on one page. A verb finds its workspace upwards from the
current folder.

"""

CODES = """
| exit code | meaning |
| --- | --- |
| 0 | fine |
| 1 | problems found |
| 2 | usage or configuration |
| 3 | internal error, with a report to paste |
| 130 | interrupted |
"""


def page() -> str:
    """Return the page as the verbs make it."""
    top = click.Context(cli, info_name="omnibuild")
    parts = [INTRODUCTION]
    for title, verbs in SECTIONS.items():
        parts.append(f"**{title}**\n\n")
        parts += [f"- [`{it}`](#{it}): {_verb(it).get_short_help_str(limit=90)}\n" for it in verbs]
        parts.append("\n")
    parts += ["**With every verb**, before or behind it\n\n", *_options(cli, top), CODES]
    for name in VERBS:
        parts += _section(name, _verb(name), top, "##")
    return "".join(parts)


def _verb(name: str) -> click.Command:
    command: click.Command = import_module(f"omnibuild.cli.{name}").command
    return command


def _section(name: str, command: click.Command, above: click.Context, level: str) -> Iterator[str]:
    """Yield the section of a verb, and those of its words, if it has any."""
    context = click.Context(command, info_name=name, parent=above)
    yield f"\n{level} {context.command_path.removeprefix('omnibuild ')}\n\n{inspect.cleandoc(command.help or '')}\n\n"
    yield f"```text\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```\n\n"
    yield from _options(command, context)
    examples = command.examples if isinstance(command, Verb) else ()
    if examples:
        lines = "".join(f"# {meaning}\n{line}\n" for line, meaning in examples)
        yield f"\n```sh\n{lines}```\n"
    if isinstance(command, click.Group):
        for word, it in command.commands.items():
            yield from _section(word, it, context, f"{level}#")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for it in command.params:
        record = it.get_help_record(context) if isinstance(it, click.Option) else None
        if record and it.name not in ("help", "version"):
            yield f"- `{record[0]}`: {record[1]}\n"


def test_the_page_of_the_commands_is_what_help_says(regen: bool) -> None:
    if regen:
        PAGE.write_text(page())

    assert PAGE.read_text() == page(), "pytest tests/test_commands_page.py --regen writes it anew"


def test_the_page_has_every_exit_code_of_the_readme() -> None:
    table = CODES.partition("| --- | --- |\n")[2]

    assert table in (REPOSITORY / "README.md").read_text()
