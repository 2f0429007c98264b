"""From a name to what it means: re-exports, relative and star imports, aliases and attribute chains are followed."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from omnibuild.adopt.code.library import Assigned, Function, Import, Library, Module, Unread, bindings

type Definition = ast.ClassDef | Function | ast.TypeAlias | Assigned


@dataclass(frozen=True, eq=False)
class Found:
    """A definition, the module that holds it, and its name there: `Outer.Inner` for a class within a class."""

    module: Module
    name: str
    node: Definition

    @property
    def source(self) -> str:
        """The definition as `module:Class`."""
        return f"{self.module.name}:{self.name}"

    @property
    def class_(self) -> ast.ClassDef | None:
        """The class, if it is one."""
        return self.node if isinstance(self.node, ast.ClassDef) else None


@dataclass(frozen=True, slots=True)
class Foreign:
    """A name of a package that is not below any root, as `module:name`; of a whole module, the name is empty."""

    module: str
    name: str = ""

    @property
    def source(self) -> str:
        """The name as `module:name`."""
        return f"{self.module}:{self.name}"


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a name leads nowhere."""

    reason: str


type Meaning = Found | Foreign | Missing
type _Step = Meaning | Module


class Lookup:
    """Looks names up in a library; what was found once is known."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._known: dict[tuple[str, str], _Step] = {}

    def find(self, source: str) -> Meaning:
        """Return what `module:Class` means; `package.module.Class` is taken as well."""
        module, colon, name = source.partition(":")
        if not colon:
            module, _, name = source.rpartition(".")
        first, *rest = name.split(".")
        return _meaning(self._into(self._name(module, first, frozenset()), rest), source)

    def resolve(self, module: Module, node: ast.expr, within: ast.ClassDef | None = None) -> Meaning:
        """Return what a name, or a chain of attributes, means in a module, or in the body of a class of it."""
        match node:
            case ast.Name(id=name):
                return _meaning(self._own(module, name, within), name)
            case ast.Attribute():
                *_, written = [ast.unparse(node)]
                first, *rest = written.split(".")
                return _meaning(self._into(self._own(module, first, within), rest), written)
            case ast.Constant(value=str(text)):
                parsed = parsed_annotation(text)
                return self.resolve(module, parsed, within) if parsed else Missing(f"`{text}` is not a type")
            case _:
                return Missing(f"`{ast.unparse(node)}` is not a name")

    def ancestors(self, found: Found) -> Iterator[Meaning]:
        """Yield what a class inherits from, nearest first, each once."""
        seen = {found.source}
        waiting = [found]
        for it in waiting:
            for above in self.bases(it):
                if isinstance(above, Missing) or above.source in seen:
                    continue
                seen.add(above.source)
                yield above
                if isinstance(above, Found):
                    waiting.append(above)

    def bases(self, found: Found) -> Iterator[Meaning]:
        """Yield what a class inherits from directly; a base in brackets counts without them."""
        for base in found.class_.bases if found.class_ else ():
            yield self.resolve(found.module, base.value if isinstance(base, ast.Subscript) else base)

    def _own(self, module: Module, name: str, within: ast.ClassDef | None) -> _Step:
        if within is not None:
            for statement in within.body:
                for bound, it in bindings(statement, module.package):
                    if bound == name and isinstance(it, ast.ClassDef):
                        return Found(module, f"{within.name}.{name}", it)
        return self._name(module.name, name, frozenset())

    def _name(self, module: str, name: str, seen: frozenset[tuple[str, str]]) -> _Step:
        key = (module, name)
        if key in seen:
            return Missing(f"`{name}` of {module} is imported from itself")
        if key in self._known:
            return self._known[key]
        found = self._looked_up(module, name, seen | {key})
        if not isinstance(found, Missing) or not seen:  # within a circle, what is not found may be found elsewhere
            self._known[key] = found
        return found

    def _looked_up(self, module: str, name: str, seen: frozenset[tuple[str, str]]) -> _Step:
        home = self.library.module(module)
        if home is None:
            return Foreign(module, name)
        if isinstance(home, Unread):
            return Missing(f"{module} cannot be read: {home.reason}")
        bound = home.names.get(name)
        if isinstance(bound, Import):
            return self._imported(bound, seen)
        if bound is not None:
            found = Found(home, name, bound)
            return self._renamed(found, seen)
        return self._elsewhere(home, name, seen)

    def _imported(self, bound: Import, seen: frozenset[tuple[str, str]]) -> _Step:
        if bound.name:
            return self._name(bound.module, bound.name, seen)
        return self._module(bound.module)

    def _module(self, name: str) -> _Step:
        found = self.library.module(name)
        if found is None:
            return Foreign(name)
        return Missing(f"{name} cannot be read: {found.reason}") if isinstance(found, Unread) else found

    def _renamed(self, found: Found, seen: frozenset[tuple[str, str]]) -> _Step:
        """Follow `Old = New` and `Old = models.New`: another name of a class, and no value of its own."""
        match found.node:
            case Assigned(value=ast.Name() | ast.Attribute() as value, annotation=None):
                first, *rest = ast.unparse(value).split(".")
                other = self._into(self._name(found.module.name, first, seen), rest)
                follows = isinstance(other, Found) and (other.class_ is not None or not rest)
                return other if follows or (isinstance(other, Foreign) and not rest) else found
            case _:
                return found

    def _elsewhere(self, home: Module, name: str, seen: frozenset[tuple[str, str]]) -> _Step:
        """Look for a name that a module does not bind itself: in what it imports all of, below it, in its tables."""
        for star in home.stars if not name.startswith("_") else ():
            found = self._name(star, name, seen)
            if isinstance(found, Found | Module):
                return found
        if home.is_package and isinstance(below := self.library.module(f"{home.name}.{name}"), Module):
            return below
        if "__getattr__" in home.names:
            lazy = _lazy(home, name)
            if lazy is not None:
                return self._imported(lazy, seen)
        if hasattr(builtins, name):
            return Foreign("builtins", name)
        if any(self.library.module(star) is None for star in home.stars):
            return Foreign(next(it for it in home.stars if self.library.module(it) is None), name)
        return Missing(f"there is no `{name}` in {home.name}")

    def _into(self, step: _Step, names: list[str]) -> _Step:
        """Follow a chain of attributes from where it starts."""
        for name in names:
            match step:
                case Module():
                    step = self._name(step.name, name, frozenset())
                case Foreign(module, ""):
                    below = self.library.module(f"{module}.{name}")
                    step = below if isinstance(below, Module) else Foreign(module, name)
                case Foreign(module, outer):
                    step = Foreign(module, f"{outer}.{name}")
                case Found(module=module, name=outer, node=ast.ClassDef() as class_):
                    step = _member(module, outer, class_, name)
                case Missing():
                    return step
                case _:
                    return Missing(f"`{name}` is looked for in what is no module or class")
        return step


def parsed_annotation(text: str) -> ast.expr | None:
    """Return the expression that an annotation in quotes stands for, None if it is none."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _meaning(step: _Step, written: str) -> Meaning:
    return Missing(f"`{written}` is a module") if isinstance(step, Module) else step


