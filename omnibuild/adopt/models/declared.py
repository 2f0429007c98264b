"""What stands in the body of an existing class: its fields, its configuration, the Python that stays with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from omnibuild.adopt.code.library import Assigned, Module
from omnibuild.adopt.code.lookup import Foreign, Found, Lookup, parsed_annotation
from omnibuild.adopt.models.foreign import canonical
from omnibuild.adopt.models.shapes import Kept

_DECORATORS = {
    "pydantic:field_validator": "validator",
    "pydantic:model_validator": "validator",
    "pydantic:validator": "validator",
    "pydantic:root_validator": "validator",
    "pydantic:field_serializer": "serializer",
    "pydantic:model_serializer": "serializer",
    "pydantic:computed_field": "computed field",
    "builtins:property": "property",
    "functools:cached_property": "property",
}
_HOOKS = (
    "__get_pydantic_core_schema__",
    "__get_pydantic_json_schema__",
    "model_json_schema",
    "__pydantic_init_subclass__",
)
"""The methods that may change what pydantic makes of a class."""

_CONFIGS = 5
"""How many configurations may be made of one another."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A field as it is declared; `docs` is the text in quotes below it."""

    name: str
    annotation: ast.expr
    value: ast.expr | None
    node: ast.AnnAssign
    docs: str


@dataclass(frozen=True, eq=False)
class Body:
    """What a class itself declares; `hooks` are why pydantic may see another class than stands there."""

    fields: tuple[Declared, ...]
    config: Mapping[str, ast.expr]
    kept: tuple[Kept, ...]
    typed: frozenset[str]
    """The names that have an annotation."""
    hooks: tuple[str, ...]


class Bodies:
    """Reads the bodies of classes; each once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._known: dict[str, Body] = {}

    def of(self, found: Found) -> Body:
        """Return what a class declares."""
        if found.source not in self._known:
            self._known[found.source] = self._read(found)
        return self._known[found.source]

    def _read(self, found: Found) -> Body:
        node = found.class_
        if node is None:
            return Body((), {}, (), frozenset(), ())
        config = {it.arg: it.value for it in node.keywords if it.arg and it.arg != "metaclass"}
        fields: list[Declared] = []
        kept: list[Kept] = []
        hooks: list[str] = []
        for statement, behind in zip(node.body, [*node.body[1:], None], strict=True):
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                    if name == "model_config":
                        config |= self._config(value, found.module)
                    elif not name.startswith("_") and not self._is_class_variable(annotation, value, found):
                        fields.append(Declared(name, annotation, value, statement, _text(behind)))
                case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                    config |= self._config(value, found.module)
                case ast.ClassDef(name="Config", body=body):
                    config |= _old_config(body)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    kept.append(self._kept(statement, found))
                    hooks += _hooks(statement)
                case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While() if _declares(statement):
                    hooks.append("which fields it has is known only when the code runs")
        typed = (it.target.id for it in node.body if isinstance(it, ast.AnnAssign) and isinstance(it.target, ast.Name))
        return Body(tuple(fields), config, tuple(kept), frozenset(typed), tuple(hooks))

    def _config(self, value: ast.expr | None, module: Module, depth: int = 0) -> dict[str, ast.expr]:
        """Return what a configuration says, constants of modules followed; what is not known stands under `**`."""
        pairs: list[tuple[str | None, ast.expr]] = []
        match value:
            case None:
                return {}
            case ast.Call(func=function, keywords=keywords, args=[]) if self._makes_config(function, module):
                pairs = [(it.arg, it.value) for it in keywords]
            case ast.Dict(keys=keys, values=values):
                names = [str(it.value) if isinstance(it, ast.Constant) else None for it in keys]
                pairs = list(zip(names, values, strict=True))
            case ast.Name() | ast.Attribute() if depth < _CONFIGS:
                found = self._lookup.resolve(module, value)
                if isinstance(found, Found) and isinstance(found.node, Assigned):
                    return self._config(found.node.value, found.module, depth + 1)
                return {"**": value}
            case _:
                return {"**": value}
        config: dict[str, ast.expr] = {}
        for name, it in pairs:
            config |= {name: it} if name else self._config(it, module, depth + 1)
        return config

    def _makes_config(self, function: ast.expr, module: Module) -> bool:
        found = self._lookup.resolve(module, function) if isinstance(function, ast.Name | ast.Attribute) else None
        return isinstance(found, Foreign) and found.name in ("ConfigDict", "SettingsConfigDict", "dict")

    def _is_class_variable(self, annotation: ast.expr, value: ast.expr | None, found: Found) -> bool:
        """Return whether pydantic takes what is declared for a variable of the class: `Final` with a value is one."""
        written = ast.unparse(annotation)
        if "ClassVar" not in written and "Final" not in written:
            return False
        node: ast.expr | None = annotation
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = parsed_annotation(node.value)
        if isinstance(node, ast.Subscript):
            node = node.value
        if not isinstance(node, ast.Name | ast.Attribute):
            return False
        meaning = self._lookup.resolve(found.module, node)
        source = canonical(meaning.source) if isinstance(meaning, Foreign) else ""
        return source == "typing:ClassVar" or (source == "typing:Final" and value is not None)

    def _kept(self, node: ast.FunctionDef | ast.AsyncFunctionDef, found: Found) -> Kept:
        kinds = [_DECORATORS[it] for it in self._decorators(node, found) if it in _DECORATORS]
        kind = "computed field" if "computed field" in kinds else kinds[0] if kinds else "method"
        return Kept(kind, node.name, found.module.place(node))

    def _decorators(self, node: ast.FunctionDef | ast.AsyncFunctionDef, found: Found) -> Iterator[str]:
        for it in node.decorator_list:
            function = it.func if isinstance(it, ast.Call) else it
            if isinstance(function, ast.Name | ast.Attribute):
                meaning = self._lookup.resolve(found.module, function)
                if isinstance(meaning, Foreign):
                    yield canonical(meaning.source)


def _declares(statement: ast.stmt) -> bool:
    """Return whether something that runs in the body of a class declares a field, if it does run."""
    if isinstance(statement, ast.If) and ast.unparse(statement.test).rpartition(".")[2] == "TYPE_CHECKING":
        return any(map(_declares, statement.orelse))
    return any(isinstance(it, ast.AnnAssign) and isinstance(it.target, ast.Name) for it in ast.walk(statement))


def _hooks(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    if node.name in _HOOKS:
        yield f"it defines {node.name}"
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            mode = {it.arg: it.value for it in decorator.keywords}
            plain = isinstance(it := mode.get("mode"), ast.Constant) and it.value == "plain"
            name = ast.unparse(decorator.func).rpartition(".")[2]
            if name == "field_validator" and (plain or "json_schema_input_type" in mode):
                yield f"the validator {node.name} says what is accepted"


def _old_config(body: list[ast.stmt]) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
    return found


def _text(statement: ast.stmt | None) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return text
        case _:
            return ""
