"""A body's parts, ready to be spliced into a generated module with their comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst
from libcst import matchers
from libcst.helpers import get_full_name_for_node

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Statement, docstring, line


@dataclass(frozen=True, slots=True)
class Parts:
    """A body taken apart: its docstring's text, what stands beside `handle`, and `handle`."""

    description: str
    beside: tuple[Statement, ...]
    handle: cst.FunctionDef


def take_apart(text: str, imports: Imports) -> Parts:
    """Take a body apart, moving its top-level imports into the set. The text has a valid shape."""
    module = cst.parse_module(text)
    beside: list[Statement] = []
    handle: cst.FunctionDef | None = None
    pending = list(module.header)
    statements = list(module.body)
    description = module.get_docstring() or ""
    if description:
        pending += statements[0].leading_lines
        del statements[0]
    for statement in statements:
        if _move_imports(statement, imports, [*_texts(pending)]):
            pending = []
            continue
        kept = statement.with_changes(leading_lines=[*_comments(pending), *statement.leading_lines])
        pending = []
        if isinstance(kept, cst.FunctionDef) and kept.name.value == "handle":
            handle = kept
        else:
            beside.append(kept)
    if handle is None:
        raise ValueError("a body without `handle` cannot be spliced")
    return Parts(" ".join(description.split()), tuple(beside), handle)


def method(handle: cst.FunctionDef, description: str, first: Sequence[str]) -> cst.FunctionDef:
    """Return `handle` as a method of one parameter, with these statements before its own."""
    parameters = handle.params.with_changes(
        params=[cst.Param(cst.Name("self")), handle.params.params[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)]
    )
    suite = handle.body
    statements: list[cst.BaseStatement] = (
        list(suite.body) if isinstance(suite, cst.IndentedBlock) else [cst.SimpleStatementLine(_small(suite))]
    )
    own = handle.get_docstring()
    start = 1 if own else 0
    opening = [statements[0]] if own else [docstring(description, 8)]
    body = cst.IndentedBlock([*opening, *(line(it) for it in first), *statements[start:]], footer=_footer(handle))
    return handle.with_changes(params=parameters, body=body)


def _small(suite: cst.BaseSuite) -> list[cst.BaseSmallStatement]:
    return list(suite.body) if isinstance(suite, cst.SimpleStatementSuite) else []


def _footer(handle: cst.FunctionDef) -> Sequence[cst.EmptyLine]:
    return handle.body.footer if isinstance(handle.body, cst.IndentedBlock) else ()


def _comments(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    return [it for it in lines if it.comment]


def _texts(lines: Sequence[cst.EmptyLine]) -> list[str]:
    return [it.comment.value for it in lines if it.comment]


def _move_imports(statement: cst.CSTNode, imports: Imports, above: Sequence[str]) -> bool:
    """Add a top-level import to the set, with its comments; say whether the statement was one."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    if not all(isinstance(it, cst.Import | cst.ImportFrom) for it in statement.body):
        return False
    if any(isinstance(it, cst.ImportFrom) and isinstance(it.names, cst.ImportStar) for it in statement.body):
        return False
    behind = statement.trailing_whitespace.comment
    found = matchers.findall(statement, matchers.Comment())
    above = [*above, *(it.value for it in found if isinstance(it, cst.Comment) and it is not behind)]
    for it in statement.body:
        if isinstance(it, cst.Import):
            for alias in it.names:
                imports.module(alias.evaluated_name, alias.evaluated_alias or "")
                imports.comment(alias.evaluated_name, "", above, behind.value if behind else "")
                above = []
        elif isinstance(it, cst.ImportFrom) and not isinstance(it.names, cst.ImportStar):
            module = (it.module and get_full_name_for_node(it.module)) or ""
            for alias in it.names:
                imports.bind(module, alias.evaluated_name, alias.evaluated_alias or alias.evaluated_name)
                imports.comment(module, alias.evaluated_name, above, behind.value if behind else "")
                above = []
    return True
