"""Adopted classes as the sections of a document: plain values, as YAML holds them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping

from omnibuild.adopt.models.shapes import EnumShape, Extra, FieldShape, Member, ModelShape
from omnibuild.core.values import FACTORIES, Field, Json, Pointer, Ref, Type
from omnibuild.gates.g03_names import BASE_MODEL_ATTRIBUTES, MODEL_ATTRIBUTES, TYPE_NAMES
from omnibuild.spec.conformity import check_field

type Place = Callable[[Ref], Ref]
"""Returns where a class stands, given by its module and its name there: the document, and its name in that."""

_NOWHERE = Pointer("", 0, ())
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_MEMBER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NAMED = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def unsaid(shape: ModelShape) -> str:
    """Return why the language cannot say a model, nothing if it can."""
    for field in shape.fields:
        name = field.name
        if not _FIELD.fullmatch(name) or keyword.iskeyword(name):
            return f"the field {name} is not in snake_case"
        if name in MODEL_ATTRIBUTES or name in BASE_MODEL_ATTRIBUTES:
            return f"the field {name} hides an attribute of pydantic's models"
        if name in TYPE_NAMES and _hides(field, shape):
            return f"the field {name} hides the type of that name"
        if not field.required and not field.factory and field.default is None and not _may_be_none(field.type):
            return f"{name} is None by default, which is not of its type"
        if (field.constraints or field.default is not None) and not field.type.refs():
            declared = Field(name, field.type, _NOWHERE, "", field.required, field.default, "", field.constraints)
            wrong = [] if field.factory else [it.message for it in check_field(declared, lambda _: None)]
            if wrong:
                return f"{name}: {wrong[0]}"
    return ""


def _hides(field: FieldShape, shape: ModelShape) -> bool:
    """Return whether a class that has the field's name could no longer say the type of that name."""
    others = (it for it in shape.fields if it is not field or not it.required)
    return any(field.name in _heads(it.type) for it in others)


def _heads(type_: Type) -> set[str]:
    return {type_.head}.union(*map(_heads, type_.args))


def _may_be_none(type_: Type) -> bool:
    if type_.head == "|":
        return any(map(_may_be_none, type_.args))
    return type_.head in ("None", "Any", "Json")


def model(shape: ModelShape, document: str, place: Place, makers: Mapping[str, Ref]) -> Json:
    """Return a model in its long form; `makers` are the models that can make defaults, by `module:Class`."""
    form: dict[str, Json] = {}
    summary = summary_of(shape.description)
    if summary:
        form["description"] = summary
    if shape.extra is not Extra.FORBID:
        form["extra"] = str(shape.extra)
    fields: dict[str, Json] = {it.name: _field(it, document, place, makers) for it in shape.fields}
    if not form and "fields" not in fields and fields:
        return fields
    if isinstance(fields.get("type"), str):
        fields["type"] = {"type": fields["type"]}  # in the short form it would be that of a field called `fields`
    return {**form, "fields": fields}


def _field(field: FieldShape, document: str, place: Place, makers: Mapping[str, Ref]) -> Json:
    written = type_text(field.type, document, place)
    form: dict[str, Json] = {"type": written}
    if field.factory:
        made = makers.get(field.factory)
        named = field.factory if field.factory in FACTORIES or made is None else _named(made, document)
        form["factory"] = named
    elif not field.required:
        form["default"] = field.default
    if field.aliases:
        form["alias"] = field.aliases[0] if field.is_alias and len(field.aliases) == 1 else [*field.aliases]
    if field.description:
        form["description"] = field.description
    form |= dict(field.constraints)
    return form if len(form) > 1 else written


def _named(ref: Ref, document: str) -> str:
    return ref.name if ref.document == document else f"{ref.document}.{ref.name}"


def type_text(type_: Type, document: str, place: Place) -> str:
    """Return a type as a document writes it."""
    match type_.head:
        case "ref" if type_.ref:
            return _named(place(type_.ref), document)
        case "|":
            return " | ".join(type_text(it, document, place) for it in type_.args)
        case _ if type_.args:
            return f"{type_.head}[{', '.join(type_text(it, document, place) for it in type_.args)}]"
        case _:
            return str(type_)


def enum(shape: EnumShape) -> Json:
    """Return an enum: the list of its members, or what each of them is called and means."""
    if all(_is_plain(it) and not it.description for it in shape.members):
        return [it.value for it in shape.members]
    return {str(it.value): _member(it) for it in shape.members}


def _is_plain(member: Member) -> bool:
    """Return whether a member's name follows from its value."""
    value = str(member.value)
    return bool(_MEMBER.fullmatch(value)) and value.upper() == member.name


def _member(member: Member) -> Json:
    if _is_plain(member):
        return member.description or None
    form: dict[str, Json] = {"name": member.name}
    return {**form, "description": member.description} if member.description else form


def summary_of(text: str) -> str:
    """Return the first paragraph of a docstring, on one line."""
    return " ".join(text.strip().partition("\n\n")[0].split())


def is_sayable(shape: EnumShape) -> bool:
    """Return whether the members of an enum have names that the language knows."""
    return all(_NAMED.fullmatch(it.name) and isinstance(it.value, str) for it in shape.members)
