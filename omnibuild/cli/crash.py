"""An error of omnibuild's own: a short word to the user, and a report to paste."""

from __future__ import annotations

import platform
import shlex
import sys
import tempfile
import traceback
from pathlib import Path

import click

from omnibuild import __version__
from omnibuild.cli import INTERNAL

_SHOWN = 6
"""How many lines of the traceback are printed; the report has all of them."""


def tell(error: Exception, arguments: list[str]) -> int:
    """Write the report to a file, print the end of it and where it is, and return the exit code."""
    trace = "".join(traceback.format_exception(error))
    text = report(trace, arguments)
    last = [line for line in trace.rstrip().splitlines() if line.strip("~^ ")][-_SHOWN:]
    lines = ["omnibuild: internal error: this is a fault of omnibuild, not of your specs", ""]
    lines += [f"  {line}" for line in last]
    file = _kept(text)
    if file is None:
        lines += ["", "Please report it with what follows:", "", text]
    else:
        lines += ["", f"The whole report is in {file}: please attach it when you report this."]
    click.echo("\n".join(lines), err=True)
    return INTERNAL


def report(trace: str, arguments: list[str]) -> str:
    """Return what a developer of omnibuild needs to know."""
    return "\n".join(
        [
            f"omnibuild {__version__}",
            f"python {sys.version.split()[0]} ({platform.python_implementation()}), {sys.executable}",
            f"platform {platform.platform()}",
            f"command omnibuild {shlex.join(arguments)}",
            f"folder {_folder()}",
            "",
            trace,
        ]
    )


def _folder() -> str:
    try:
        return str(Path.cwd())
    except OSError as error:  # it was removed while the command ran
        return f"unknown ({error})"


def _kept(text: str) -> str | None:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="omnibuild-error-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(text)
            return file.name
    except OSError:
        return None
