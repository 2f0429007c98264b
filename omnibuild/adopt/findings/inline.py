"""Fields that a contract lists itself, and that are not those of the model beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from omnibuild.adopt.contract_values import class_path, mapping
from omnibuild.adopt.findings.subject import Subject
from omnibuild.adopt.models.shapes import Extra, FieldShape, ModelShape
from omnibuild.core.nearest import nearest
from omnibuild.core.values import Json, Problem, Type

_SCALARS = {
    "str": "str",
    "string": "str",
    "int": "int",
    "integer": "int",
    "bool": "bool",
    "boolean": "bool",
    "float": "float",
    "number": "float",
    "list": "list",
    "array": "list",
    "dict": "dict",
}
"""Words of contracts that can mean one type only."""

_FITS = {
    "str": ("str", "UUID", "datetime", "date", "time", "Path", "HttpUrl", "Literal", "ref", "Decimal", "timedelta"),
    "float": ("float", "Decimal", "int"),
    "list": ("list", "tuple", "set", "frozenset"),
    "dict": ("dict", "ref"),
    "int": ("int", "ref", "Literal"),
    "bool": ("bool", "Literal"),
}
"""What a field may be that a contract calls so: JSON has fewer types than Python."""


_KNOWN = frozenset(it for fits in _FITS.values() for it in fits)


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for every listed field that the model does not have, or has otherwise."""
    data, handler = subject.original.data, subject.section("handler")
    for listed, key in (("inputs", "input_model"), ("outputs", "output_model")):
        source = class_path(handler.get(key)) or class_path(data.get(key))
        model = subject.models.shape(source) if source and subject.section(listed) else None
        if isinstance(model, ModelShape):
            yield from _fields(subject, listed, model)


def _fields(subject: Subject, listed: str, model: ModelShape) -> Iterator[Problem]:
    fields: Mapping[str, FieldShape] = {name: it for it in model.fields for name in (it.name, *it.aliases)}
    name = model.source.partition(":")[2]
    entries = subject.section(listed)
    for key, value in entries.items():
        entry, field = mapping(value), fields.get(key)
        if field is None:
            near = nearest(key, fields)
            hint = f"did you mean `{near}`?" if near else subject.see(model.at)
            if model.extra is not Extra.ALLOW:
                yield subject.warning("inline-fields", f"`{name}` has no field `{key}`", hint, listed, key)
            continue
        yield from _differs(subject, (listed, key), name, field, entry)
    if listed == "inputs":
        for field in model.fields:
            if field.required and not entries.keys() & {field.name, *field.aliases}:
                message = f"`{name}` requires `{field.name}`, which `{listed}` does not list"
                yield subject.warning("inline-fields", message, subject.see(field.at), listed)


def _differs(
    subject: Subject, path: tuple[str, str], name: str, field: FieldShape, entry: Mapping[str, Json]
) -> Iterator[Problem]:
    hint = subject.see(field.at)
    required = entry.get("required")
    if path[0] == "inputs" and isinstance(required, bool) and required != field.required:
        words = ("must be given", "may be left out")
        said, is_so = (words[0], words[1]) if required else (words[1], words[0])
        message = f"`{field.name}` {said} here, and {is_so} in `{name}`"
        yield subject.warning("inline-fields", message, hint, *path, "required")
    word = entry.get("type")
    meant = _SCALARS.get(word) if isinstance(word, str) else None
    if meant and not _may_be(meant, field.type):
        message = f"`{field.name}` is `{word}` here, and `{field.type}` in `{name}`"
        yield subject.warning("inline-fields", message, hint, *path, "type")


def _may_be(meant: str, type_: Type) -> bool:
    if type_.head == "|":
        return any(_may_be(meant, it) for it in type_.args if it.head != "None")
    return type_.head in _FITS[meant] or type_.head not in _KNOWN
