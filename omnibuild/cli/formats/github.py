"""Annotations, as GitHub's runner reads them from the log of a step."""

from __future__ import annotations

from omnibuild.cli.console import harmless
from omnibuild.cli.formats.told import Told
from omnibuild.core.values import Level, Problem

MOST = 10
"""How many annotations of a step GitHub shows."""

_COMMANDS = {Level.BLOCK: "error", Level.WARN: "warning", Level.OFF: "notice"}


def rendered(told: Told) -> str:
    """Return an annotation a line, of the problems that weigh most."""
    return "\n".join(annotation(told, it) for it in told.problems[:MOST])


def annotation(told: Told, problem: Problem) -> str:
    """Return the command that annotates a line of a file with a problem."""
    at = told.place(problem)
    properties = {"file": at.file, "line": str(at.line), "col": str(at.column)} if at else {}
    properties["title"] = f"omnibuild {problem.code}"
    message = f"{problem.message}\nhint: {problem.hint}" if problem.hint else problem.message
    listed = ",".join(f"{name}={escaped_property(harmless(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[problem.level]} {listed}::{escaped(harmless(message))}"


def escaped(text: str) -> str:
    """Return a text as the message of a command: what would end it is escaped, as in the toolkit of the runner."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    """Return a text as the value of a command's property."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
