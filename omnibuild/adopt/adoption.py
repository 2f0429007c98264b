"""From contracts to specs: each is told in the language, written as YAML, read back, and held against the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omnibuild.adopt.contract import Told, tell
from omnibuild.adopt.original import Original
from omnibuild.adopt.spec_text import spec_text
from omnibuild.core.values import Adopted, Graph, Json, Kind, NodeSpec
from omnibuild.onex.adopted.contract import adopted_handlers
from omnibuild.onex.contract import contract
from omnibuild.onex.names import Names
from omnibuild.spec.document import read
from omnibuild.spec.reader import read_spec


@dataclass(frozen=True, slots=True)
class Adoption:
    """A node that was adopted: its contract, its spec as data and as text, and what is to be said of it."""

    original: Original
    name: str
    told: Told
    text: str
    notes: tuple[str, ...]

    @property
    def python(self) -> tuple[str, ...]:
        """What stays Python: the handlers that the contract leads to."""
        said = self.told.spec["adopted"]
        return tuple(adopted_handlers(Adopted(said, ""))) if isinstance(said, dict) else ()


def adopt_contract(
    original: Original, name: str, kind: Kind, around: Mapping[str, Json], source: str | None = None
) -> Adoption:
    """Return the spec of a contract; `around` are the keys of the spec that the contract does not say: tags, models.

    `source` is where the contract lies in the workspace, if it does: then a build watches over it.

    What the spec would not give back as it was is left verbatim, so that nothing is lost.
    """
    notes: list[str] = []
    verbatim: frozenset[str] = frozenset()
    for copied in (True, False, False):
        told = tell(original.data, kind, verbatim)
        text = spec_text(_spec(name, told, around, source), original, copied=copied)
        differs = _differing(text, original, name)
        if not differs:
            break
        if not copied:
            verbatim = verbatim | differs
    if differs:
        notes += [f"`{key}` does not come back as it was" for key in sorted(differs)]
    if verbatim:
        notes += [f"`{key}` is left as it was: the language would say it otherwise" for key in sorted(verbatim)]
    return Adoption(original, name, told, text, tuple(notes))


def _spec(name: str, told: Told, around: Mapping[str, Json], source: str | None) -> dict[str, Json]:
    """Return the keys of a spec in the order in which people read them."""
    first = ("kind", "version", "description")
    head = {key: told.spec[key] for key in first}
    rest = {key: it for key, it in told.spec.items() if key not in first}
    adopted = rest["adopted"]
    if isinstance(adopted, dict) and adopted.get("name") == f"node_{name}_{told.kind.value}":
        adopted = {key: it for key, it in adopted.items() if key != "name"}
    if isinstance(adopted, dict):
        rest["adopted"] = {**({"from": source} if source else {}), **adopted}
    return {"node": name, **head, **around, **rest}


def _differing(text: str, original: Original, name: str) -> frozenset[str]:
    """Return the keys of the contract that the spec does not give back as they were."""
    documents, problems = read("", text)
    spec = None
    if documents and not problems:
        spec, problems = read_spec(documents[0], None, "adopted")
    if not isinstance(spec, NodeSpec) or problems:
        return frozenset(original.data)
    made = contract(spec, Names(Graph({name: spec}, {name: ()}), "adopted"))
    return frozenset(
        key
        for key in {*made, *original.data}
        if key not in made or key not in original.data or not _same(made[key], original.data[key])
    )


def _same(one: Json, other: Json) -> bool:
    """Return whether two values are the same, numbers and booleans kept apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(it, other[key]) for key, it in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other
