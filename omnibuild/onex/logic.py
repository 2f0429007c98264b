"""The `logic:` section as checked Python: what every name means, and what the output is made of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Assignment, Level, Logic, Lowered, Model, NodeSpec, Problem, Type
from omnibuild.onex.names import Names
from omnibuild.spec.expression import Binding, Scope, lower
from omnibuild.spec.expression import names as free_names

REQUEST = "request"
"""The parameter of every handler."""

_RESERVED = frozenset({REQUEST, "self"})


@dataclass(frozen=True, slots=True)
class LoweredLogic:
    """Intermediate values that something uses, and the output's fields, in the model's order."""

    let: tuple[tuple[str, Lowered], ...]
    output: tuple[tuple[str, Lowered], ...]


def lower_logic(spec: NodeSpec, logic: Logic, names: Names) -> tuple[LoweredLogic | None, list[Problem]]:
    """Return the logic of a compute node, or what is wrong with it."""
    problems: list[Problem] = []
    request, output = names.graph.lookup(spec.input), names.graph.lookup(spec.output)
    if not isinstance(request, Model) or not isinstance(output, Model):
        return None, problems
    scope = _scope(spec, request, names)
    let: list[tuple[str, Lowered]] = []
    for entry in logic.let:
        problems += _let_name(entry, request)
        lowered, wrong = lower(entry.value, scope, None)
        problems += wrong
        type_ = lowered.type if lowered else Type("Any")
        scope = replace(scope, names={**scope.names, entry.name: Binding(type_, ast.Name(entry.name, ast.Load()))})
        if lowered:
            let.append((entry.name, lowered))
    problems += _coverage(logic, output)
    outputs: dict[str, Lowered] = {}
    for entry in logic.output:
        field = output.field(entry.name)
        lowered, wrong = lower(entry.value, scope, field.type if field else None)
        problems += wrong
        if lowered:
            outputs[entry.name] = lowered
    problems += _unused(logic)
    if any(problem.level is Level.BLOCK for problem in problems):
        return None, problems
    used = _used(logic)
    ordered = tuple((field.name, outputs[field.name]) for field in output.fields if field.name in outputs)
    return LoweredLogic(tuple(it for it in let if it[0] in used), ordered), problems


def _scope(spec: NodeSpec, request: Model, names: Names) -> Scope:
    fields = {
        field.name: Binding(field.type, ast.Attribute(ast.Name(REQUEST, ast.Load()), field.name, ast.Load()))
        for field in request.fields
    }
    own = [it.ref.name for it in spec.models] + [it.ref.name for it in spec.enums]
    return Scope(
        names=fields,
        document=spec.name,
        lookup=names.graph.lookup,
        models=[name for name in own if name not in ("Input", "Output")],
        documents=list(names.graph.specs),
    )


def _let_name(entry: Assignment, request: Model) -> Iterator[Problem]:
    at = replace(entry.value.at, key=True)
    if entry.name in _RESERVED:
        yield Problem("name", f"`{entry.name}` is taken by the generated code", at, "choose another name")
    elif not entry.name.isidentifier() or entry.name != entry.name.lower():
        yield Problem("name", f"`{entry.name}` is not a snake_case name", at)
    elif request.field(entry.name):
        yield Problem("name", f"`{entry.name}` is a field of the input already", at, "choose another name")


def _coverage(logic: Logic, output: Model) -> Iterator[Problem]:
    written = [entry.name for entry in logic.output]
    names = [field.name for field in output.fields]
    for entry in logic.output:
        if entry.name not in names:
            near = nearest(entry.name, names)
            hint = f"did you mean `{near}`?" if near else "intermediate values go under `let:`"
            at = replace(entry.value.at, key=True)
            yield Problem("unknown-field", f"the output has no field `{entry.name}`", at, hint)
    for field in output.fields:
        if field.required and field.name not in written:
            at = replace(logic.at, key=True)
            hint = f"add `{field.name}: EXPRESSION`"
            yield Problem("missing-field", f"`logic` does not say what `{field.name}` is", at, hint)


def _used(logic: Logic) -> set[str]:
    """Return the `let` names that the output depends on."""
    used = {name for entry in logic.output for name in free_names(entry.value)}
    for entry in reversed(logic.let):
        if entry.name in used:
            used |= free_names(entry.value)
    return used


def _unused(logic: Logic) -> Iterator[Problem]:
    used = _used(logic)
    for entry in logic.let:
        if entry.name not in used:
            at = replace(entry.value.at, key=True)
            yield Problem("unused", f"nothing uses `{entry.name}`", at, "remove it", level=Level.WARN)
