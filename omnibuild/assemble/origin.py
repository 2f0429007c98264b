"""The way back: from a line of a generated file to the place of the spec, or of the body, that caused it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from omnibuild.core.values import Body, Draft, Place, Pointer

_DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@lru_cache(maxsize=512)
def tree_of(text: str) -> ast.Module | None:
    """Return the tree of a Python text, None if it does not parse. Trees are shared: never change one."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def origin(draft: Draft, file: str, line: int, at: Pointer, column: int = 0) -> Pointer | Place:
    """Return what caused a line of a generated file: a place in the body, or one in the spec.

    `column` counts from 1; 0 means not known. It tells apart the keyword arguments of one line.
    `at` is the answer where the draft knows of no nearer place.
    """
    tree = tree_of(draft.files.get(file, "")) if file.endswith(".py") else None
    origins = draft.origins.get(file, {})
    chain: tuple[str, ...] = ()
    if tree is not None:
        if draft.body and draft.body[0] == file:
            place = _in_body(tree, draft.files[file], draft.body[1], line, column)
            if place:
                return place
        chain = tuple(_names(tree.body, line, column))
    for length in range(len(chain), -1, -1):
        if chain[:length] in origins:
            return origins[chain[:length]]
    return at


# --------------------------------------------------------------------------- the names at a line


def _names(body: Sequence[ast.stmt], line: int, column: int) -> Iterator[str]:
    """Yield the names that lead to the innermost definition, `match` case, assignment or keyword at the line.

    A case is known by its number from 1, `case 2`, and its guard by `if`.
    """
    for statement, inside in _path(body, line):
        if isinstance(statement, _DEFINITIONS):
            yield statement.name
        elif isinstance(statement, ast.Match):
            yield from _case(statement, line, column)
        if inside:
            continue
        value: ast.expr | None = None
        match statement:
            case ast.Assign(targets=[ast.Name(id=name), *_], value=value):
                yield name
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=value)
                | ast.AugAssign(target=ast.Name(id=name), value=value)
            ):
                yield name
            case ast.Return(value=value) | ast.Expr(value=value):
                pass
        yield from _keywords(value, line, column)


def _case(statement: ast.Match, line: int, column: int) -> Iterator[str]:
    for number, case in enumerate(statement.cases, 1):
        if case.pattern.lineno <= line <= (case.body[-1].end_lineno or 0):
            yield f"case {number}"
            if case.guard and _covers(case.guard, case.guard, line, column):
                yield "if"


