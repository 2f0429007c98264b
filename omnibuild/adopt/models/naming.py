"""Names for adopted classes and for the documents that they stand in."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count

from omnibuild.adopt.models.shapes import EnumShape, Shape
from omnibuild.gates.g03_names import TYPE_NAMES

LONGEST = 64
"""How many characters the name of a document may have."""

_ENDS = ("Input", "Output", "State", "Status")
"""What a node's own models are called."""

_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
_PREFIXES = ("model_", "models_", "enum_", "enums_")
_EMPTY = ("models", "enums", "types", "__init__")
"""Modules whose own names say nothing of what they hold."""


def class_names(sources: Sequence[str], shapes: Mapping[str, Shape]) -> dict[str, str]:
    """Return the names of the classes of one document, `module:Class`: `ModelOrderLine` is `OrderLine`."""
    found: dict[str, str] = {}
    taken: set[str] = {it.casefold() for it in _ENDS}
    for source in sources:
        name = source.partition(":")[2]
        prefix = "Enum" if isinstance(shapes[source], EnumShape) or name.startswith("Enum") else "Model"
        found[source] = next(it for it in _candidates(name, prefix) if it.casefold() not in taken)
        taken.add(found[source].casefold())
    return found


def _candidates(name: str, prefix: str) -> Iterator[str]:
    plain = name if _CLASS.fullmatch(name) else _camel(name)
    short = plain.removeprefix(prefix)
    if _CLASS.fullmatch(short) and short not in TYPE_NAMES:
        yield short
    if plain not in TYPE_NAMES:
        yield plain
    yield from (f"{plain}{number}" for number in count(2))


def _camel(name: str) -> str:
    words = [it for it in re.split(r"[^A-Za-z0-9]+", name) if it]
    made = "".join(it[:1].upper() + it[1:] for it in words)
    return made if _CLASS.fullmatch(made) else f"Class{made}"


def document_names(modules: Sequence[str], taken: Collection[str]) -> dict[str, str]:
    """Return a name for the document of each module, unique among those and what is taken."""
    known = set(taken)
    found: dict[str, str] = {}
    for module in modules:
        found[module] = next(it for it in _stems(module) if it not in known)
        known.add(found[module])
    return found


def _stems(module: str) -> Iterator[str]:
    """Yield possible names of a module's document: its last word that says something, then longer ones."""
    words = [_word(it) for it in module.split(".")]
    telling = [it for it in words if it and it not in _EMPTY] or ["models"]
    for length in range(1, len(telling) + 1):
        yield from _fitting("_".join(telling[-length:]))
    yield from (_fit(f"{telling[-1][: LONGEST - 8]}_{number}") for number in count(2))


def _fitting(name: str) -> Iterator[str]:
    if len(name) <= LONGEST:
        yield _fit(name)


def _fit(name: str) -> str:
    wrong = keyword.iskeyword(name) or name in TYPE_NAMES or not re.match(r"[a-z]", name)
    return f"models_{name}".replace("__", "_") if wrong else name


def _word(part: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", part).lower()).strip("_")
    for prefix in _PREFIXES:
        plain = plain.removeprefix(prefix)
    return plain
