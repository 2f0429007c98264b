"""What the installed ONEX packages offer, read from their source: importing them takes a second."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_DISTRIBUTION = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_MODULE_SUFFIXES = (".py", ".so", ".pyd")
_EDITABLE = "__editable__"
"""How the modules begin with which setuptools installs a folder instead of its files."""


@dataclass(frozen=True, slots=True)
class _Module:
    """The names of a module's own, and the modules of which it imports all."""

    names: frozenset[str]
    stars: tuple[str, ...]


class InstalledOnex:
    """The modules that are installed beside omnibuild, read once each and never imported."""

    def __init__(self) -> None:
        self._modules: dict[str, _Module | None] = {}
        self._folders: dict[str, Path | None] = {}

    def has(self, module: str, name: str) -> bool | None:
        """Return whether the module offers the name; None if there is no such module.

        Offered is what the module defines, imports or names in `__all__`, its submodules, and, if it
        has a `__getattr__`, every name that stands in its tables.
        """
        if self._module(module) is None:
            return None
        return self._offers(module, name) or self._file(f"{module}.{name}") is not None

    def modules(self, requirement: str) -> frozenset[str]:
        """Return the top-level modules that a requirement such as `sqlalchemy[asyncio]>=2` provides.

        If the distribution is not installed, the name with `_` for `-` is the best that can be said.
        """
        found = _DISTRIBUTION.match(requirement)
        if found is None:
            return frozenset()
        name = found[1]
        return frozenset(_provided(name)) or frozenset({name.lower().replace("-", "_").replace(".", "_")})

    def version(self, requirement: str) -> str:
        """Return the version that is installed of what a requirement asks for, `none` if there is none."""
        from importlib import metadata

        found = _DISTRIBUTION.match(requirement)
        try:
            return metadata.version(found[1]) if found else "none"
        except metadata.PackageNotFoundError:
            return "none"

    def _offers(self, module: str, name: str) -> bool:
        """Look for the name in the module and in those of which it imports all, however they go round."""
        pending = [module]
        for origin in pending:
            found = self._module(origin)
            if found and name in found.names and (origin == module or not name.startswith("_")):
                return True
            pending += [it for it in (found.stars if found else ()) if it not in pending]
        return False

    def _module(self, module: str) -> _Module | None:
        if module not in self._modules:
            file = self._file(module)
            self._modules[module] = _read(module, file) if file else None
        return self._modules[module]

    def _file(self, module: str) -> Path | None:
        """Return a module's source file; for a folder without `__init__.py`, the folder."""
        top, *rest = module.split(".")
        if top not in self._folders:
            self._folders[top] = _find(top)
        place = self._folders[top]
        if place is None or not rest:
            return place and _source(place)
        if place.suffix == ".py":
            return None
        return _source(place.joinpath(*rest))


def _provided(distribution: str) -> Iterator[str]:
    from importlib import metadata

    try:
        files = metadata.distribution(distribution).files or ()
    except metadata.PackageNotFoundError:
        return
    for file in files:
        name = file.parts[0] if len(file.parts) > 1 else file.name.partition(".")[0]
        if file.suffix in _MODULE_SUFFIXES and name.isidentifier() and not name.startswith(_EDITABLE):
            yield name


def _read(module: str, file: Path) -> _Module:
    try:
        body = ast.parse(file.read_bytes()).body if file.suffix == ".py" else []
    except (OSError, SyntaxError, ValueError):
        body = []
    names = set(_names(body))
    if "__getattr__" in names:
        names.update(_lazy(body))
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    return _Module(frozenset(names), tuple(_stars(body, package)))


def _find(top: str) -> Path | None:
    """Return the folder of a top-level package, or the file of a top-level module; imports nothing."""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin) if spec.has_location and spec.origin else None


def _source(place: Path) -> Path | None:
    if place.suffix == ".py" and place.is_file():
        return place
    candidates = (place / "__init__.py", place.with_name(f"{place.name}.py"))
    file = next((it for it in candidates if it.is_file()), None)
    return file or (place if place.is_dir() else None)


def _names(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Give the names that statements at module level bind, and those of `__all__`."""
    for statement in _flat(body):
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=aliases):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
            case ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name for alias in aliases)
            case ast.Assign() | ast.AnnAssign(value=ast.expr()) | ast.AugAssign() | ast.TypeAlias():
                yield from _assigned(statement)
            case _:
                continue


def _assigned(statement: ast.stmt) -> Iterator[str]:
    bound = [it.id for it in ast.walk(statement) if isinstance(it, ast.Name) and isinstance(it.ctx, ast.Store)]
    yield from bound
    if "__all__" in bound:
        yield from _strings(statement)


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Give the statements that run on import, those of every branch included, but not `if TYPE_CHECKING:`."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        blocks = ["orelse"] if _is_for_types_only(statement) else ["body", "orelse", "finalbody"]
        for block in blocks:
            yield from _flat(getattr(statement, block, ()))
        for handler in getattr(statement, "handlers", ()):
            yield from _flat(handler.body)


def _is_for_types_only(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and ast.unparse(statement.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _lazy(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Give every string of a module's tables and of its `__getattr__` that can be a name."""
    for statement in _flat(body):
        table = isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign)
        if table or (isinstance(statement, ast.FunctionDef) and statement.name == "__getattr__"):
            yield from _strings(statement)


def _strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def _stars(body: Iterable[ast.stmt], package: str) -> Iterator[str]:
    """Give the modules of which all is imported, by their full names."""
    for statement in _flat(body):
        if isinstance(statement, ast.ImportFrom) and any(alias.name == "*" for alias in statement.names):
            parts = package.split(".")
            base = parts[: len(parts) - statement.level + 1] if statement.level else []
            yield ".".join([*base, *(statement.module or "").split(".")]).strip(".")
