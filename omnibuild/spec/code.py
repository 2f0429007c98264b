"""The workspace's own Python, as far as specs refer to it: found and read, never imported."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from omnibuild.core.nearest import nearest
from omnibuild.core.values import CodeClass, CodeModule, NodeSpec, Pointer, Problem, Signature, Spec, digest
from omnibuild.spec.imports import ROOTS, Text, home_of
from omnibuild.spec.syntax_tree import parse_python, place_of

type Installed = Callable[[str, str], bool | None]
"""Returns whether an installed module has a name, None if there is no such module: `core.ports.OnexSymbols.has`."""


def read_code(spec: Spec, text: Text, installed: Installed) -> tuple[Spec, list[Problem]]:
    """Return the spec with what is known of the existing classes that it refers to, and which of them are missing."""
    reader = _Code(text, installed)
    found: dict[str, CodeClass] = {}
    problems: list[Problem] = []
    for source, at in _references(spec):
        if source in found or ":" not in source:
            continue
        result = reader.look_up(source, at)
        if isinstance(result, Problem):
            problems.append(result)
        else:
            found[source] = result
    return (replace(spec, code=tuple(found.values())) if found else spec), problems


def existing(text: Text) -> Callable[[str], bool]:
    """Return what says of `module:Class` whether it is the workspace's own, and a build would find it."""
    reader, nowhere = _Code(text, lambda _module, _name: None), Pointer("", 0, ())
    return lambda source: not isinstance(reader.look_up(source, nowhere), Problem)


def _references(spec: Spec) -> Iterator[tuple[str, Pointer]]:
    for model in spec.models:
        if model.source:
            yield model.source, model.at
        for field in model.fields:
            if ":" in field.factory:
                yield field.factory, field.at.to("factory")
    if isinstance(spec, NodeSpec):
        for handler in spec.handlers:
            yield handler.source, handler.at


@dataclass(frozen=True, slots=True)
class _Module:
    """A module that was read; `names` leads from an imported name to `module:name`, or to a module."""

    name: str
    file: str
    text: str
    classes: Mapping[str, ast.ClassDef]
    names: Mapping[str, str]
    others: frozenset[str]
    """What it binds beside classes and imports."""