def _path(body: Sequence[ast.stmt], line: int) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield the statements at the line, outermost first, each with whether another one follows."""
    statement = _at(body, line)
    while statement is not None:
        inner = _at(list(_inside(statement)), line)
        yield statement, inner is not None
        statement = inner


def _at(body: Sequence[ast.stmt], line: int) -> ast.stmt | None:
    return next((it for it in body if _first_line(it) <= line <= (it.end_lineno or it.lineno)), None)


def _first_line(statement: ast.stmt) -> int:
    if isinstance(statement, _DEFINITIONS) and statement.decorator_list:
        return min(statement.lineno, statement.decorator_list[0].lineno)
    return statement.lineno


def _inside(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements right below a node, those of `match` cases and `except` clauses too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.match_case | ast.ExceptHandler):
            yield from _inside(child)


def _keywords(value: ast.expr | None, line: int, column: int) -> Iterator[str]:
    """Yield the keyword arguments, from the outer call to the inner one, whose value is at the place."""
    while isinstance(value, ast.Await | ast.Call):
        if isinstance(value, ast.Await):
            value = value.value
            continue
        spanning = [it for it in value.keywords if it.arg and it.lineno <= line <= (it.value.end_lineno or 0)]
        exact = [it for it in spanning if column and _covers(it, it.value, line, column)]
        chosen = exact or spanning
        if len(chosen) != 1:
            return
        yield chosen[0].arg or ""
        value = chosen[0].value


def _covers(first: ast.keyword | ast.expr, last: ast.expr, line: int, column: int) -> bool:
    end = (last.end_lineno or first.lineno, (last.end_col_offset or 0) + 1)
    return (first.lineno, first.col_offset + 1) <= (line, column) < end


# ----------------------------------------------------------------------------------- the body


@dataclass(frozen=True, slots=True)
class _Key:
    """What a statement is known by in both texts: the definitions around it, and what it says."""

    scope: tuple[str, ...]
    says: str


def _in_body(tree: ast.Module, text: str, body: Body, line: int, column: int) -> Place | None:
    """Return where the body says what the generated file says at the line, None if it does not."""
    written = tree_of(body.text)
    if written is None:
        return None
    theirs = _numbered(written, set())
    own = {it.name for it in written.body if isinstance(it, ast.ClassDef)}
    wrappers = {it.name for it in tree.body if isinstance(it, ast.ClassDef)} - own
    ours = {id(statement): numbered for numbered, statement in _numbered(tree, wrappers).items()}
    for statement in reversed([statement for statement, _ in _path(tree.body, line)]):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            place = _imported(statement, written, body, line, column)
            if place:
                return place
        key, count = ours.get(id(statement), (None, 0))
        match = next((theirs[key, it] for it in range(count, -1, -1) if (key, it) in theirs), None) if key else None
        if match is not None:
            return _place(statement, text, match, body, (line, column))
    return None


def _numbered(tree: ast.Module, wrappers: set[str]) -> dict[tuple[_Key, int], ast.stmt]:
    """Return the statements by their key and how many of the same key stand before them.

    A class in `wrappers` counts as not there: its statements are known as if they stood outside.
    """
    counts: dict[_Key, int] = {}
    result: dict[tuple[_Key, int], ast.stmt] = {}
    for scope, statement in _scoped(tree.body, (), wrappers):
        key = _Key(scope, _says(statement))
        result[key, counts.get(key, 0)] = statement
        counts[key] = counts.get(key, 0) + 1
    return result


def _scoped(
    body: Sequence[ast.stmt], scope: tuple[str, ...], wrappers: set[str]
) -> Iterator[tuple[tuple[str, ...], ast.stmt]]:
    for statement in body:
        if isinstance(statement, ast.ClassDef) and not scope and statement.name in wrappers:
            yield from _scoped(list(_inside(statement)), scope, wrappers)
            continue
        yield scope, statement
        inner = (*scope, statement.name) if isinstance(statement, _DEFINITIONS) else scope
        yield from _scoped(list(_inside(statement)), inner, wrappers)


def _says(statement: ast.stmt) -> str:
    """Return what a statement is compared by: a definition by its name, since its parameters may differ."""
    if isinstance(statement, _DEFINITIONS):
        return f"{'class' if isinstance(statement, ast.ClassDef) else 'def'} {statement.name}"
    return ast.dump(statement)


def _place(statement: ast.stmt, text: str, match: ast.stmt, body: Body, at: tuple[int, int]) -> Place:
    """Return the place of the body's statement that corresponds to a line and column of the generated one."""
    line, column = at
    ours = text.splitlines()[statement.lineno - 1 : statement.end_lineno]
    theirs = body.text.splitlines()[match.lineno - 1 : match.end_lineno]
    further = line - statement.lineno
    same = [it.strip() for it in ours] == [it.strip() for it in theirs]
    if 0 <= further < len(theirs) and (same or (further == 0 and ours[0].strip() == theirs[0].strip())):
        inside = max(column - 1 - _indent(ours[further]), 0)
        return Place(body.file, match.lineno + further, _indent(theirs[further]) + inside + 1)
    return Place(body.file, match.lineno, match.col_offset + 1)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _imported(
    statement: ast.Import | ast.ImportFrom, written: ast.Module, body: Body, line: int, column: int
) -> Place | None:
    """Return where the body imports what the generated file imports at the line.

    Imports are sorted and merged on the way, so their statements are not compared as a whole.
    """
    here = [it for it in statement.names if it.lineno == line] or statement.names
    exact = [it for it in here if it.col_offset + 1 == column]
    wanted = {_target(statement, it) for it in (exact or here)}
    for theirs in ast.walk(written):
        if isinstance(theirs, ast.Import | ast.ImportFrom):
            for alias in theirs.names:
                if _target(theirs, alias) in wanted:
                    return Place(body.file, alias.lineno, alias.col_offset + 1)
    return None


def _target(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> tuple[str, str]:
    if isinstance(statement, ast.ImportFrom):
        return ("." * statement.level + (statement.module or ""), alias.name)
    return (alias.name, "")
