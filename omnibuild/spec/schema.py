"""The JSON Schema of the spec language, made of the models of `written`: what editors complete and check with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from omnibuild.core.values import Json
from omnibuild.spec.written import (
    CLASS_NAME,
    NAME,
    Written,
    WrittenBlueprint,
    WrittenField,
    WrittenHandler,
    WrittenModel,
    WrittenModifiers,
    WrittenNode,
    WrittenShared,
)
from omnibuild.spec.written_adopted import WrittenAdopted

DIALECT = "https://json-schema.org/draft/2020-12/schema"

DOCUMENTS: dict[str, type[Written]] = {"node": WrittenNode, "shared": WrittenShared, "blueprint": WrittenBlueprint}
"""What a document may declare, by its first key."""

TYPES = (
    "str",
    "int",
    "float",
    "bool",
    "bytes",
    "Decimal",
    "UUID",
    "datetime",
    "date",
    "time",
    "timedelta",
    "Path",
    "HttpUrl",
    "Json",
    "Any",
)
"""The scalars of the type grammar: what an editor offers for a type."""

_ABOUT = "A document of a spec file: its first key says whether it declares a node, models, or a blueprint."
_CLASSES = ("models", "enums", "replaces")


def schema(connectors: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Return the schema of one YAML document of a spec file.

    `connectors` are the schemas of what operations can be told, by connector. The branches are chosen by
    the key that says what the document is, rather than by `oneOf`: so an editor tells what is wrong with
    a node, and not that it is no shared document either.
    """
    wanted = [(model, "validation") for model in (WrittenField, WrittenHandler, WrittenAdopted, *DOCUMENTS.values())]
    _, made = models_json_schema(wanted, ref_template="#/$defs/{model}")  # type: ignore[arg-type]
    definitions: dict[str, Any] = {name: _trimmed(it) for name, it in made["$defs"].items()}
    definitions["Type"] = {
        "description": WrittenField.model_fields["type"].description,
        "anyOf": [{"enum": list(TYPES)}, {"type": "string", "minLength": 1}],
    }
    definitions[WrittenField.__name__]["properties"]["type"] = {"$ref": "#/$defs/Type"}
    written: list[type[Written]] = [WrittenModel, *DOCUMENTS.values()]
    for model in written:
        _refine(definitions[model.__name__]["properties"])
    if connectors:
        definitions[WrittenNode.__name__]["properties"]["operations"]["items"] = _operation(connectors, definitions)
    return {
        "$schema": DIALECT,
        "title": "omnibuild spec",
        "description": _ABOUT,
        "type": "object",
        **_choice(definitions),
        "$defs": definitions,
    }


def _operation(connectors: Mapping[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one operation: a connector, and what every operation may have beside it."""
    parameters = {name: _trimmed(it) for name, it in connectors.items()}
    for it in parameters.values():
        definitions |= it.pop("$defs", {})
    modifiers = _trimmed(WrittenModifiers.model_json_schema(ref_template="#/$defs/{model}"))
    definitions |= modifiers.pop("$defs", {})
    return {
        **modifiers,
        "description": "A connector with its parameters, and when and how often it is run.",
        "properties": {**parameters, **modifiers["properties"]},
        "oneOf": [{"required": [name]} for name in parameters],
    }


def _choice(definitions: dict[str, Any]) -> dict[str, Json]:
    """Return one `if` for each key that a document can begin with, and what holds if it has none of them."""
    first = {
        key: {"description": definitions[model.__name__]["properties"][key]["description"], "type": "string"}
        for key, model in DOCUMENTS.items()
    }
    result: Any = {
        "properties": first,
        "additionalProperties": False,
        "minProperties": 1,
        "description": f"Begin with {' or '.join(f'`{key}:`' for key in DOCUMENTS)} and a name.",
    }
    for key, model in reversed(DOCUMENTS.items()):
        result = {"if": {"required": [key]}, "then": {"$ref": f"#/$defs/{model.__name__}"}, "else": result}
    chosen: dict[str, Json] = result
    return chosen


def _refine(properties: dict[str, Any]) -> None:
    """Say of the properties of a document what the models cannot: what names look like, which types there are."""
    for name in _CLASSES:
        if name in properties:
            properties[name]["propertyNames"] = {"pattern": CLASS_NAME}
    for fields in _field_maps(properties):
        fields["propertyNames"] = {"pattern": NAME}
        fields["additionalProperties"] = {"anyOf": [{"$ref": "#/$defs/Type"}, {"$ref": "#/$defs/WrittenField"}]}


def _field_maps(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every schema of a mapping from names to fields: where pydantic refers to a field's declaration."""
    found = []
    waiting: list[Any] = list(properties.values())
    while waiting:
        it = waiting.pop()
        if isinstance(it, list):
            waiting += it
        elif isinstance(it, dict):
            if {"$ref": "#/$defs/WrittenField"} in _alternatives(it.get("additionalProperties")):
                found.append(it)
            else:
                waiting += it.values()
    return found


def _alternatives(value: Any) -> list[Any]:
    return value.get("anyOf", []) if isinstance(value, dict) else []


def _trimmed(value: Any, *, names: bool = False) -> Any:
    """Return a schema without what pydantic says of everything: titles made of names, defaults that are nothing.

    An editor would show them as texts and offer them as values. `names` says that the keys are names of
    the language, among which `title` could be.
    """
    if isinstance(value, list):
        return [_trimmed(it) for it in value]
    if not isinstance(value, dict):
        return value
    kept = {key: it for key, it in value.items() if names or not _is_noise(key, it)}
    return {
        key: it if key in ("default", "enum", "const") else _trimmed(it, names=key == "properties")
        for key, it in kept.items()
    }


def _is_noise(key: str, value: Any) -> bool:
    return key == "title" or (key == "default" and (value in (None, "") or isinstance(value, list | dict)))
