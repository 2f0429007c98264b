"""Text to a Python syntax tree, for types and expressions: limits, positions, problems. Nothing is run."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

from omnibuild.core.values import Pointer, Problem

MAX_LENGTH = 10_000
MAX_DEPTH = 50
MAX_NODES = 2_000

_SMALLER = "split it, or write a body"
_HINTS = {
    "comma": "is a comma missing?",
    "&&": "write `and`",
    "||": "write `or`",
    "=": "write == to compare",
}
"""What Python advises, or what stands at the mistake, and what to do. Python would also advise `:=`."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """A parsed text: its tree, and how to point at a part of it.

    `shift` is how many characters the parsed text has before the first of `text`.
    """

    text: str
    at: Pointer
    code: str
    tree: ast.expr
    shift: int
    lines: tuple[bytes, ...]

    def start(self, node: ast.expr | ast.keyword) -> int:
        """Return the offset of the node's first character."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.keyword) -> int:
        """Return the offset behind the node's last character."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def name_of(self, node: ast.Attribute) -> int:
        """Return the offset of the name behind the dot."""
        return max(self.end(node) - len(node.attr), 0)

    def segment(self, node: ast.expr) -> str:
        """Return the node as it is written."""
        return self.text[self.start(node) : self.end(node)]

    def problem(self, message: str, where: ast.expr | ast.keyword | int, hint: str = "") -> Problem:
        """Return a problem at a node or at an offset."""
        offset = where if isinstance(where, int) else self.start(where)
        return Problem(self.code, message, self.at.into(offset), hint)

    def offset(self, line: int, column: int) -> int:
        """Return the offset into `text` of what `ast` counts in lines and UTF-8 bytes."""
        before = sum(len(it.decode(errors="replace")) + 1 for it in self.lines[: line - 1])
        offset = before + len(self.lines[line - 1][:column].decode(errors="replace")) - self.shift
        return min(max(offset, 0), len(self.text))


def parse(text: str, at: Pointer, code: str, what: str) -> Syntax | Problem:
    """Return the tree of a text, or the problem that there is none.

    `code` is that of all its problems, `what` what the text should be. It may be broken into lines
    anywhere, as if it stood in parentheses.
    """
    if not text.strip():
        return Problem(code, f"{what} is missing", at)
    if len(text) > MAX_LENGTH:
        return Problem(code, f"longer than {MAX_LENGTH:,} characters", at, _SMALLER)
    control = next((index for index, it in enumerate(text) if it in "\0\f\r"), None)
    if control is not None:
        return Problem(code, f"control character {text[control]!r}", at.into(control), "write it as an escape")
    if "\n" in text.strip():
        source, shift = f"({text}\n)", 1
    else:
        source, shift = text.strip(), len(text.lstrip()) - len(text)
    lines = tuple(line.encode(errors="replace") for line in source.split("\n"))
    match _tree(source):
        case SyntaxError() as error:
            return _explain(error, Syntax(text, at, code, ast.Name(""), shift, lines), what)
        case str(message):
            return Problem(code, message, at, _SMALLER)
        case tree:
            return Syntax(text, at, code, tree, shift, lines)


def _tree(source: str) -> ast.expr | SyntaxError | str:
    """Return the tree, or why there is none."""
    too_deep = f"more than {MAX_DEPTH} levels deep"
    try:
        with warnings.catch_warnings():
            # What Python only warns of (an invalid escape, `1if x`) becomes a syntax error, with its position.
            warnings.simplefilter("error")
            tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        return error
    except (RecursionError, MemoryError):
        return too_deep
    except ValueError as error:  # a lone surrogate
        return f"not Python: {error}"
    if _is_deep(tree):
        return too_deep
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        return f"more than {MAX_NODES:,} parts"
    return tree


def _is_deep(tree: ast.expr) -> bool:
    """Return whether the tree is too deep to be read by recursion."""
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH + 1):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def _explain(error: SyntaxError, syntax: Syntax, what: str) -> Problem:
    line = min(max(error.lineno or 1, 1), len(syntax.lines))
    before = syntax.lines[line - 1].decode(errors="replace")[: max((error.offset or 1) - 1, 0)]
    message, _, advice = error.msg.partition(". ")
    offset = syntax.offset(line, len(before.encode()))
    found = f"{advice} {syntax.text[offset : offset + 1]} {syntax.text[offset - 1 : offset + 1]}"
    hint = next((it for sign, it in _HINTS.items() if sign in found), "")
    return syntax.problem(f"not {what}: {message}", offset, hint)
