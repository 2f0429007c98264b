"""The JSON Schema of the spec language, made of the models of `written`: what editors complete and check with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from omnibuild.core.values import Json
from omnibuild.spec.schema_form import for_editors
from omnibuild.spec.schema_texts import KINDS, document_snippets, type_snippets, with_example
from omnibuild.spec.written import (
    CLASS_NAME,
    NAME,
    WrittenBlueprint,
    WrittenHandler,
    WrittenModifiers,
    WrittenNode,
    WrittenShared,
)
from omnibuild.spec.written_adopted import SHORTENED, WrittenAdopted
from omnibuild.spec.written_fields import Written, WrittenField, WrittenModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"

DOCUMENTS: dict[str, type[Written]] = {"node": WrittenNode, "shared": WrittenShared, "blueprint": WrittenBlueprint}
"""What a document may declare, by its first key."""

_FIELDS = {"$ref": "#/$defs/Fields"}
_FIELDS_OR_NAME = {"$ref": "#/$defs/FieldsOrName"}
_IS_LONG = {
    "required": ["fields"],
    "properties": {
        "fields": {"type": "object", "not": {"required": ["type"], "properties": {"type": {"type": "string"}}}}
    },
}
"""Whether a model is written in its long form, as `written.is_long_form` has it."""

_FORMS = {
    "FieldOrType": {
        "defaultSnippets": type_snippets(),
        "if": {"type": "object"},
        "then": {"$ref": "#/$defs/WrittenField"},
        "else": {
            "if": {"type": "string"},
            "then": {"$ref": "#/$defs/Type"},
            # What is not there yet may become either.
            "else": {"anyOf": [{"$ref": "#/$defs/WrittenField"}, {"$ref": "#/$defs/Type"}]},
        },
    },
    "Fields": {
        "type": "object",
        "propertyNames": {"pattern": NAME},
        "additionalProperties": {"$ref": "#/$defs/FieldOrType"},
    },
    "FieldsOrName": {
        "type": ["object", "string"],
        "if": {"type": "object"},
        "then": {"if": _IS_LONG, "then": {"$ref": "#/$defs/WrittenModel"}, "else": {"$ref": "#/$defs/Fields"}},
    },
}
"""How fields can be written."""

_ABOUT = "A document of a spec file: its first key says whether it declares a node, models, or a blueprint."
_CLASSES = ("models", "enums", "replaces")


def schema(connectors: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Return the schema of one YAML document of a spec file.

    `connectors` are the schemas of what operations can be told, by connector. The branches are chosen by
    the key that says what the document is, rather than by `oneOf`: so an editor tells what is wrong with
    a node, and not that it is no shared document either.
    """
    models = (WrittenField, WrittenHandler, WrittenAdopted, *SHORTENED, *DOCUMENTS.values())
    wanted = [(model, "validation") for model in models]
    _, made = models_json_schema(wanted, ref_template="#/$defs/{model}")  # type: ignore[arg-type]
    definitions: dict[str, Any] = {name: _trimmed(it) for name, it in made["$defs"].items()}
    definitions["Type"] = {
        "description": WrittenField.model_fields["type"].description,
        "type": "string",
        "minLength": 1,
        "defaultSnippets": type_snippets(),
    }
    definitions[WrittenField.__name__]["properties"]["type"] = {"$ref": "#/$defs/Type"}
    definitions |= _FORMS
    written: list[type[Written]] = [WrittenModel, *DOCUMENTS.values()]
    for model in written:
        _refine(definitions[model.__name__]["properties"])
    node = definitions[WrittenNode.__name__]["properties"]
    _describe(node)
    if connectors:
        node["operations"]["items"] = _operation(connectors, definitions)
    whole: dict[str, Any] = {
        "$schema": DIALECT,
        "title": "omnibuild spec",
        "description": _ABOUT,
        "type": "object",
        "defaultSnippets": document_snippets(),
        **_choice(definitions),
        "$defs": for_editors(definitions),
    }
    return whole


def _describe(node: dict[str, Any]) -> None:
    """Say of the sections of a node what an editor shows: what each is for, and what it looks like."""
    node["kind"]["markdownEnumDescriptions"] = [KINDS[it] for it in node["kind"]["enum"]]
    for name, it in node.items():
        it["description"] = WrittenNode.model_fields[name].description or it["description"]
        it["markdownDescription"] = with_example(name, it["description"])


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
        "if": {"type": "object"},
        "then": {"oneOf": [{"required": [name]} for name in parameters]},
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
        name = model.__name__.removeprefix("Written")
        result = {"if": {"required": [key]}, "then": {"$ref": f"#/$defs/{name}"}, "else": result}
    chosen: dict[str, Json] = result
    return chosen


def _refine(properties: dict[str, Any]) -> None:
    """Say of the properties of a document what the models cannot: what names look like, which types there are."""
    for name in _CLASSES:
        if name in properties:
            properties[name]["propertyNames"] = {"pattern": CLASS_NAME}
    for name, it in properties.items():
        properties[name] = _with_forms(it)


def _with_forms(schema: Any) -> Any:
    """Return a schema that refers to the forms of fields where pydantic writes them out."""
    if isinstance(schema, list):
        return [_with_forms(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    alternatives = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    told = {key: it for key, it in schema.items() if key == "description"}
    if any(_lists_fields(it) for it in alternatives):
        return told | _FIELDS_OR_NAME
    if _lists_fields(schema):
        return told | _FIELDS
    return {key: _with_forms(it) for key, it in schema.items()}


def _lists_fields(schema: Any) -> bool:
    declared = schema.get("additionalProperties") if isinstance(schema, dict) else None
    return isinstance(declared, dict) and {"$ref": "#/$defs/WrittenField"} in declared.get("anyOf", ())


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
