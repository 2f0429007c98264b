"""omnibuild schema: the JSON Schema of the spec language."""

from __future__ import annotations

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.verb import Verb, as_json


@click.command(
    "schema",
    cls=Verb,
    short_help="Print the JSON Schema of the spec language, for editors.",
    help="""Print the JSON Schema of the spec language.

    Editors complete and check specs with it. The first line of a spec says where it is:
    `# yaml-language-server: $schema=.omnibuild.schema.json`. `init` and `new` write both; after an upgrade of
    omnibuild, --write brings the file up to date.
    """,
    examples=(
        ("omnibuild schema > spec.schema.json", "to anywhere"),
        ("omnibuild schema --write", "to specs/.omnibuild.schema.json"),
    ),
)
@click.option("--write", is_flag=True, help="Write it to the file that specs refer to, beside them.")
@as_json
@click.pass_obj
def command(call: Call, write: bool, as_json: bool) -> None:
    """Print or write the JSON Schema."""
    from omnibuild.onex.connectors import connector_schemas
    from omnibuild.spec.schema import schema

    del as_json  # it is JSON in any case
    if not write:
        show_json(schema(connector_schemas()))
        return
    from omnibuild.adapters.fresh import SCHEMA, write_schema

    space = call.workspace()
    changed = write_schema(space.root / space.settings.specs)
    call.console().say(f"{space.settings.specs}/{SCHEMA} {'written' if changed else 'is up to date'}")
