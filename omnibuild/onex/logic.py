"""The `logic:` section as checked Python: what every name means, and what the output is made of."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Assignment, Level, Logic, Lowered, Model, NodeSpec, Problem, Type
from omnibuild.onex.names import Names, member_name
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


def lower_logic(
    logic: Logic, output: Model, scope: Scope, taken: Collection[str] = ()
) -> tuple[LoweredLogic | None, list[Problem]]:
    """Return the `logic:` of a node, or what is wrong with it.

    `scope` is what its expressions can name beside `let`; `taken` are names of the generated code
    that no `let` may have.
    """
    problems: list[Problem] = []
    let: list[tuple[str, Lowered]] = []
    for entry in logic.let:
        problems += _let_name(entry, {*taken, *_RESERVED}, scope)
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


def request_scope(spec: NodeSpec, names: Names) -> Scope:
    """Return the scope in which the input's fields are attributes of the request."""
    request = names.graph.lookup(spec.input)
    fields = request.fields if isinstance(request, Model) else ()
    bindings = {it.name: Binding(it.type, attribute(REQUEST, it.name)) for it in fields}
    return document_scope(spec, names, bindings)


def document_scope(spec: NodeSpec, names: Names, bindings: Mapping[str, Binding]) -> Scope:
    """Return a scope with these names and the models of the node's document."""
    own = [it.ref.name for it in spec.models] + [it.ref.name for it in spec.enums]
    return Scope(
        names=bindings,
        document=spec.name,
        lookup=names.graph.lookup,
        models=[name for name in own if name not in ("Input", "Output")],
        documents=list(names.graph.specs),
        member=member_name,
    )


def attribute(*names: str) -> ast.expr:
    """Return the tree of a dotted name."""
    tree: ast.expr = ast.Name(names[0], ast.Load())
    for name in names[1:]:
        tree = ast.Attribute(tree, name, ast.Load())
    return tree


def _let_name(entry: Assignment, taken: Collection[str], scope: Scope) -> Iterator[Problem]:
    at = replace(entry.value.at, key=True)
    if entry.name in taken:
        yield Problem("name", f"`{entry.name}` is taken by the generated code", at, "choose another name")
    elif not entry.name.isidentifier() or entry.name != entry.name.lower():
        yield Problem("name", f"`{entry.name}` is not a snake_case name", at)
    elif entry.name in scope.names:
        yield Problem("name", f"`{entry.name}` has a meaning already", at, "choose another name")


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
