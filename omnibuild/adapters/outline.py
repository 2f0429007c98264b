"""Outlines of ONEX classes: their names and parameters, read from the source, without the modules behind them.

A base class of ONEX costs a type checker ten seconds, for what its methods mention; a class that
only inherits from it needs none of that. Nothing is imported here.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

OUTLINED: Mapping[str, Sequence[str]] = {
    "omnibase_core.event_bus.event_bus_inmemory": ("EventBusInmemory",),
    "omnibase_core.nodes": ("NodeCompute", "NodeEffect", "NodeOrchestrator", "NodeReducer"),
}
"""What generated modules import of ONEX themselves, by module: no body is needed for it."""

_LIGHT = frozenset({"collections.abc", "datetime", "decimal", "pathlib", "typing", "uuid"})
"""The modules whose names stay in an outline: everything else in an annotation becomes Any."""

_DEEPEST = 20
"""How often a name is imported on, from module to module, before something must be wrong."""

_ANY = ast.Name("Any")


class Outlines:
    """The outlines of the ONEX that is installed: the same source gives the same text."""

    def __init__(self) -> None:
        self._modules: dict[str, ast.Module | None] = {}

    def files(self) -> Mapping[str, str] | None:
        """Return stub files, path to text; None if a class is not as it can be outlined.

        They stand for the modules of `OUTLINED` alone: all others are found where they are installed.
        """
        files: dict[str, str] = {}
        for module, names in OUTLINED.items():
            text = self._stub(module, names)
            found = find_source(module)
            if text is None or found is None:
                return None
            *above, last = module.split(".")
            files |= {"/".join([*above[: index + 1], "__init__.pyi"]): "" for index in range(len(above))}
            files["/".join([*above, last, "__init__.pyi" if found.name == "__init__.py" else ""]).rstrip("/")] = text
        return {path if path.endswith(".pyi") else f"{path}.pyi": text for path, text in files.items()}

    def _stub(self, module: str, names: Sequence[str]) -> str | None:
        imports = {"Any": "typing"}
        classes: list[ast.stmt] = []
        for name in names:
            found = self._definition(module, name)
            if found is None or not all(isinstance(it, ast.TypeVar) for it in found[1].type_params):
                return None
            classes.append(self._class(name, *found, imports))
        lines = [f"from {origin} import {name}" for name, origin in sorted(imports.items(), key=lambda it: it[::-1])]
        tree = ast.fix_missing_locations(ast.Module(classes, []))
        return "\n".join([*lines, "", ast.unparse(tree), ""])

    # -------------------------------------------------------------------------------- where things are

    def _tree(self, module: str) -> ast.Module | None:
        if module not in self._modules:
            file = find_source(module)
            self._modules[module] = _parsed(file) if file else None
        return self._modules[module]

    def _definition(self, module: str, name: str, depth: int = 0) -> tuple[str, ast.ClassDef] | None:
        """Return a class and the module that defines it, through all that import it on."""
        tree = self._tree(module)
        if tree is None or depth > _DEEPEST:
            return None
        for it in _flat(tree.body):
            if isinstance(it, ast.ClassDef) and it.name == name:
                return module, it
            if isinstance(it, ast.ImportFrom):
                for alias in it.names:
                    if (alias.asname or alias.name) == name:
                        return self._definition(_home(it, module), alias.name, depth + 1)
        return None

    # -------------------------------------------------------------------------------- what a class has

    def _class(self, name: str, module: str, definition: ast.ClassDef, imports: dict[str, str]) -> ast.ClassDef:
        parameters = [*_parameters(definition, self._tree(module))]
        members: dict[str, ast.stmt] = {}
        known = {*parameters, name} if name == definition.name else {*parameters}
        whole = self._collect(module, definition, _Reduced(known, self._origins(module), imports), members)
        if not whole:
            members.setdefault("__init__", _parse("def __init__(self, *args: Any, **kwargs: Any) -> None: ..."))
        # What is left out, or comes from a class that is not ONEX's, is there all the same.
        members["__getattr__"] = _parse("def __getattr__(self, name: str) -> Any: ...")
        variables: list[ast.type_param] = [ast.TypeVar(it) for it in parameters]
        return ast.ClassDef(name, [], [], [*members.values()], [], type_params=variables)

    def _collect(
        self, module: str, definition: ast.ClassDef, reduced: _Reduced, members: dict[str, ast.stmt], depth: int = 0
    ) -> bool:
        """Add the members of a class and of its bases, nearest first; return whether every base was found."""
        for name, it in _members(definition.body, reduced):
            members.setdefault(name, it)
        whole = depth < _DEEPEST
        for base in map(_base, definition.bases):
            if base in ("ABC", "Generic", "Protocol", "object"):
                continue
            found = self._definition(module, base) if base and whole else None
            if found is None:
                whole = False
                continue
            # What stands for a type in the base stands for something else, or for nothing, in who inherits.
            inherited = _Reduced(set(), self._origins(found[0]), reduced.imports)
            whole = self._collect(*found, inherited, members, depth + 1) and whole
        return whole

    def _origins(self, module: str) -> Mapping[str, str]:
        """Return the names that a module imports from light modules, and from which."""
        tree = self._tree(module)
        imported = [it for it in _flat(tree.body if tree else ()) if isinstance(it, ast.ImportFrom)]
        return {
            alias.name: it.module
            for it in imported
            if it.module in _LIGHT and not it.level
            for alias in it.names
            if alias.asname in (None, alias.name)
        }


class _Reduced:
    """Reduces annotations to what costs nothing; `imports` collects what they need, name to module."""

    def __init__(self, known: set[str], origins: Mapping[str, str], imports: dict[str, str]) -> None:
        self._known = known
        self._origins = origins
        self.imports = imports

    def annotation(self, it: ast.expr | None) -> ast.expr:
        """Return the annotation, or Any if anything in it is not light."""
        if it is None or not self._is_light(it):
            return _ANY
        for node in ast.walk(it):
            if isinstance(node, ast.Name) and node.id in self._origins and node.id not in self._known:
                self.imports[node.id] = self._origins[node.id]
        return it

    def _is_light(self, it: ast.expr) -> bool:
        match it:
            case ast.Name(id=name):
                origin = self._origins.get(name)
                if origin is None or name in self._known:
                    return name in self._known or isinstance(getattr(builtins, name, None), type)
                return self.imports.get(name, origin) == origin
            case ast.Constant(value=value):
                return value is None or value is ...
            case ast.Subscript(value=ast.Name(id="Literal"), slice=_):
                return self._is_light(it.value)
            case ast.Subscript(value=value, slice=inner):
                return self._is_light(value) and self._is_light(inner)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self._is_light(left) and self._is_light(right)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return all(map(self._is_light, parts))
        return False


def _members(body: Iterable[ast.stmt], reduced: _Reduced) -> Iterator[tuple[str, ast.stmt]]:
    """Give what a class defines for others: names that begin with one `_` are left out."""
    for it in _flat(body):
        named: list[tuple[str, ast.stmt]] = []
        match it:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                named = [(name, _function(it, reduced))]
            case ast.ClassDef(name=name):
                named = [(name, _attribute(name, _ANY))]
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind):
                named = [(name, _attribute(name, reduced.annotation(kind)))]
            case ast.Assign(targets=targets):
                named = [(to.id, _attribute(to.id, _ANY)) for to in targets if isinstance(to, ast.Name)]
        yield from (found for found in named if not found[0].startswith("_") or found[0].startswith("__"))


def _function(it: ast.FunctionDef | ast.AsyncFunctionDef, reduced: _Reduced) -> ast.stmt:
    decorators = [found.id if isinstance(found, ast.Name) else "?" for found in it.decorator_list]
    if decorators in (["property"], ["cached_property"]):
        return _attribute(it.name, reduced.annotation(it.returns))
    kept = [found for found in decorators if found != "abstractmethod"]
    if it.type_params or kept not in ([], ["staticmethod"], ["classmethod"]):
        return _attribute(it.name, _ANY)
    returned: ast.expr = ast.Constant(None) if it.name == "__init__" else reduced.annotation(it.returns)
    arguments = _arguments(it.args, reduced, own="staticmethod" not in kept)
    body: list[ast.stmt] = [ast.Expr(ast.Constant(...))]
    decorated: list[ast.expr] = [ast.Name(found) for found in kept]
    if isinstance(it, ast.AsyncFunctionDef):
        return ast.AsyncFunctionDef(it.name, arguments, body, decorated, returned, type_params=[])
    return ast.FunctionDef(it.name, arguments, body, decorated, returned, type_params=[])


def _arguments(it: ast.arguments, reduced: _Reduced, *, own: bool) -> ast.arguments:
    first = next(iter((*it.posonlyargs, *it.args)), None) if own else None

    def one(arg: ast.arg) -> ast.arg:
        return ast.arg(arg.arg) if arg is first else ast.arg(arg.arg, reduced.annotation(arg.annotation))

    return ast.arguments(
        posonlyargs=[one(arg) for arg in it.posonlyargs],
        args=[one(arg) for arg in it.args],
        vararg=one(it.vararg) if it.vararg else None,
        kwonlyargs=[one(arg) for arg in it.kwonlyargs],
        kw_defaults=[None if default is None else ast.Constant(...) for default in it.kw_defaults],
        kwarg=one(it.kwarg) if it.kwarg else None,
        defaults=[ast.Constant(...) for _ in it.defaults],
    )


def _attribute(name: str, kind: ast.expr) -> ast.stmt:
    return ast.AnnAssign(ast.Name(name), kind, None, 1)


def _parameters(definition: ast.ClassDef, tree: ast.Module | None) -> Iterator[str]:
    """Give the names of a class's type parameters, in either way to write them."""
    if definition.type_params:
        yield from (it.name for it in definition.type_params if isinstance(it, ast.TypeVar))
        return
    variables = {
        target.id
        for it in (tree.body if tree else ())
        if isinstance(it, ast.Assign) and isinstance(it.value, ast.Call) and ast.unparse(it.value.func) == "TypeVar"
        for target in it.targets
        if isinstance(target, ast.Name)
    }
    used = (node.id for base in definition.bases for node in _in_order(base) if isinstance(node, ast.Name))
    yield from dict.fromkeys(name for name in used if name in variables)


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for it in ast.iter_child_nodes(node):
        yield from _in_order(it)


def _base(it: ast.expr) -> str:
    inner = it.value if isinstance(it, ast.Subscript) else it
    return inner.id if isinstance(inner, ast.Name) else ""


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Give statements and those of their branches, `if TYPE_CHECKING:` too."""
    for it in body:
        yield it
        if isinstance(it, ast.If | ast.Try | ast.With):
            yield from _flat([*it.body, *getattr(it, "orelse", ())])


def _home(statement: ast.ImportFrom, module: str) -> str:
    if not statement.level:
        return statement.module or ""
    source = find_source(module)
    parts = module.split(".") if source and source.name == "__init__.py" else module.split(".")[:-1]
    above = parts[: len(parts) - statement.level + 1]
    return ".".join([*above, *([statement.module] if statement.module else [])])


def _parse(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def _parsed(file: Path) -> ast.Module | None:
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None


def find_source(module: str) -> Path | None:
    """Return the source file of an installed module, None if there is none."""
    top, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    folders = [*(spec.submodule_search_locations or ())] if spec else []
    for folder in folders:
        place = Path(folder, *rest)
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                return file
    return None
