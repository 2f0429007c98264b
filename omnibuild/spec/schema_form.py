"""The form of a JSON Schema that editors do well with: one mistake is told as one, and in the words of the language.

Of alternatives an editor cannot know which one was meant, and tells what is wrong with the one that it takes for the
nearest. So alternatives of different types are chosen by the type of what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnibuild.spec.schema_texts import PATTERNS

_PREFIX = "Written"
_REF = "#/$defs/"
_PARTS = ("object", "array")
_VERBATIM = ("default", "enum", "const", "defaultSnippets", "markdownEnumDescriptions")


def for_editors(definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return definitions in that form: alternatives by type, no null that nobody writes, texts as Markdown."""
    named = {_own(name): _renamed(it) for name, it in definitions.items()}
    return {name: _formed(it, named) for name, it in named.items()}


def _own(name: str) -> str:
    """Return the name that an editor shows for a definition."""
    return name.removeprefix(_PREFIX)


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(it) for it in value]
    if not isinstance(value, dict):
        return value
    return {key: f"{_REF}{_own(it.removeprefix(_REF))}" if key == "$ref" else _renamed(it) for key, it in value.items()}


def _formed(value: Any, definitions: Mapping[str, Any], *, names: bool = False) -> Any:
    """Return a schema in the form; `names` says that the keys are names of the language, not of JSON Schema."""
    if isinstance(value, list):
        return [_formed(it, definitions) for it in value]
    if not isinstance(value, dict):
        return value
    if names:
        return {key: _formed(_without_null(it), definitions) for key, it in value.items()}
    kept = {
        key: it if key in _VERBATIM else _formed(it, definitions, names=key == "properties")
        for key, it in value.items()
    }
    if isinstance(kept.get("description"), str):
        kept.setdefault("markdownDescription", kept["description"])
    if kept.get("pattern") in PATTERNS:
        kept["patternErrorMessage"] = PATTERNS[kept["pattern"]]
    for word in ("anyOf", "oneOf"):
        if word in kept and "if" not in kept:
            alternatives = kept.pop(word)
            return {**_chosen(alternatives, word, definitions), **kept}
    return kept


def _without_null(schema: Any) -> Any:
    """Return the schema of a key without null: whoever means nothing leaves the key out."""
    if not isinstance(schema, dict) or "anyOf" not in schema:
        return schema
    alternatives = [it for it in schema["anyOf"] if it != {"type": "null"}]
    rest = {key: it for key, it in schema.items() if key != "anyOf"}
    return {**alternatives[0], **rest} if len(alternatives) == 1 else {**rest, "anyOf": alternatives}


def _chosen(alternatives: list[Any], word: str, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return alternatives as a choice by type, as they are where types do not tell them apart."""
    if all(it.keys() == {"type"} for it in alternatives):
        types = [it["type"] for it in alternatives]
        return {"type": [it for it in types if it != "integer" or "number" not in types]}
    types = [_type(it, definitions) for it in alternatives]
    if None in types or len({*types}) < len(types) or not {*types} & {*_PARTS}:
        return {word: alternatives}
    result: dict[str, Any] = {}
    for type_, it in zip(types, alternatives, strict=True):
        result = {"if": {"type": type_}, "then": it, **({"else": result} if result else {})}
    return {"type": types, **result}


def _type(schema: Any, definitions: Mapping[str, Any]) -> str | None:
    target = definitions.get(str(schema.get("$ref", "")).removeprefix(_REF), schema)
    found = target.get("type")
    return found if isinstance(found, str) else None
