"""Existing models as documents that a build takes: what it would not take is left out, and all is looked at anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from omnibuild.adopt.models.documents import Arrangement, Document, adopt
from omnibuild.adopt.models.reader import Models
from omnibuild.core.values import Json, Kind, Level, Pointer, Problem, Ref, Spec
from omnibuild.graph.resolve import resolve
from omnibuild.onex.check import check_spec
from omnibuild.onex.names import Names
from omnibuild.spec.document import Document as Written
from omnibuild.spec.reader import read_spec

_PACKAGE = "adopted"
_ROUNDS = 8
"""How often what is left may be looked at anew: every round leaves out at least one class."""


def arranged(
    wanted: Mapping[str, Sequence[str]],
    models: Models,
    taken: Collection[str],
    importable: Callable[[str], bool],
) -> Arrangement:
    """Return the documents for the classes that nodes need, `module:Class` by node, all of which a build takes."""
    refused: dict[str, str] = {}
    for _ in range(_ROUNDS):
        found = adopt(wanted, models, taken, importable, refused)
        wrong = {source: reason for source, reason in _refused(found) if source not in refused}
        if not wrong:
            return found
        refused |= wrong
    everything = {it.source: "the language does not take it" for it in found.notes}
    return adopt(wanted, models, taken, importable, refused | everything)


def declaration(document: Document) -> dict[str, Json]:
    """Return a shared document as a spec."""
    listed = ", ".join(document.modules)
    about = f"What nodes share of {listed}, as it was adopted."
    return {"shared": document.name, "description": about, **document.sections}


def _refused(found: Arrangement) -> Iterator[tuple[str, str]]:
    """Yield the classes that the language refuses, each with what it says."""
    sources = {it.place: it.source for it in found.notes}
    specs: dict[str, Spec] = {}
    problems: list[Problem] = []
    for it in found.documents:
        data = _node(it) if it.is_node else declaration(it)
        spec, wrong = read_spec(Written(next(iter(data)), it.name, data, Pointer(it.name, 0, ())), None, _PACKAGE)
        problems += wrong
        specs |= {it.name: spec} if spec else {}
    graph, wrong = resolve(specs, [it.name for it in found.documents], {})
    problems += wrong
    names = Names(graph, _PACKAGE)
    problems += (it for spec in graph.specs.values() for it in check_spec(spec, names))
    for problem in problems:
        at = problem.at
        if problem.level is Level.BLOCK and isinstance(at, Pointer) and len(at.path) > 1:
            source = sources.get(Ref(at.file, str(at.path[1])))
            if source:
                yield source, problem.message


def _node(document: Document) -> dict[str, Json]:
    """Return the models of a node as a spec: what else the node says does not matter to them."""
    about: dict[str, Json] = {"kind": Kind.COMPUTE.value, "description": "What is adopted.", "adopted": {}}
    return {"node": document.name, **about, **document.sections}
