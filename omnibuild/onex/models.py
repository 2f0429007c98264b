"""Models and enums: one class a file, frozen, extra fields forbidden; and the package that offers them."""

from __future__ import annotations

import re

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import Docstring, Line, Statement, assign, call, class_, declare, quoted, raw, spaced
from omnibuild.assemble.types import Types
from omnibuild.core.values import DISCRIMINATOR, Enum, Field, Json, Model, NodeSpec, Ref, Spec, Type
from omnibuild.onex.names import Names, snake
from omnibuild.onex.part import Part

_AN = re.compile(r"[aeio]|u(?![a-z][aeiou]|rl|uid)")
"""What a word begins with that has `an` before it: an update, but a user."""

_DECIMAL_CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of")


def model_parts(spec: Spec, names: Names) -> list[Part]:
    """Return the files of a spec's models and enums, and of the package that they stand in."""
    parts = [_enum(enum, spec, names) for enum in spec.enums]
    parts += [_model(model, spec, names) for model in spec.models if not model.source]
    return [_package(spec, names), *parts]


def own_classes(spec: Spec, names: Names) -> list[tuple[str, str]]:
    """Return the (module, class) of every model and enum that is generated for a spec, sorted."""
    refs = [model.ref for model in spec.models if not model.source] + [enum.ref for enum in spec.enums]
    return sorted((names.class_module(ref), names.class_name(ref)) for ref in refs)


def _package(spec: Spec, names: Names) -> Part:
    imports = Imports(names.package)
    classes = [imports.name(module_, name) for module_, name in own_classes(spec, names)]
    ends = [spec.input, spec.output] if isinstance(spec, NodeSpec) else []
    ends = [ref for ref in ends if names.graph.lookup(ref)]  # an adopted node may not say what they are
    classes += [imports.name(names.class_module(ref), names.class_name(ref)) for ref in ends]
    exported = ", ".join(quoted(name) for name in sorted(set(classes)))
    body = [spaced(assign("__all__", f"[{exported}]"))] if classes else []
    text = (
        f"The models of {spec.name}." if isinstance(spec, NodeSpec) else (spec.description or f"{spec.name}, shared.")
    )
    path = names.path(names.models_package(spec.name), is_package=True)
    return Part(path, module(text, imports, body), {(): spec.at})


def _enum(enum: Enum, spec: Spec, names: Names) -> Part:
    imports = Imports(names.package)
    name = names.class_name(enum.ref)
    is_status = isinstance(spec, NodeSpec) and spec.machine is not None and enum.ref == spec.machine.status
    meaning_of_all = f"The states of {spec.name}." if is_status else f"The values of {_words(enum.ref.name)}."
    body: list[Statement] = [Docstring(meaning_of_all)]
    for position, (member, meaning) in enumerate(enum.members):
        statement = assign(enum.member(member), quoted(member))
        body.append(spaced(statement) if position == 0 else statement)
        if meaning:
            body.append(Docstring(meaning))
    base = imports.name("enum", "StrEnum")
    text = module(meaning_of_all, imports, [class_(name, [base], body)])
    origins = {(): enum.at, (name,): enum.at}
    return Part(names.path(names.class_module(enum.ref)), text, origins)


def describe(model: Model, spec: Spec) -> str:
    """Return the docstring of a model."""
    if model.description:
        return model.description
    if isinstance(spec, NodeSpec) and model.ref.name == "Input":
        return f"What {spec.name} is asked."
    if isinstance(spec, NodeSpec) and model.ref.name == "Output":
        return f"What {spec.name} answers."
    words = _words(model.ref.name)
    if isinstance(spec, NodeSpec) and spec.machine:
        if model.ref == spec.machine.state:
            return f"The state of {spec.name}."
        if model.ref in (*spec.machine.messages, *spec.machine.emits):
            whose = "a message to" if model.ref in spec.machine.messages else "an event of"
            return f"{words.capitalize()}: {whose} {spec.name}."
    if re.search(r"[^s]s$", words):
        return f"{words[:1].upper()}{words[1:]}."
    return f"{'An' if _AN.match(words) else 'A'} {words}."


def _words(name: str) -> str:
    return snake(name).replace("_", " ")


