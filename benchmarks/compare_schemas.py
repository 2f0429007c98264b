"""Compares the JSON Schemas of classes, two by two: run by the Python that both can be imported in.

Reads pairs of `module:Class` from standard input, `[[existing, generated], …]`, and prints for each what differs:
nothing, `original: …` if the existing class has no schema, `generated: …`, or the first difference.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import sys
import warnings
from enum import Enum
from typing import Any

from pydantic import TypeAdapter

_ASIDE = ("title", "description")


def schema_of(source: str) -> Any:
    """Return a class's JSON Schema with its definitions in place, titles and descriptions left out."""
    module, _, name = source.partition(":")
    found = getattr(importlib.import_module(module), name)
    model = hasattr(found, "model_json_schema") and not (isinstance(found, type) and issubclass(found, Enum))
    made = found.model_json_schema() if model else TypeAdapter(found).json_schema()
    return inlined(made, made.get("$defs", {}), ())


def inlined(value: Any, definitions: dict[str, Any], open_: tuple[str, ...], *, names: bool = False) -> Any:
    """Return a schema with each reference replaced by what it refers to; one that leads back by how far it does."""
    if isinstance(value, list):
        return [inlined(it, definitions, open_) for it in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value and not names:
        name = value["$ref"].rpartition("/")[2]
        beside = {key: it for key, it in value.items() if key not in ("$ref", *_ASIDE)}
        if name in open_:
            return {"back": len(open_) - open_.index(name), **inlined(beside, definitions, open_)}
        inner = inlined(definitions[name], definitions, (*open_, name))
        return {**inner, **inlined(beside, definitions, open_)}
    kept = {key: it for key, it in value.items() if names or key not in (*_ASIDE, "$defs")}
    if "mapping" in kept and "propertyName" in kept:
        kept["mapping"] = sorted(kept["mapping"])
    if isinstance(kept.get("required"), list) and not names:
        kept["required"] = sorted(kept["required"])
    return {
        key: it if key in ("default", "const", "enum") else inlined(it, definitions, open_, names=key == "properties")
        for key, it in kept.items()
    }


def difference(one: Any, other: Any, at: str = "") -> str:
    """Return where two schemas first differ, nothing if they do not."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(it for it in other if it not in one)]:
            if key not in one or key not in other:
                return f"{at}/{key} only in the {'existing' if key in one else 'generated'} class"
            if found := difference(one[key], other[key], f"{at}/{key}"):
                return found
        return ""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next((it for a, b in zip(one, other, strict=True) if (it := difference(a, b, f"{at}[]"))), "")
    return "" if one == other else f"{at}: {str(one)[:60]!r} is {str(other)[:60]!r}"


def compared(existing: str, generated: str) -> str:
    """Return what differs between two classes."""
    schemas = []
    for side, source in (("original", existing), ("generated", generated)):
        try:
            schemas.append(schema_of(source))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever somebody's module does
            return f"{side}: {type(error).__name__}: {str(error).strip().splitlines()[0][:160] if str(error) else ''}"
    return difference(*schemas)


def main() -> None:
    """Compare all pairs."""
    warnings.simplefilter("ignore")
    logging.disable()
    pairs = json.load(sys.stdin)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        results = [compared(existing, generated) for existing, generated in pairs]
    print(json.dumps(results))


if __name__ == "__main__":
    main()
