"""A Python module: a docstring, imports, and statements, to text."""

from __future__ import annotations

from collections.abc import Sequence

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.layout import written
from omnibuild.assemble.tree import Docstring, Statement, spaced


def module(description: str, imports: Imports | None, body: Sequence[Statement]) -> str:
    """Return the text of a module: `LaidOut`, if the formatter has nothing to do with it."""
    statements: list[Statement] = [Docstring(description)]
    found = imports.statements() if imports else []
    statements += [spaced(it) if position == 0 else it for position, it in enumerate(found)]
    return written([*statements, *body])
