"""What is looked at when contracts are held against one another and against their code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from omnibuild.adopt.lookup import Lookup
from omnibuild.adopt.models import Models
from omnibuild.adopt.original import Original
from omnibuild.core.values import Json, Level, Problem


@dataclass(frozen=True, slots=True)
class Subject:
    """One contract, the name that its node has got, and where names of its code are looked up."""

    original: Original
    node: str
    lookup: Lookup
    models: Models

    def warning(self, code: str, message: str, hint: str, *path: str | int) -> Problem:
        """Return a finding at a value of the contract."""
        return Problem(code, message, self.original.at(*path), hint, self.node, Level.WARN)

    def section(self, key: str) -> Mapping[str, Json]:
        """Return a section, empty if it is not there or no mapping."""
        return mapping(self.original.data.get(key))


def mapping(value: Json) -> Mapping[str, Json]:
    """Return a value that should be a mapping, empty if it is none."""
    return value if isinstance(value, dict) else {}


def strings(value: Json) -> Sequence[str]:
    """Return the texts of what should be a list."""
    return [it for it in value if isinstance(it, str)] if isinstance(value, list) else []


def class_path(value: Json) -> str:
    """Return the class that a contract names, as `module:Class`; nothing if it names none, or not its module."""
    if isinstance(value, str):
        module, _, name = value.replace(":", ".").rpartition(".")
        return f"{module}:{name}" if module else ""
    found = mapping(value)
    module_, name_ = found.get("module"), found.get("class") or found.get("name")
    return f"{module_}:{name_}" if isinstance(module_, str) and isinstance(name_, str) and module_ else ""


def routed(subject: Subject) -> Iterator[tuple[int, Mapping[str, Json]]]:
    """Yield the entries of the routing with their positions."""
    entries = subject.section("handler_routing").get("handlers")
    for position, entry in enumerate(entries if isinstance(entries, list) else ()):
        yield position, mapping(entry)
