"""A Python module: a docstring, imports, and statements, to text."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Statement, docstring


def module(description: str, imports: Imports | None, body: Sequence[Statement]) -> str:
    """Return the text of a module, not yet laid out."""
    statements: list[Statement] = [docstring(description)]
    found = imports.statements() if imports else []
    if found:
        first = [cst.EmptyLine(), *found[0].leading_lines]
        statements += [found[0].with_changes(leading_lines=first), *found[1:]]
    statements += body
    return cst.Module(body=statements).code
