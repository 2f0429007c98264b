"""What stands in a contract, whatever state it is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omnibuild.core.values import Json


def mapping(value: Json) -> Mapping[str, Json]:
    """Return a value that should be a mapping, empty if it is none."""
    return value if isinstance(value, dict) else {}


def strings(value: Json) -> Sequence[str]:
    """Return the texts of what should be a list."""
    return [it for it in value if isinstance(it, str)] if isinstance(value, list) else []


def ends(data: Mapping[str, Json]) -> tuple[str, str]:
    """Return what a contract says that its node takes and gives, as `module:Class`; nothing where it does not say."""
    handler = mapping(data.get("handler"))
    found = [class_path(data.get(key)) or class_path(handler.get(key)) for key in ("input_model", "output_model")]
    return found[0], found[1]


def class_path(value: Json) -> str:
    """Return the class that a contract names, as `module:Class`; nothing if it names none, or not its module."""
    if isinstance(value, str):
        module, _, name = value.replace(":", ".").rpartition(".")
        return f"{module}:{name}" if module else ""
    found = mapping(value)
    module_, name_ = found.get("module"), found.get("class") or found.get("name")
    return f"{module_}:{name_}" if isinstance(module_, str) and isinstance(name_, str) and module_ else ""
