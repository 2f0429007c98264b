"""The modules of existing packages by name: each is read and parsed once, when it is first asked for."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from omnibuild.core.values import Place
from omnibuild.spec.imports import home_of

FOREIGN = frozenset({*sys.stdlib_module_names, "annotated_types", "pydantic", "pydantic_core", "typing_extensions"})
"""The packages that are never looked into, even if they lie below a root: their names mean something here."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a module, and the file that it was read from; a folder without `__init__.py` has an empty one."""

    file: str
    text: str
    is_package: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a module cannot be read."""

    reason: str
    file: str = ""


class Sources(Protocol):
    """The files of existing packages, by the names of their modules."""

    def read(self, module: str) -> SourceText | Unread | None:
        """Return the text of a module, None if none of the roots has it."""
        ...


@dataclass(frozen=True, slots=True)
class Import:
    """What a name of a module stands for: another module, or a name of it."""

    module: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A name that a module gives a value to."""

    value: ast.expr | None
    annotation: ast.expr | None = None


type Function = ast.FunctionDef | ast.AsyncFunctionDef
type Bound = ast.ClassDef | Function | ast.TypeAlias | Assigned | Import


@dataclass(frozen=True, eq=False)
class Module:
    """A module that was read and parsed."""

    name: str
    file: str
    text: str
    is_package: bool
    tree: ast.Module

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Return where a node of the tree stands: the tree counts bytes, people count characters."""
        before = self._lines[node.lineno - 1].encode()[: node.col_offset].decode(errors="replace")
        return Place(self.file, node.lineno, len(before) + 1)

    @cached_property
    def _lines(self) -> list[str]:
        return re.split(r"\r\n|\r|\n", self.text)

    @cached_property
    def names(self) -> Mapping[str, Bound]:
        """What each name stands for when the module has been imported, names for type checkers included."""
        return _bound(self.tree.body, self.package)

    @cached_property
    def stars(self) -> tuple[str, ...]:
        """The modules of which all is imported, the last first."""
        found = (it for it, _ in _flat(self.tree.body) if isinstance(it, ast.ImportFrom))
        stars = [home_of(it, self.package) for it in found if it.names[0].name == "*"]
        return tuple(reversed(stars))


class Library:
    """Modules by their names."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._modules: dict[str, Module | Unread | None] = {}

    def module(self, name: str) -> Module | Unread | None:
        """Return a module, why it cannot be read, or None if it is foreign: not below any root."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def unread(self) -> Mapping[str, Unread]:
        """Return every module that was asked for and could not be read, by its name."""
        return {name: it for name, it in self._modules.items() if isinstance(it, Unread)}

    def _read(self, name: str) -> Module | Unread | None:
        if name.partition(".")[0] in FOREIGN:
            return None
        found = self._sources.read(name)
        if not isinstance(found, SourceText):
            return found
        tree = _parsed(found)
        return tree if isinstance(tree, Unread) else Module(name, found.file, found.text, found.is_package, tree)


def _parsed(source: SourceText) -> ast.Module | Unread:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.text)
    except SyntaxError as error:
        return Unread(f"line {error.lineno or 1} is not Python: {error.msg}", source.file)
    except (RecursionError, MemoryError):
        return Unread("it is nested too deep", source.file)
    except ValueError as error:
        return Unread(f"it is not Python: {error}", source.file)


_RUNS, _FALLBACK = 1, 0
"""Whether a statement runs on import in the usual case, or only where something is missing, or for types alone."""


def _flat(body: list[ast.stmt], weight: int = _RUNS) -> Iterator[tuple[ast.stmt, int]]:
    """Yield the statements at the top level, those of `if`, `try` and `with` included, with their weight."""
    for statement in body:
        match statement:
            case ast.If():
                types_only = is_for_types_only(statement)
                yield from _flat(statement.body, _FALLBACK if types_only else weight)
                yield from _flat(statement.orelse, weight if types_only else _FALLBACK)
            case ast.Try():
                yield from _flat([*statement.body, *statement.orelse, *statement.finalbody], weight)
                for handler in statement.handlers:
                    yield from _flat(handler.body, _FALLBACK)
            case ast.With():
                yield from _flat(statement.body, weight)
            case _:
                yield statement, weight


def is_for_types_only(statement: ast.If) -> bool:
    """Return whether a branch is for type checkers alone."""
    match statement.test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case _:
            return False


def _bound(body: list[ast.stmt], package: str) -> dict[str, Bound]:
    """Return what names stand for: of several bindings the last one that runs, else the first."""
    found: dict[str, tuple[int, Bound]] = {}
    for statement, weight in _flat(body):
        for name, it in bindings(statement, package):
            if name not in found or (weight == _RUNS and weight >= found[name][0]):
                found[name] = (weight, it)
    return {name: it for name, (_, it) in found.items()}


def bindings(statement: ast.stmt, package: str) -> Iterator[tuple[str, Bound]]:
    """Yield the names that one statement binds; `package` is where relative imports start."""
    match statement:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name, statement
        case ast.Import(names=aliases):
            for it in aliases:
                top = it.name.partition(".")[0]
                yield (it.asname, Import(it.name)) if it.asname else (top, Import(top))
        case ast.ImportFrom(names=aliases):
            home = home_of(statement, package)
            yield from ((it.asname or it.name, Import(home, it.name)) for it in aliases if it.name != "*")
        case ast.TypeAlias(name=ast.Name(id=name)):
            yield name, statement
        case ast.AnnAssign(target=ast.Name(id=name), value=value, annotation=annotation):
            yield name, Assigned(value, annotation)
        case ast.Assign(targets=targets, value=value):
            yield from ((it.id, Assigned(value)) for it in targets if isinstance(it, ast.Name))
