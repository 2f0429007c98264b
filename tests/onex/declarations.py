"""Specs in memory, read by the real reader: from a few lines of YAML to names, models and their code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from omnibuild.core.values import Body, Json, NodeSpec, Problem, Ref, Spec
from omnibuild.graph.resolve import resolve
from omnibuild.onex.check import check_spec
from omnibuild.onex.models import model_parts
from omnibuild.onex.names import Names
from omnibuild.spec.document import read
from omnibuild.spec.reader import read_spec


def names_of(text: str, bodies: Mapping[str, str] = {}) -> Names:
    """Return the names of the specs of a YAML text, which has no problems."""
    names, problems = tried(text, bodies)
    assert problems == []
    return names


def tried(text: str, bodies: Mapping[str, str] = {}) -> tuple[Names, list[Problem]]:
    """Return the names of the specs of a YAML text, and everything that is wrong with them."""
    documents, problems = read("specs/it.yaml", text)
    specs: dict[str, Spec] = {}
    for document in documents:
        body = Body(f"specs/{document.name}.py", bodies[document.name]) if document.name in bodies else None
        spec, wrong = read_spec(document, body, "acme")
        problems += wrong
        if spec:
            specs[spec.name] = spec
    graph, wrong = resolve(specs, list(specs), {})
    names = Names(graph, "acme")
    problems += wrong
    for spec in graph.specs.values():
        problems += check_spec(spec, names)
    return names, problems


def node(names: Names, name: str) -> NodeSpec:
    spec = names.graph.specs[name]
    assert isinstance(spec, NodeSpec)
    return spec


def shared(fields: Mapping[str, Json], more: str = "") -> str:
    """Return a shared document with the model `It` of these fields; JSON is YAML."""
    return f"shared: things\ndescription: Things.\n{more}models: {json.dumps({'It': dict(fields)})}\n"


def loaded(names: Names, document: str = "things") -> dict[str, Any]:
    """Return the classes of a document's models and enums: each needs only those that are declared before it."""
    spec = names.graph.specs[document]
    space: dict[str, Any] = {}
    for part in model_parts(spec, names):
        if not part.path.endswith("__init__.py"):
            own = [line for line in part.text.splitlines() if not line.startswith("from acme.")]
            exec(compile("\n".join(own), part.path, "exec", dont_inherit=True), space)
    return space


IT = Ref("things", "It")

# ------------------------------------------------------------------------------------ random fields

_NUMBERS = st.integers(-20, 20)


def _numbers(head: str, values: st.SearchStrategy[Json]) -> st.SearchStrategy[dict[str, Json]]:
    low: st.SearchStrategy[dict[str, Json]] = st.just({}) | st.dictionaries(
        st.sampled_from(["ge", "gt"]), values, min_size=1, max_size=1
    )
    high: st.SearchStrategy[dict[str, Json]] = st.just({}) | st.dictionaries(
        st.sampled_from(["le", "lt"]), st.integers(25, 60), min_size=1, max_size=1
    )
    return st.builds(lambda one, other: {"type": head, **one, **other}, low, high)


def _stepped(head: str, steps: Sequence[Json]) -> st.SearchStrategy[dict[str, Json]]:
    return st.builds(lambda it, step: {**it, "multiple_of": step}, _numbers(head, _NUMBERS), st.sampled_from(steps))


_LENGTHS = st.sampled_from([{}, {"min_length": 1}, {"max_length": 3}, {"min_length": 2, "max_length": 2}])
PATTERNS = (r"^[A-Z]{3}-\d+$", r"^[^@\s]+@[^@\s]+$", "x", r"\w\.$", "^(red|green)$", r'^"\S"$', "ä+", r"^\\$", "^.$")
_ITEMS = ("str", "int", "Decimal", "date", "bool", "Colour", 'Literal["a", "b"]', "int | str", "Leaf", "UUID | None")

FIELDS: st.SearchStrategy[dict[str, Json]] = st.one_of(
    _numbers("int", _NUMBERS),
    _numbers("float", _NUMBERS | st.sampled_from([0.5, "0.1"])),
    _numbers("Decimal", _NUMBERS | st.sampled_from([0.5, "0.1", "-12.345"])),
    _stepped("int", [1, 3, 7]),
    _stepped("Decimal", ["0.05", 0.25, 2]),
    _stepped("float", [0.5, 3]),
    st.builds(lambda it: {"type": "str", **it}, _LENGTHS),
    st.sampled_from(PATTERNS).map(lambda it: {"type": "str", "pattern": it}),
    st.builds(lambda item, it: {"type": f"list[{item}]", **it}, st.sampled_from(_ITEMS), _LENGTHS),
    st.sampled_from(_ITEMS).map(lambda item: {"type": f"dict[str, {item}]"}),
    st.sampled_from(
        [
            "bool",
            "bytes",
            "UUID",
            "datetime",
            "date",
            "time",
            "timedelta",
            "Path",
            "HttpUrl",
            "Json",
            "Colour",
            "Leaf",
            "set[int]",
            "frozenset[str]",
            "tuple[int, str]",
            "tuple[date, ...]",
            "int | None",
            "Colour | None",
            "It | None",
            "list[It]",
            "dict[str, It]",
            "tuple[It, ...]",
            "list[It] | None",
            "dict[str, list[Leaf]]",
        ]
    ).map(lambda it: {"type": it}),
)
"""Declarations of fields of the model `It` beside the model `Leaf` and the enum `Colour`."""

MORE = "enums: {Colour: [red, green]}\n"
LEAF: dict[str, Json] = {"label": "str", "size": {"type": "int", "default": 1}}


def declaring(fields: Mapping[str, Json]) -> str:
    """Return a shared document with the model `It`, and `Leaf` and `Colour` for its fields."""
    models = json.dumps({"Leaf": LEAF, "It": dict(fields)})
    return f"shared: things\ndescription: Things.\n{MORE}models: {models}\n"
