"""What is looked at when contracts are held against one another and against their code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from omnibuild.adopt.code.lookup import Lookup
from omnibuild.adopt.contract_values import mapping
from omnibuild.adopt.models.reader import Models
from omnibuild.adopt.original import Original
from omnibuild.core.values import Json, Level, Place, Problem


@dataclass(frozen=True, slots=True)
class Subject:
    """One contract, the name that its node has got, and where names of its code are looked up."""

    original: Original
    node: str
    lookup: Lookup
    models: Models
    root: str = ""
    """The folder that files are told relative to."""

    def see(self, at: Place) -> str:
        """Return the hint that leads to a place in the code."""
        return f"see {at.file.removeprefix(f'{self.root}/')}:{at.line}"

    def warning(self, code: str, message: str, hint: str, *path: str | int) -> Problem:
        """Return a finding at a value of the contract."""
        return Problem(code, message, self.original.at(*path), hint, self.node, Level.WARN)

    def section(self, key: str) -> Mapping[str, Json]:
        """Return a section, empty if it is not there or no mapping."""
        return mapping(self.original.data.get(key))


def routed(subject: Subject) -> Iterator[tuple[int, Mapping[str, Json]]]:
    """Yield the entries of the routing with their positions."""
    entries = subject.section("handler_routing").get("handlers")
    for position, entry in enumerate(entries if isinstance(entries, list) else ()):
        yield position, mapping(entry)
