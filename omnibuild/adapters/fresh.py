"""Files that are written once, for people to go on with: none ever takes the place of one that is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

SCHEMA = ".omnibuild.schema.json"
"""The JSON Schema beside the specs; its name is hidden, so nobody takes it for a spec."""


_USUAL = {"specs": "specs", "templates": "templates", "cache": "cache", "out": "out"}


def settings_text(package: str, folders: Mapping[str, str] = _USUAL, dependencies: Sequence[str] = ()) -> str:
    """Return the omnibuild.toml of a new workspace.

    `dependencies` are those of the project that is there. What no body imports would only be installed in vain, so
    that they are a line to choose from.
    """
    more = "".join(f'{key} = "{name}"\n' for key, name in folders.items() if name != _USUAL[key])
    if dependencies:
        shown = json.dumps([*dependencies], ensure_ascii=False)
        more += f"# dependencies = {shown}  # keep what bodies import\n"
    return f"""[workspace]
package = "{package}"  # the import package that is generated in {folders["out"]}/src/
{more}
[build]
mode = "balanced"  # fast | balanced | strict

[env.production.build]  # omnibuild --env production build
mode = "strict"
"""


def write_new(root: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Write those of the files that are not there yet, and return their paths. Raises OSError."""
    written = []
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with place.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            continue
        written.append(path)
    return tuple(written)


def write_schema(specs: Path) -> bool:
    """Write the JSON Schema that specs refer to, if it is not there or is another; say whether it was written."""
    if schema_current(specs):
        return False
    specs.mkdir(parents=True, exist_ok=True)
    (specs / SCHEMA).write_text(_schema(), encoding="utf-8", newline="\n")
    return True


def schema_current(specs: Path) -> bool:
    """Return whether the JSON Schema beside the specs is this version's."""
    return schema_text(specs) == _schema()


def schema_text(specs: Path) -> str | None:
    """Return the JSON Schema as it stands beside the specs, None if there is none."""
    try:
        return (specs / SCHEMA).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def ignore(file: Path, folders: Sequence[str]) -> tuple[str, ...]:
    """Append folders to a .gitignore unless they are in it, however written; return the lines that were added."""
    text = file.read_text(encoding="utf-8", errors="surrogateescape") if file.exists() else ""
    known = {line.strip().strip("/") for line in text.splitlines()}
    lines = tuple(f"/{it}/" for it in folders if it.strip("/") not in known)
    if lines:
        gap = "" if not text or text.endswith("\n") else "\n"
        with file.open("a", encoding="utf-8", newline="\n") as opened:
            opened.write(gap + "".join(f"{line}\n" for line in lines))
    return lines


def _schema() -> str:
    from omnibuild.onex.connectors import connector_schemas
    from omnibuild.spec.schema import schema

    return json.dumps(schema(connector_schemas()), indent=2, ensure_ascii=False) + "\n"