def _member(module: Module, outer: str, class_: ast.ClassDef, name: str) -> Meaning:
    for statement in class_.body:
        for bound, it in bindings(statement, module.package):
            if bound == name and not isinstance(it, Import):
                return Found(module, f"{outer}.{name}", it)
    return Missing(f"there is no `{name}` in {outer}")


def _lazy(home: Module, name: str) -> Import | None:
    """Return where a module's `__getattr__` imports a name from: by an import in it, or by a table."""
    function = home.names["__getattr__"]
    for it in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
        if isinstance(it, ast.ImportFrom):
            for bound, imported in bindings(it, home.package):
                if bound == name and isinstance(imported, Import):
                    return imported
    for table in home.names.values():
        if isinstance(table, Assigned) and isinstance(table.value, ast.Dict):
            for key, value in zip(table.value.keys, table.value.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == name:
                    return _tabled(home, name, value)
    return None


def _tabled(home: Module, name: str, value: ast.expr) -> Import | None:
    """Return what an entry of such a table means: a module, or a module and a name."""
    match value:
        case ast.Constant(value=str(module)):
            parts = [module, name]
        case ast.Tuple(elts=[ast.Constant(value=str(module)), ast.Constant(value=str(other)), *_]):
            parts = [module, other]
        case _:
            return None
    if parts[0].startswith("."):
        dots = len(parts[0]) - len(parts[0].lstrip("."))
        above = home.package.split(".")
        parts[0] = ".".join([*above[: len(above) - dots + 1], parts[0].lstrip(".")]).rstrip(".")
    module, _, last = parts[0].partition(":")
    return Import(module, last or parts[1])
