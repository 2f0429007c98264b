"""The workspace's Python as a syntax tree: whatever a file holds, a problem at worst."""

from __future__ import annotations

import ast
import re
import warnings

from omnibuild.core.values import Place, Problem


def parse_python(file: str, text: str, code: str) -> ast.Module | Problem:
    """Return the tree of a Python file, or a problem of this code where it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            # Who walks a tree meets the same depth again: better here, where there is an answer to it.
            compile(tree, file, "exec", dont_inherit=True)
    except (RecursionError, MemoryError):
        return Problem(code, "this is not Python: it is nested too deep", Place(file, 1, 1), "take parts of it out")
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", 1) or 1, getattr(error, "offset", 1) or 1
        message = getattr(error, "msg", str(error))
        return Problem(code, f"this is not Python: {message}", Place(file, line, column))
    return tree


def place_of(node: ast.expr | ast.stmt, file: str, text: str) -> Place:
    """Return where a node of a file's tree stands: the tree counts bytes, people count characters."""
    line = re.split(r"\r\n|\r|\n", text)[node.lineno - 1]
    before = line.encode()[: node.col_offset].decode(errors="replace")
    return Place(file, node.lineno, len(before) + 1)