class _Code:
    """Looks classes up; every module is read once."""

    def __init__(self, text: Text, installed: Installed) -> None:
        self._text = text
        self._installed = installed
        self._modules: dict[str, _Module | Problem | None] = {}

    def look_up(self, source: str, at: Pointer) -> CodeClass | Problem:
        """Return a class by `module:Class`, or that there is none."""
        module, _, name = source.partition(":")
        found = self._module(module)
        if isinstance(found, Problem):
            return found
        if found is None:
            return self._installed_class(module, name, at)
        known = (*found.classes, *found.names, *found.others)
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean `{near}`?" if near else f"{found.file} has {', '.join(found.classes) or 'no classes'}"
            return Problem("reference", f"there is no `{name}` in {found.file}", at.into(len(module) + 1), hint)
        return self._class(source)

    def _installed_class(self, module: str, name: str, at: Pointer) -> CodeClass | Problem:
        match self._installed(module, name):
            case True:
                return CodeClass(f"{module}:{name}", f"{module}:{name}", ())
            case False:
                return Problem("reference", f"there is no `{name}` in `{module}`", at.into(len(module) + 1))
            case _:
                path = module.replace(".", "/")
                hint = f"looked for {' and '.join(f'{root}{path}.py' for root in ROOTS)}"
                return Problem("reference", f"there is no module `{module}`", at, hint)

    def _class(self, source: str) -> CodeClass:
        files: dict[str, CodeModule] = {}
        definition, node = self._definition(source, files)
        ancestors: list[str] = []
        handle = self._handle(definition, node)
        for base in self._bases(definition, node, files, {definition}):
            ancestors.append(base)
            if handle is None:
                handle = self._handle(*self._definition(base, files))
        return CodeClass(source, definition, tuple(sorted(files.values())), tuple(ancestors), handle)

    def _definition(self, source: str, files: dict[str, CodeModule]) -> tuple[str, ast.ClassDef | None]:
        """Follow imports to where a class is defined; without a class where that is not in the workspace."""
        seen: set[str] = set()
        while source not in seen:
            seen.add(source)
            module, _, name = source.partition(":")
            found = self._module(module)
            if not isinstance(found, _Module):
                break
            files[found.name] = CodeModule(found.name, found.file, digest(found.text))
            if name in found.classes:
                return source, found.classes[name]
            source = found.names.get(name, source)
        return source, None

    def _bases(
        self, definition: str, node: ast.ClassDef | None, files: dict[str, CodeModule], seen: set[str]
    ) -> Iterator[str]:
        module = self._module(definition.partition(":")[0])
        for base in node.bases if node and isinstance(module, _Module) else ():
            source = _resolved(module, base) if isinstance(module, _Module) else ""
            if source and source not in seen:
                above, found = self._definition(source, files)
                seen |= {source, above}
                yield above
                yield from self._bases(above, found, files, seen)

    def _handle(self, definition: str, node: ast.ClassDef | None) -> Signature | None:
        module = self._module(definition.partition(":")[0])
        if node is None or not isinstance(module, _Module):
            return None
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == "handle":
                return self._signature(module, statement)
        return None

    def _signature(self, module: _Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Signature:
        arguments = [*node.args.posonlyargs, *node.args.args]
        if not any(isinstance(it, ast.Name) and it.id == "staticmethod" for it in node.decorator_list):
            arguments = arguments[1:]
        by_name = sum(default is None for default in node.args.kw_defaults)
        first = arguments[0].annotation if arguments else None
        return Signature(
            at=place_of(node, module.file, module.text),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            takes=self._annotation(module, first),
            gives=self._annotation(module, node.returns),
            parameters=len(arguments) - len(node.args.defaults) + by_name,
        )

    def _annotation(self, module: _Module, node: ast.expr | None) -> tuple[str, ...] | None:
        if node is None:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return ()
        source = _resolved(module, node)
        if not source:
            return ()
        definition, found = self._definition(source, {})
        return definition, *self._bases(definition, found, {}, {definition})

    def _module(self, name: str) -> _Module | Problem | None:
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def _read(self, name: str) -> _Module | Problem | None:
        path = name.replace(".", "/")
        for file in (f"{root}{path}{end}" for root in ROOTS for end in (".py", "/__init__.py")):
            text = self._text(file)
            if isinstance(text, Problem):
                return text
            if text is not None:
                return _parsed(name, file, text)
        return None


def _parsed(name: str, file: str, text: str) -> _Module | Problem:
    tree = parse_python(file, text, "reference")
    if isinstance(tree, Problem):
        return tree
    package = name if file.endswith("/__init__.py") else name.rpartition(".")[0]
    classes: dict[str, ast.ClassDef] = {}
    names: dict[str, str] = {}
    others: set[str] = set()
    for statement in _flat(tree.body):
        match statement:
            case ast.ClassDef():
                classes[statement.name] = statement
            case ast.Import(names=aliases):
                names |= {it.asname or it.name.partition(".")[0]: it.name if it.asname else "" for it in aliases}
            case ast.ImportFrom(names=aliases):
                home = home_of(statement, package)
                names |= {it.asname or it.name: f"{home}:{it.name}" for it in aliases}
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                others.add(statement.name)
            case _:
                bound = (it for it in ast.walk(statement) if isinstance(it, ast.Name) and isinstance(it.ctx, ast.Store))
                others |= {it.id for it in bound}
    return _Module(name, file, text, classes, names, frozenset(others))


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements at the top level, those of `if` and `try` included."""
    for statement in body:
        if isinstance(statement, ast.If):
            yield from _flat([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            yield from _flat([*statement.body, *statement.orelse, *statement.finalbody])
        else:
            yield statement


def _resolved(module: _Module, node: ast.expr) -> str:
    """Return the class that a name of a module means, as `module:Class`; nothing if it is no name of a class."""
    match node:
        case ast.Name(id=name) if name in module.classes:
            return f"{module.name}:{name}"
        case ast.Name(id=name):
            return module.names.get(name, "" if name in module.others else f"builtins:{name}")
        case ast.Attribute(value=ast.Name(id=base), attr=name) if module.names.get(base):
            return f"{module.names[base].replace(':', '.')}:{name}"
        case ast.Attribute():
            home, _, name = ast.unparse(node).rpartition(".")
            return f"{home}:{name}" if home.partition(".")[0] in module.names else ""
        case _:
            return ""
