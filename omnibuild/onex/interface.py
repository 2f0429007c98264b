"""What other nodes can see of a node: its models, topics and class names, as one digest."""

from __future__ import annotations

from collections.abc import Mapping

from omnibuild.core.values import Enum, Field, Json, Model, NodeSpec, Ref, Spec, digest_json
from omnibuild.onex.names import Names, folder, handler_class
from omnibuild.onex.topics import topics
from omnibuild.onex.ways import way_of


def interfaces(names: Names) -> Mapping[str, str]:
    """Return the digest of every node's interface.

    What a node's models refer to is part of it: who holds an `OrderLine` that holds a
    `money.Amount` sees a new field of `money.Amount`.
    """
    result: dict[str, str] = {}
    callers = (spec for spec in names.graph.specs.values() if isinstance(spec, NodeSpec))
    called = {node for spec in callers for step in spec.steps for node in (step.node, step.undo)}
    for name, spec in names.graph.specs.items():
        behind: dict[str, Json] = {need.node: result[need.node] for need in names.graph.needs[name]}
        seen = {ref.document for model in spec.models for field in model.fields for ref in field.type.refs()}
        if isinstance(spec, NodeSpec):
            seen |= {spec.input.document, spec.output.document}
        visible: dict[str, Json] = {key: value for key, value in behind.items() if key in seen}
        result[name] = digest_json([_own(spec, names, is_called=name in called), visible])
    return result


def _own(spec: Spec, names: Names, *, is_called: bool) -> Json:
    models: dict[str, Json] = {model.ref.name: [_field(field) for field in model.fields] for model in spec.models}
    models |= {model.ref.name: model.source for model in spec.models if model.source}
    result: dict[str, Json] = {
        "package": names.package_of(spec.name),
        "folder": folder(spec),
        "models": models,
        "enums": {enum.ref.name: [name for name, _ in enum.members] for enum in spec.enums},
    }
    declared: tuple[Model | Enum, ...] = (*spec.models, *spec.enums)
    replaced: dict[str, Json] = {it.ref.name: it.replaces for it in declared if it.replaces}
    called: dict[str, Json] = {it.ref.name: [list(pair) for pair in it.names] for it in spec.enums if it.names}
    result |= {"replaces": replaced} if replaced else {}
    result |= {"members": called} if called else {}
    if isinstance(spec, NodeSpec):
        found = topics(spec, names.graph)
        result["topics"] = [found.requested, *found.published]
        result["handler"] = f"{names.handler_module(spec)}.{handler_class(spec)}"
        if is_called:
            way = way_of(spec)
            result["called"] = [way.is_async(spec), way.closes(spec, names), spec.policy.idempotent]
        result["ends"] = [_ref(spec.input), _ref(spec.output)]
    if spec.code:
        modules = (*spec.imports, *(it for code in spec.code for it in code.modules))
        result["code"] = [*sorted({it.digest for it in modules})]
    return result


def _field(field: Field) -> Json:
    constraints: Json = [list(it) for it in field.constraints]
    seen: list[Json] = [field.name, str(field.type), field.required, field.default, constraints]
    return [*seen, field.factory, [*field.aliases]] if field.factory or field.aliases else seen


def _ref(ref: Ref) -> Json:
    return [ref.document, ref.name]
