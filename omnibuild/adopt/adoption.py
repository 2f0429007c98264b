"""From contracts to specs: each is told in the language, written as YAML, read back, and held against the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omnibuild.adopt.contract import Told, tell
from omnibuild.adopt.original import Original
from omnibuild.adopt.spec_text import altered, spec_text
from omnibuild.core.sameness import same
from omnibuild.core.values import Adopted, Graph, Json, Kind, NodeSpec, Pointer, Problem
from omnibuild.onex.adopted.contract import adopted_handlers
from omnibuild.onex.adopted.shapes import VERBATIM
from omnibuild.onex.contract import contract
from omnibuild.onex.names import Names
from omnibuild.spec.document import read
from omnibuild.spec.reader import read_spec

_ATTEMPTS = 4
"""Copied; what a spec reads otherwise written anew; all of it written anew; and what differs even so left verbatim."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """A node that was adopted: its contract, its spec as data and as text, and what is to be said of it."""

    original: Original
    name: str
    told: Told
    text: str
    notes: tuple[str, ...]
    python: tuple[str, ...]
    """What stays Python: the handlers that the contract leads to, and what models have beside their fields."""


def adopt_contract(
    original: Original, name: str, kind: Kind, around: Mapping[str, Json], source: str | None = None
) -> Adoption | Problem:
    """Return the spec of a contract, or why it has none.

    `around` are the keys of the spec that the contract does not say: tags, models. `source` is where the contract lies
    in the workspace, if it does: then a build watches over it.

    What the spec would not give back as it was is left verbatim; a contract that would not come back even so is not
    adopted.
    """
    verbatim: frozenset[str] = frozenset()
    everything = frozenset(original.data)
    rewritten: frozenset[str] = frozenset()
    for attempt in range(_ATTEMPTS):
        if attempt:
            rewritten = altered(everything, original) if attempt == 1 else everything
        told = tell(original.data, kind, verbatim)
        text = spec_text(_spec(name, told, around, source), original, rewritten)
        differs, fault = _differing(text, original, name)
        if not differs:
            break
        if rewritten == everything:
            verbatim = verbatim | differs
    if differs:
        return _refusal(original, differs, fault)
    notes = (f"`{key}` is left as it was: the language would say it otherwise" for key in sorted(verbatim))
    said = told.spec["adopted"]
    python = adopted_handlers(Adopted(said, "")) if isinstance(said, dict) else []
    return Adoption(original, name, told, text, tuple(notes), tuple(python))


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


def _refusal(original: Original, differs: frozenset[str], fault: Problem | None) -> Problem:
    """Return why a contract cannot be adopted; `fault` is what is wrong with its spec, if that is no spec at all."""
    path = fault.at.path[1:] if fault and isinstance(fault.at, Pointer) and fault.at.path[:1] == (VERBATIM,) else ()
    keys = path[:1] or [it for it in original.data if it in differs and not fault]
    message = f"this contract cannot be adopted: a spec cannot hold {f'`{keys[0]}` as it is' if keys else 'all of it'}"
    hint = "is there a number, or a nesting, that is too large?"
    return Problem("contract", message, original.at(*(path or keys[:1])), hint)


def _differing(text: str, original: Original, name: str) -> tuple[frozenset[str], Problem | None]:
    """Return the keys of the contract that the spec does not give back as they were, and why it is no spec if so."""
    documents, problems = read("", text)
    spec = None
    if documents and not problems:
        spec, problems = read_spec(documents[0], None, "adopted")
    if not isinstance(spec, NodeSpec) or problems:
        return frozenset(original.data), next(iter(problems), None)
    made = contract(spec, Names(Graph({name: spec}, {name: ()}), "adopted"))
    differs = (
        key
        for key in {*made, *original.data}
        if key not in made or key not in original.data or not same(made[key], original.data[key])
    )
    return frozenset(differs), None
