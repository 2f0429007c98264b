"""Which document each adopted class stands in, under which name, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from omnibuild.adopt.models import sections
from omnibuild.adopt.models.circles import groups
from omnibuild.adopt.models.defaults import is_private
from omnibuild.adopt.models.naming import class_names, document_names
from omnibuild.adopt.models.reader import Models
from omnibuild.adopt.models.shapes import EnumShape, Kept, ModelShape, Opaque, Shape
from omnibuild.adopt.models.soundness import kept, references, sound
from omnibuild.core.values import Json, Ref
from omnibuild.onex.names import snake


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the workspace: `sections` are `enums`, `models` and `replaces`, as far as it has any."""

    name: str
    is_node: bool
    sections: Mapping[str, Json]
    modules: tuple[str, ...] = ()
    """Where the classes of a shared document come from."""


@dataclass(frozen=True, slots=True)
class Note:
    """What became of a class: a `model`, an `enum`, or a `reference` for a reason; and what stays with it."""

    source: str
    place: Ref
    became: str
    reason: str = ""
    kept: tuple[Kept, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The documents, nodes first; where every class that was asked for stands, by what it was asked for as."""

    documents: tuple[Document, ...]
    places: Mapping[str, Ref]
    notes: tuple[Note, ...]
    left: Mapping[str, str]
    """The classes that stand in no document, each with the reason."""


def adopt(
    wanted: Mapping[str, Sequence[str]],
    models: Models,
    taken: Collection[str] = (),
    importable: Callable[[str], bool] = lambda _: True,
    refused: Mapping[str, str] | None = None,
) -> Arrangement:
    """Return the documents for the classes that nodes need, `module:Class` by node, and all that these reach.

    `taken` are names of documents that the workspace has already. A class that would stay a reference, but is not
    `importable` where the workspace is built, is left out, with all that needs it; so are those that are `refused`,
    each for a reason.
    """
    asked = {text: models.definition(text) for texts in wanted.values() for text in texts}
    shapes, left = _importable(
        sound(models.reached(asked[it] for texts in wanted.values() for it in texts)), importable, refused or {}
    )
    needed = {node: [asked[it] for it in texts if asked[it] in shapes] for node, texts in wanted.items()}
    homes = _homes(shapes, needed)
    modules = sorted({it for it in homes.values() if it not in needed})
    names = {**{it: it for it in needed}, **document_names(modules, {*needed, *taken})}
    merged = _merged(shapes, homes, needed)
    places = _places(shapes, {source: names[merged.get(home, home)] for source, home in homes.items()})
    shapes = _without_clashes(shapes, places)
    origins: dict[str, list[str]] = {}
    for source in homes:
        origins.setdefault(places[source].document, []).append(source)
    written = tuple(_document(it, it in needed, origins[it], shapes, places) for it in _order(needed, origins))
    notes = tuple(_note(shape, places[source]) for source, shape in shapes.items())
    placed = {text: places[source] for text, source in asked.items() if source in places}
    left |= {it: left[source] for it, source in asked.items() if source in left}
    return Arrangement(written, placed, notes, left)


def _importable(
    shapes: Mapping[str, Shape], importable: Callable[[str], bool], refused: Mapping[str, str]
) -> tuple[dict[str, Shape], dict[str, str]]:
    """Return the shapes without those that need a class which cannot be imported, and the reasons of those."""
    left = {source: reason for source, reason in refused.items() if source in shapes} | {
        source: f"{shape.reason}, and it cannot be imported here"
        for source, shape in shapes.items()
        if isinstance(shape, Opaque) and not importable(source)
    }
    for source, shape in shapes.items():
        for it in _makers(shape):
            if not isinstance(shapes.get(it), ModelShape) and not importable(it):
                left.setdefault(source, f"a default is made by {it}, which cannot be imported here")
    users: dict[str, list[str]] = {}
    for source, shape in shapes.items():
        for it in (*references(shape), *_makers(shape)):
            users.setdefault(it, []).append(source)
    waiting = list(left)
    for it in waiting:
        for user in users.get(it, ()):
            if user not in left:
                left[user] = f"it needs {it.partition(':')[2]}: {left[it]}"
                waiting.append(user)
    return {source: shape for source, shape in shapes.items() if source not in left}, left


def _makers(shape: Shape) -> list[str]:
    """Return the functions and classes that make defaults of a model's fields, as `module:name`."""
    return [it.factory for it in shape.fields if ":" in it.factory] if isinstance(shape, ModelShape) else []


def _homes(shapes: Mapping[str, Shape], needed: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return each class's home: the one node that reaches it, else its module."""
    users: dict[str, set[str]] = {}
    for node, sources in needed.items():
        for source in _closure(shapes, sources):
            users.setdefault(source, set()).add(node)
    alone = {source: next(iter(nodes)) for source, nodes in users.items() if len(nodes) == 1}
    apart: list[str] = []
    seen: dict[tuple[str, str], str] = {}
    for source, node in alone.items():
        # Two classes of one name cannot be generated in one package: what the second reaches must not need the node.
        if not isinstance(shapes[source], Opaque):
            key = (node, snake(source.partition(":")[2]))
            if seen.setdefault(key, source) != source:
                apart.append(source)
    shared = set(_closure(shapes, apart))
    return {it: it.partition(":")[0] if it in shared else alone.get(it, it.partition(":")[0]) for it in users}


def _closure(shapes: Mapping[str, Shape], sources: Sequence[str]) -> list[str]:
    found = dict.fromkeys(sources)
    waiting = list(found)
    for source in waiting:
        for it in references(shapes[source]) if source in shapes else ():
            if it not in found and it in shapes:
                found[it] = None
                waiting.append(it)
    return [it for it in found if it in shapes]


def _merged(shapes: Mapping[str, Shape], homes: Mapping[str, str], needed: Collection[str]) -> dict[str, str]:
    """Return for modules whose classes refer to each other in a circle the one whose document is that of all."""
    graph: dict[str, dict[str, None]] = {home: {} for home in homes.values() if home not in needed}
    for source, home in homes.items():
        if home in graph:
            graph[home] |= dict.fromkeys(homes[it] for it in references(shapes[source]) if it in homes)
    return {module: min(group) for group in groups(graph) for module in group}


def _places(shapes: Mapping[str, Shape], documents: Mapping[str, str]) -> dict[str, Ref]:
    """Return the document and the name of every class."""
    members: dict[str, list[str]] = {}
    for source, document in documents.items():
        members.setdefault(document, []).append(source)
    named = {it: class_names(sources, shapes) for it, sources in members.items()}
    return {source: Ref(document, named[document][source]) for source, document in documents.items()}


def _without_clashes(shapes: Mapping[str, Shape], places: Mapping[str, Ref]) -> dict[str, Shape]:
    """Return the shapes with those as references whose class has the name of another one of the document."""
    result: dict[str, Shape] = {}
    seen: dict[tuple[str, str], str] = {}
    for source, place in places.items():
        shape = shapes[source]
        key = (place.document, snake(source.partition(":")[2]))
        if not isinstance(shape, Opaque) and seen.setdefault(key, source) != source:
            shape = kept(shape, f"its name is that of {seen[key]}, which it shares a document with")
        result[source] = shape
    return result


def _order(needed: Mapping[str, object], origins: Mapping[str, object]) -> list[str]:
    return [*(it for it in needed if it in origins), *sorted(it for it in origins if it not in needed)]


def _document(
    name: str, is_node: bool, sources: Sequence[str], shapes: Mapping[str, Shape], places: Mapping[str, Ref]
) -> Document:
    makers = {source: place for source, place in places.items() if isinstance(shapes[source], ModelShape)}
    enums: dict[str, Json] = {}
    declared: dict[str, Json] = {}
    replaced: dict[str, Json] = {}
    for source in sources:
        shape, own = shapes[source], places[source].name
        match shape:
            case EnumShape():
                enums[own] = sections.enum(shape)
            case ModelShape():
                declared[own] = sections.model(shape, name, lambda ref: places[f"{ref.document}:{ref.name}"], makers)
            case Opaque():
                declared[own] = source
        if not isinstance(shape, Opaque) and not is_private(source):
            replaced[own] = source
    written: dict[str, Json] = {"enums": enums, "models": declared, "replaces": replaced}
    modules = () if is_node else tuple(sorted({it.partition(":")[0] for it in sources}))
    return Document(name, is_node, {key: value for key, value in written.items() if value}, modules)


def _note(shape: Shape, place: Ref) -> Note:
    match shape:
        case ModelShape():
            return Note(shape.source, place, "model", "", shape.kept, shape.notes)
        case EnumShape():
            return Note(shape.source, place, "enum", "", shape.kept)
        case Opaque():
            return Note(shape.source, place, "reference", shape.reason)
