"""What can be known of a body without running it: its `handle`, and what it imports."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from omnibuild.core.values import Body, Place, Problem


@dataclass(frozen=True, slots=True)
class BodyImport:
    """A module that a body imports, and where."""

    module: str
    at: Place


@dataclass(frozen=True, slots=True)
class BodyShape:
    """The shape of a body: whether `handle` is a coroutine, its parameters, and the imports."""

    is_async: bool
    parameters: tuple[str, ...]
    imports: tuple[BodyImport, ...]


def read_body(body: Body, *, environment: bool) -> tuple[BodyShape | None, list[Problem]]:
    """Return the shape of a body, and what keeps it from being spliced into a handler.

    `environment` says whether the spec declares variables: `handle` may then take them as its
    second parameter.
    """
    try:
        tree = ast.parse(body.text)
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", 1) or 1, getattr(error, "offset", 1) or 1
        message = getattr(error, "msg", str(error))
        return None, [Problem("body", f"this is not Python: {message}", Place(body.file, line, column))]
    problems = _relative(tree, body)
    handles = [it for it in tree.body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef) and it.name == "handle"]
    if len(handles) != 1:
        wanted = "def handle(request: ModelXInput) -> ModelXOutput"
        message = "a body defines `handle` once" if handles else "the body does not define `handle`"
        where = Place(body.file, handles[1].lineno, 1) if handles else Place(body.file, 1, 1)
        return None, [*problems, Problem("body", message, where, f"write `{wanted}: …`, or `async def`")]
    handle = handles[0]
    problems += _signature(handle, body, environment=environment)
    parameters = tuple(it.arg for it in handle.args.args)
    return BodyShape(isinstance(handle, ast.AsyncFunctionDef), parameters, _imports(tree, body)), problems


def _relative(tree: ast.Module, body: Body) -> list[Problem]:
    hint = "name the whole module: the body's code moves into the generated package"
    return [
        Problem("body", "a body cannot import relatively", Place(body.file, it.lineno, it.col_offset + 1), hint)
        for it in ast.walk(tree)
        if isinstance(it, ast.ImportFrom) and it.level
    ]


def _signature(handle: ast.FunctionDef | ast.AsyncFunctionDef, body: Body, *, environment: bool) -> list[Problem]:
    where = Place(body.file, handle.lineno, handle.col_offset + 1)
    arguments = handle.args
    allowed = 2 if environment else 1
    others = arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg or arguments.defaults
    problems = []
    if others or not 1 <= len(arguments.args) <= allowed:
        hint = "def handle(request: ModelXInput, environment: Environment)" if environment else "one: the request"
        problems.append(Problem("body", "`handle` has other parameters than a body's `handle` can have", where, hint))
    if handle.decorator_list:
        problems.append(Problem("body", "`handle` cannot be decorated: it becomes a method", where))
    return problems


def _imports(tree: ast.Module, body: Body) -> tuple[BodyImport, ...]:
    found = []
    for it in ast.walk(tree):
        where = Place(body.file, getattr(it, "lineno", 1), getattr(it, "col_offset", 0) + 1)
        if isinstance(it, ast.Import):
            found += [BodyImport(alias.name, where) for alias in it.names]
        elif isinstance(it, ast.ImportFrom) and it.module and not it.level:
            found.append(BodyImport(it.module, where))
    return tuple(found)
