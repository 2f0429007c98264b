"""What a build or a check says, for other programs: a module a format, values in, text out."""

from __future__ import annotations

from importlib import import_module

from omnibuild.cli.formats.told import Told

FORMATS = ("text", "json", "github", "sarif", "junit")
"""What standard output can be, as `--format` names it; text is for people and stands in `omnibuild/cli/report.py`."""

FILES = ("json", "sarif", "junit", "markdown")
"""What `--report` writes to files."""


def rendered(form: str, told: Told) -> str:
    """Return what is told in a format other than text."""
    text: str = import_module(f"omnibuild.cli.formats.{form}").rendered(told)
    return text
