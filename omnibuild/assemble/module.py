"""A Python module: a docstring, imports, and statements, to text."""

from __future__ import annotations

from collections.abc import Sequence

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Docstring, Statement, lines, spaced


def module(description: str, imports: Imports | None, body: Sequence[Statement]) -> str:
    """Return the text of a module, not yet laid out."""
    statements: list[Statement] = [Docstring(description)]
    found = imports.statements() if imports else []
    statements += [spaced(it) if position == 0 else it for position, it in enumerate(found)]
    return "\n".join([*lines([*statements, *body]), ""])
