"""What the specs of adopted nodes say of their models, and what is to be said of those that they do not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from omnibuild.adopt.contract_values import ends
from omnibuild.adopt.models.documents import Arrangement, Document, Note
from omnibuild.core.values import Json


class NodeModels:
    """The models of all adopted nodes, and those that several share."""

    def __init__(self, found: Arrangement) -> None:
        self._found = found
        self._documents = {it.name: it for it in found.documents}
        self._notes: dict[str, list[Note]] = {}
        self._became = {it.place: it.became for it in found.notes}
        for it in found.notes:
            self._notes.setdefault(it.place.document, []).append(it)

    @property
    def shared(self) -> Sequence[Document]:
        """The documents of what several nodes share."""
        return [it for it in self._found.documents if not it.is_node]

    def sections(self, node: str, contract: Mapping[str, Json]) -> dict[str, Json]:
        """Return the keys of a node's spec that say its models, and which of them are its input and output."""
        said = dict(self._documents[node].sections) if node in self._documents else {}
        result: dict[str, Json] = {}
        for key, source in zip(("input", "output"), ends(contract), strict=True):
            place = self._found.places.get(source)
            if place and self._became[place] != "enum":
                result[key] = place.name if place.document == node else f"{place.document}.{place.name}"
        return {**{key: said.pop(key) for key in ("enums", "models") if key in said}, **result, **said}

    def python(self, document: str) -> Iterator[str]:
        """Yield what stays Python of the classes of a document: validators, computed fields, methods."""
        for note in self._notes.get(document, ()):
            yield from (f"{note.source}.{it.name} ({it.kind})" for it in note.kept)

    def notes(self, document: str, contract: Mapping[str, Json] | None = None) -> Iterator[str]:
        """Yield what is to be known of a document's classes, and of a node's input and output that have no place."""
        for note in self._notes.get(document, ()):
            if note.became == "reference":
                yield f"`{note.place.name}` stays a reference to {note.source}: {note.reason}"
            yield from (f"`{note.place.name}`: {it}" for it in note.remarks)
        for source in dict.fromkeys(ends(contract)) if contract else ():
            if source in self._found.left:
                yield f"{source} stays Python: {self._found.left[source]}"
