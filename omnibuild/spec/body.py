"""What can be known of a body without running it: its `handle`, and what it imports."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from omnibuild.core.values import Body, Place, Problem
from omnibuild.spec.document import Document
from omnibuild.spec.syntax_tree import parse_python, place_of


@dataclass(frozen=True, slots=True)
class BodyImport:
    """A module that a body imports, and where; `names` are what it imports of it, none for the module itself."""

    module: str
    at: Place
    names: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The full names of what is imported; each may be a module or what a module holds."""
        return tuple(self.module if name == "*" else f"{self.module}.{name}" for name in self.names) or (self.module,)


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
    problems += [*_uses(tree, body), *_mangled(handle, body)]
    parameters = tuple(it.arg for it in handle.args.args)
    return BodyShape(isinstance(handle, ast.AsyncFunctionDef), parameters, _imports(tree, body)), problems


def _relative(tree: ast.Module, body: Body) -> list[Problem]:
    hint = "name the whole module: the body's code moves into the generated package"
    return [
        Problem("body", "a body cannot import relatively", place_of(it, body.file, body.text), hint)
        for it in ast.walk(tree)
        if isinstance(it, ast.ImportFrom) and it.level
    ]


def _signature(handle: ast.FunctionDef | ast.AsyncFunctionDef, body: Body, *, environment: bool) -> list[Problem]:
    where = place_of(handle, body.file, body.text)
    arguments = handle.args
    allowed = 2 if environment else 1
    others = arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg or arguments.defaults
    problems = []
    if others or not 1 <= len(arguments.args) <= allowed:
        hint = "def handle(request: ModelXInput, environment: Environment)" if environment else "one: the request"
        problems.append(Problem("body", "`handle` has other parameters than a body's `handle` can have", where, hint))
    elif any(it.arg == "self" for it in arguments.args):
        message = "no parameter of a body's `handle` can be named `self`"
        problems.append(Problem("body", message, where, "`handle` becomes a method: name it `request`"))
    if handle.decorator_list:
        problems.append(Problem("body", "`handle` cannot be decorated: it becomes a method", where))
    return problems


def _uses(tree: ast.Module, body: Body) -> Iterator[Problem]:
    """Yield a problem for every use of `handle`: no function of this name is there any more."""
    hint = "`handle` becomes a method: move what both need into a function of its own"
    for it in _named_handle(tree):
        yield Problem("body", "a body cannot use its own `handle`", place_of(it, body.file, body.text), hint)


def _mangled(handle: ast.AST, body: Body) -> Iterator[Problem]:
    """Yield a problem for every name that would mean another one in a method: Python puts the class before it."""
    for it in ast.walk(handle):
        match it:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                if name.startswith("__") and not name.endswith("__"):
                    hint = "begin it with one underline: `handle` becomes a method, in which Python changes such names"
                    where = place_of(ast.copy_location(ast.Name(name), it), body.file, body.text)
                    yield Problem("body", f"`{name}` would mean another name", where, hint)
            case _:
                continue


def _named_handle(node: ast.AST) -> Iterator[ast.Name]:
    """Yield the names that mean the module's `handle`: a scope may have another one."""
    if isinstance(node, ast.Name) and node.id == "handle":
        yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, _SCOPES) and _binds_handle(child)):
            yield from _named_handle(child)


_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def _binds_handle(scope: ast.AST) -> bool:
    """Return whether a scope has a `handle` of its own."""
    for it in ast.walk(scope):
        match it:
            case ast.Global(names=names) if "handle" in names:
                return False
            case ast.arg(arg="handle") | ast.Name(id="handle", ctx=ast.Store()) | ast.ExceptHandler(name="handle"):
                return True
            case ast.FunctionDef(name="handle") | ast.AsyncFunctionDef(name="handle") if it is not scope:
                return True
            case ast.alias(name=name, asname=asname) if (asname or name) == "handle":
                return True
            case _:
                continue
    return False


def _imports(tree: ast.Module, body: Body) -> tuple[BodyImport, ...]:
    found = []
    for it in ast.walk(tree):
        if isinstance(it, ast.Import):
            found += [BodyImport(alias.name, place_of(it, body.file, body.text)) for alias in it.names]
        elif isinstance(it, ast.ImportFrom) and it.module and not it.level:
            names = tuple(alias.name for alias in it.names)
            found.append(BodyImport(it.module, place_of(it, body.file, body.text), names))
    return tuple(found)
