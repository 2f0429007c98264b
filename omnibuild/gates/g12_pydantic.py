"""G12: models are written for pydantic 2: frozen, closed, and without defaults that can be changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from omnibuild.core.values import Level, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.names import class_of
from omnibuild.gates.source import dotted, modules, nodes

type Fault = tuple[int, str, str]
"""The line, what is wrong there, and what to write instead."""

_CONFIG = 'write `model_config = ConfigDict(frozen=True, extra="forbid")`'
_MUTABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_MUTABLE_CALLS = {"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"}
_OLD_DECORATORS = {"validator": "field_validator", "root_validator": "model_validator"}
_OLD_METHODS = {
    "dict": "model_dump",
    "parse_obj": "model_validate",
    "parse_raw": "model_validate_json",
    "from_orm": "model_validate",
    "update_forward_refs": "model_rebuild",
    "schema_json": "model_json_schema",
}
_OLD_CONSTRAINTS = {
    "regex": "pattern",
    "min_items": "min_length",
    "max_items": "max_length",
    "allow_mutation": "frozen",
}


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for every model that breaks a rule, and for every idiom of pydantic 1."""
    extras = {class_of(it, subject.spec): it.extra for it in subject.spec.models}
    for file, tree in modules(subject.draft):
        faults: list[Fault] = []
        for model in _models(tree):
            faults += _config(model, extras.get(model.name, "forbid"))
            faults += _defaults(model)
            faults += _old_class(model)
        faults += _old_calls(tree)
        for line, message, hint in sorted(faults):
            yield Problem(GATE.code, message, subject.origin(file, line), hint)


def _models(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """Yield the classes that are models, by their bases or by those of a class of the same file."""
    known = {"BaseModel"}
    for node in nodes(tree, ast.ClassDef):
        if any(_last(base) in known for base in node.bases):
            known.add(node.name)
            yield node


def _last(node: ast.expr) -> str:
    return dotted(node).rpartition(".")[2]


def _config(model: ast.ClassDef, extra: str) -> Iterator[Fault]:
    value = next((value for name, value in _assigned(model) if name == "model_config"), None)
    if value is None:
        if any(_last(base) == "BaseModel" for base in model.bases):
            yield model.lineno, f"the model `{model.name}` has no `model_config`", _CONFIG
        return
    given = {it.arg: it.value for it in value.keywords} if isinstance(value, ast.Call) else {}
    for key, wanted in (("frozen", True), ("extra", extra)):
        found = given.get(key)
        if not (isinstance(found, ast.Constant) and found.value == wanted):
            yield value.lineno, f"the model `{model.name}` does not set `{key}={wanted!r}`", _CONFIG


def _defaults(model: ast.ClassDef) -> Iterator[Fault]:
    for name, value in _assigned(model):
        default = value
        if isinstance(value, ast.Call) and _last(value.func) == "Field":
            given = next((it.value for it in value.keywords if it.arg == "default"), None)
            default = given or (value.args[0] if value.args else value)
        if name != "model_config" and _is_mutable(default):
            yield (
                value.lineno,
                f"the default of `{model.name}.{name}` can be changed",
                f"write `{name}: … = Field(default_factory=lambda: {ast.unparse(default)})`",
            )


def _is_mutable(value: ast.expr) -> bool:
    return isinstance(value, _MUTABLE_DISPLAYS) or (isinstance(value, ast.Call) and _last(value.func) in _MUTABLE_CALLS)


def _assigned(model: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in model.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value


def _old_class(model: ast.ClassDef) -> Iterator[Fault]:
    for statement in model.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            yield statement.lineno, f"`{model.name}.Config` is how pydantic 1 was configured", _CONFIG
        for decorator in getattr(statement, "decorator_list", ()):
            name = _last(decorator.func if isinstance(decorator, ast.Call) else decorator)
            if name in _OLD_DECORATORS:
                yield decorator.lineno, f"`@{name}` is of pydantic 1", f"use `@{_OLD_DECORATORS[name]}`"


def _old_calls(tree: ast.Module) -> Iterator[Fault]:
    for node in nodes(tree, ast.Call):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in _OLD_METHODS:
                yield node.lineno, f"`.{name}()` is of pydantic 1", f"use `.{_OLD_METHODS[name]}()`"
            case ast.Call(func=ast.Attribute(attr="copy"), keywords=keywords) if any(
                it.arg == "update" for it in keywords
            ):
                yield node.lineno, "`.copy(update=…)` is of pydantic 1", "use `.model_copy(update=…)`"
            case ast.Call(func=ast.Name(id="Field") | ast.Attribute(attr="Field"), keywords=keywords):
                for it in keywords:
                    if it.arg in _OLD_CONSTRAINTS:
                        new = _OLD_CONSTRAINTS[it.arg]
                        yield it.lineno, f"`Field({it.arg}=…)` is of pydantic 1", f"use `Field({new}=…)`"


GATE = Gate(
    code="G12",
    name="pydantic 2 rules",
    what='Every model has `ConfigDict(frozen=True, extra="forbid")`, or the `extra` that its spec says, '
    "no default that can be changed, and nothing of pydantic 1.",
    why="A message that changes after it was sent, or swallows a misspelt field, fails far from the mistake.",
    example="class ModelOrderLine(BaseModel):\n    tags: list[str] = []",
    step=Step.DRAFT,
    level=Level.BLOCK,
    check=check,
)
