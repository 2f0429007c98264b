"""What can be known of a body without running it: its `handle`, and what it imports."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable
from dataclasses import dataclass

from omnibuild.core.values import Body, Place, Problem
from omnibuild.spec.document import Document
from omnibuild.spec.syntax_tree import parse_python


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


type Text = Callable[[str], str | Problem | None]
"""Returns a file's text by its path relative to the workspace: `core.ports.Inputs.text`."""


def find_body(document: Document, text: Text, *, alone: bool) -> tuple[Body | None, list[Problem]]:
    """Return the Python that stands beside a node's spec: named by `body:`, by the node or by the file.

    `alone` says that no other document stands in the file, whose name is then the node's, too.
    """
    if document.declares != "node":
        return None, []
    file, named = document.at.file, document.data.get("body")
    home = posixpath.dirname(file)
    if isinstance(named, str) and (fault := _misplaced(named)):
        hint = f"name a file of {home}, or of a folder in it: `body: {document.name}.py`"
        return None, [Problem("body", f"`{named}` {fault}", document.at.to("body"), hint)]
    stem = posixpath.splitext(posixpath.basename(file))[0]
    candidates = [f"{document.name}.py", *([f"{stem}.py"] if alone else [])]
    for candidate in [named] if isinstance(named, str) else candidates:
        path = posixpath.normpath(posixpath.join(home, candidate))
        found = text(path)
        if isinstance(found, Problem):
            return None, [found]
        if found is not None:
            return Body(path, found), []
    if isinstance(named, str):
        hint = f"it must stand beside {file}"
        return None, [Problem("body", f"there is no file `{named}`", document.at.to("body"), hint)]
    return None, []


def _misplaced(named: str) -> str:
    """Return what is wrong with the path of a body, nothing if nothing is."""
    if named.startswith(("/", "~")) or "\\" in named or ":" in named or ".." in named.split("/"):
        return "leads out of the folder of the spec"
    return "" if named.endswith(".py") else "is no Python file"


def read_body(body: Body, *, environment: bool) -> tuple[BodyShape | None, list[Problem]]:
    """Return the shape of a body, and what keeps it from being spliced into a handler.

    `environment` says whether the spec declares variables: `handle` may then take them as its
    second parameter.
    """
    tree = parse_python(body.file, body.text, "body")
    if isinstance(tree, Problem):
        return None, [tree]
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