def _model(model: Model, spec: Spec, names: Names) -> Part:
    name = names.class_name(model.ref)
    imports = Imports(names.package, reserved=(name,))
    types = model_types(imports, names, own=model.ref, declared=True)
    base, config = imports.name("pydantic", "BaseModel"), imports.name("pydantic", "ConfigDict")
    body: list[Statement] = [
        Docstring(describe(model, spec)),
        spaced(Line(f"model_config = {config}({_config(model)})")),
    ]
    for position, field in enumerate(model.fields):
        statement = _field(field, types, imports, own=name)
        body.append(spaced(statement) if position == 0 else statement)
    text = module(describe(model, spec), imports, [class_(name, [base], body)])
    origins = {(): model.at, (name,): model.at} | {(name, field.name): field.at for field in model.fields}
    return Part(names.path(names.class_module(model.ref)), text, origins)


def _config(model: Model) -> str:
    """Return the arguments of a model's configuration."""
    config = f'frozen=True, extra="{model.extra}"'
    if any(field.aliases for field in model.fields):
        config += ", populate_by_name=True"
    if any(field.name.startswith("model_") for field in model.fields):
        config += ", protected_namespaces=()"
    return config


def model_types(imports: Imports, names: Names, own: Ref | None = None, *, declared: bool = False) -> Types:
    """Return what writes types in a module whose own model, if it is a model's, is `own`."""

    def class_name(ref: Ref) -> str:
        if own is not None and names.target(ref) == own:
            return quoted(names.class_name(ref))
        return imports.name(names.class_module(ref), names.class_name(ref), names.alias(ref))

    return Types(imports, class_name, names.graph.lookup, declared=declared)


def _field(field: Field, types: Types, imports: Imports, own: str) -> Line:
    annotation = types.annotation(field.type)
    if quoted(own) in annotation and " | " in annotation:
        annotation = quoted(annotation.replace(quoted(own), own))
    constraints = field.constraints
    if field.type.head == "list" and DISCRIMINATOR in dict(constraints):
        annotation = _tagged_items(field, types, imports)
        constraints = tuple(it for it in constraints if it[0] != DISCRIMINATOR)
    keywords: list[tuple[str, str]] = []
    if not field.required:
        text, is_factory = types.default(field)
        if not is_factory and not constraints and not field.description and not field.aliases:
            return assign(field.name, text, annotation)
        keywords.append(("default_factory" if is_factory else "default", text))
    keywords += [(name, _constraint(name, value, field.type, types)) for name, value in constraints]
    keywords += _aliases(field, imports)
    if field.description:
        keywords.append(("description", quoted(field.description)))
    if not keywords:
        return declare(field.name, annotation)
    return assign(field.name, call(imports.name("pydantic", "Field"), keywords), annotation)


def _aliases(field: Field, imports: Imports) -> list[tuple[str, str]]:
    """Return what a field is called in JSON. Not as `alias`: type checkers would take that for the only name."""
    if field.is_alias and field.aliases:
        return [(key, quoted(field.aliases[0])) for key in ("validation_alias", "serialization_alias")]
    if field.aliases:
        choices = ", ".join(map(quoted, field.aliases))
        return [("validation_alias", f"{imports.name('pydantic', 'AliasChoices')}({choices})")]
    return []


def _tagged_items(field: Field, types: Types, imports: Imports) -> str:
    """Return the annotation of a list of models that a field of theirs tells apart."""
    tag = f"{imports.name('pydantic', 'Field')}({DISCRIMINATOR}={quoted(str(dict(field.constraints)[DISCRIMINATOR]))})"
    return f"list[{imports.name('typing', 'Annotated')}[{types.annotation(field.type.args[0])}, {tag}]]"


def _constraint(name: str, value: Json, type_: Type, types: Types) -> str:
    if name == DISCRIMINATOR:
        return quoted(str(value))
    if name == "pattern":
        return raw(str(value))
    if name in _DECIMAL_CONSTRAINTS and not isinstance(value, int):
        heads = [it.head for it in (type_.args if type_.head == "|" else (type_,))]
        # pydantic takes the multiple of a Decimal as a float, and reads it by its digits.
        head = "float" if name == "multiple_of" else next((it for it in heads if it != "None"), "float")
        return types.value(Type(head), value)
    return repr(value)
