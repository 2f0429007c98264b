"""What can be wrong with a spec once the others are known: values, examples, names that collide."""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from omnibuild.core.values import Enum, Model, NodeSpec, Problem, Ref, Spec, Type
from omnibuild.onex.names import Names, kebab, snake
from omnibuild.onex.ways import way_of
from omnibuild.spec.conformity import check_field, check_value
from omnibuild.spec.field_checks import check_aliases


def check_spec(spec: Spec, names: Names) -> Iterator[Problem]:
    """Yield what is wrong with a spec whose references all lead somewhere."""
    for model in spec.models:
        for field in model.fields:
            yield from check_field(field, names.graph.lookup)
        yield from check_aliases(model)
        yield from _endless(model)
    yield from _collisions(spec, names)
    machine = spec.machine if isinstance(spec, NodeSpec) else None
    for enum in spec.enums:
        if machine is None or enum.ref != machine.status:
            yield from _members(enum)
    if isinstance(spec, NodeSpec):
        yield from _alike(spec, names)
        yield from _ends(spec, names)
        if machine is None:
            yield from _examples(spec, names)
        if not spec.adopted:
            yield from _variables(spec)
        yield from way_of(spec).check(spec, names)


def _endless(model: Model) -> Iterator[Problem]:
    for field in model.fields:
        if _must_hold(field.type, model.ref, filled=bool(dict(field.constraints).get("min_length"))):
            message = f"every `{model.ref.name}` would hold another `{model.ref.name}`, without end"
            hint = f"write `{model.ref.name} | None`, or a list that may be empty"
            yield Problem("endless", message, field.at, hint)


def _must_hold(type_: Type, ref: Ref, *, filled: bool) -> bool:
    """Return whether no value of a type can do without the model; `filled`: its containers are not empty."""
    match type_.head:
        case "ref":
            return type_.ref == ref
        case "|":
            return all(_must_hold(it, ref, filled=filled) for it in type_.args)
        case "tuple" if type_.args[-1].head != "...":
            return any(_must_hold(it, ref, filled=False) for it in type_.args)
        case _:
            return filled and any(_must_hold(it, ref, filled=False) for it in type_.args)


def _collisions(spec: Spec, names: Names) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    generated = (model for model in spec.models if not model.source)
    declared: tuple[Model | Enum, ...] = (*generated, *spec.enums)
    for it in declared:
        name = names.class_name(it.ref)
        other = seen.setdefault(snake(name), it.ref.name)
        if other != it.ref.name:
            message = f"`{it.ref.name}` and `{other}` would both be generated as {name}"
            replaced = spec.at.to("replaces", it.ref.name)
            yield Problem("name", message, replaced if it.replaces else it.at, "rename one of them")


def _members(enum: Enum) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name, _ in enum.members:
        other = seen.setdefault(enum.member(name), name)
        if other != name or sum(name == it for it, _ in enum.members) > 1:
            message = f"`{enum.ref.name}` has two members that become {enum.member(name)}"
            yield Problem("name", message, enum.at, "rename or remove one of them")
            return
    if not enum.members:
        yield Problem("value", f"`{enum.ref.name}` has no members", enum.at)


def _alike(spec: NodeSpec, names: Names) -> Iterator[Problem]:
    """Yield a problem where another node's topics would be the same: `a__b` and `a_b` both make `a-b`."""
    topic = kebab(spec.name)
    if topic == spec.name.replace("_", "-"):
        return
    for other in names.graph.specs.values():  # once in a while: hardly a name has underlines that divide nothing
        if (
            other is not spec
            and isinstance(other, NodeSpec)
            and (other.domain, kebab(other.name)) == (spec.domain, topic)
        ):
            message = f"`{spec.name}` and `{other.name}` would have the same topics"
            yield Problem("name", message, spec.at.to("node"), "rename one of them")
            return


def _ends(spec: NodeSpec, names: Names) -> Iterator[Problem]:
    for key, ref in (("input", spec.input), ("output", spec.output)):
        if isinstance(names.graph.lookup(ref), Enum):
            yield Problem("wrong-type", f"`{key}` must be a model, and {ref.name} is an enum", spec.at.to(key))


def _examples(spec: NodeSpec, names: Names) -> Iterator[Problem]:
    variables = [it.name for it in spec.env]
    for example in spec.examples:
        if example.fails != "validation":
            type_ = Type("ref", ref=spec.input)
            yield from check_value(type_, example.input, example.at.to("input"), names.graph.lookup)
        if not example.fails:
            type_ = Type("ref", ref=spec.output)
            yield from check_value(type_, example.output, example.at.to("output"), names.graph.lookup)
        for name, _ in example.env:
            if name not in variables:
                at = example.at.to("given", "env", name, key=True)
                yield Problem("unknown-name", f"the node has no variable `{name}`", at, "declare it under `env:`")
        for where, keys in (("given", example.given), ("then", example.then)) if not spec.operations else ():
            for key in keys:
                if (where, key) != ("given", "env"):
                    at = example.at.to(where, key, key=True)
                    hint = "without operations, an example can be given `env` only"
                    yield Problem("example", f"`{where}` knows nothing of `{key}` here", at, hint)


def _variables(spec: NodeSpec) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for it in spec.env:
        attribute = it.name.lower()
        other = seen.setdefault(attribute, it.name)
        if other != it.name:
            message = f"`{it.name}` and `{other}` would both be generated as `{attribute}`"
            yield Problem("name", message, it.at, "rename one of them")
        if keyword.iskeyword(attribute) or attribute == "read" or attribute.startswith("__"):
            message = f"`{it.name}` would be generated as `{attribute}`, which means something else"
            hint = f"choose another name, such as {spec.name.upper()}_{it.name.strip('_')}"
            yield Problem("name", message, it.at, hint)
        if not it.name.isidentifier() or not it.name.isascii():
            yield Problem("name", f"`{it.name}` is not the name of a variable", it.at, "letters, digits and _")
        if it.required and it.default is not None:
            yield Problem("value", f"`{it.name}` is required and has a default", it.at, "keep one of the two")
