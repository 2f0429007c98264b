"""Contracts that hypothesis draws: what the language knows, in right and in wrong shapes, among what it does not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from omnibuild.core.values import Json, Kind
from omnibuild.onex.adopted.sections import SECTIONS
from omnibuild.onex.adopted.shapes import Either, Listed, Mapped, Milliseconds, Record, Shape, Version

ODD = [
    "yes",
    "on",
    "off",
    "null",
    "~",
    "1.0",
    "012",
    "08",
    "0o17",
    "1e3",
    "1_000",
    "1:30",
    ".5",
    "-.5",
    ".inf",
    "2024-01-31",
    "=",
    "<<",
    "a:b",
    "m.Class",
    "module:Class",
    "1.2.3",
    "30s",
]
"""Words that one version of YAML, or the language, takes for something else than text."""

TEXTS: st.SearchStrategy[str] = st.one_of(
    st.sampled_from([*ODD, "", " ", "a: b", "# x", "- y", "first\nsecond\n", "\ttab", "ends with colon:", "contract"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda it: st.lists(it, max_size=3) | st.dictionaries(TEXTS, it, max_size=3),
    max_leaves=5,
)
VERSIONS: st.SearchStrategy[Any] = st.fixed_dictionaries({it: st.integers(0, 12) for it in ("major", "minor", "patch")})
NAMES = st.from_regex(r"\A(node_)?[a-z][a-z0-9_]{0,12}(_compute|_effect)?\Z")


def of(shape: Shape) -> st.SearchStrategy[Any]:
    """Return what draws values that are meant for a shape; now and then, some part of them is anything at all."""
    match shape:
        case Record():
            return _record(shape)
        case Listed(item):
            return st.lists(of(item), max_size=3) | VALUES
        case Mapped(item):
            return st.dictionaries(TEXTS, of(item), max_size=3) | VALUES
        case Either(shapes):
            return st.one_of([of(it) for _, it in shapes])
        case Version():
            return VERSIONS | VALUES
        case Milliseconds():
            return st.integers(-1, 10**7) | st.integers(0, 90).map(lambda it: it * 1000) | VALUES
        case _:
            return st.one_of(TEXTS, st.booleans(), st.lists(TEXTS, max_size=2), VALUES)


def _record(shape: Record) -> st.SearchStrategy[Any]:
    known = {it.place: of(it.shape) for it in shape.keys}
    classes = {"module": TEXTS, shape.class_name: TEXTS} if shape.class_name else {}
    drawn = st.fixed_dictionaries({}, optional={**known, **classes})
    strange = st.dictionaries(TEXTS, VALUES, max_size=2)
    return st.one_of(
        drawn.map(dict),
        st.tuples(drawn, strange).map(lambda it: {**it[1], **it[0]}),
        TEXTS,
        VALUES,
    )


_TOPICS: st.SearchStrategy[Any] = (
    st.lists(st.sampled_from(["onex.evt.a.b.v1", "onex.cmd.a.c.v1", "x", "", "good"]), max_size=3) | VALUES
)
_LOOSE: st.SearchStrategy[Any] = (
    st.dictionaries(TEXTS, st.dictionaries(TEXTS, st.none() | TEXTS, max_size=3) | VALUES, max_size=3) | VALUES
)


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Json]:
    """Return a contract, with a name and with a kind that ONEX knows."""
    kind = draw(st.sampled_from(list(Kind)))
    node_type = draw(st.sampled_from([kind.value, f"{kind.upper()}_GENERIC", kind.value.upper(), kind.value.title()]))
    versions = VERSIONS | st.sampled_from(["1.2.3", "1.2", "01.0.0"]) | VALUES
    optional: dict[str, st.SearchStrategy[Any]] = {
        **{key: of(shape) for key, shape in SECTIONS.values()},
        "contract_version": versions,
        "node_version": versions,
        "version": versions,
        "description": TEXTS | VALUES,
        "env_dependencies": _LOOSE,
        "descriptor": _with(of(SECTIONS["descriptor"][1]), idempotent=st.booleans(), timeout_ms=st.integers(-1, 10**5)),
        "event_bus": _with(of(SECTIONS["bus"][1]), subscribe_topics=_TOPICS, publish_topics=_TOPICS),
        "inputs": of(SECTIONS["arguments"][1]) | _LOOSE,
    }
    found = draw(st.fixed_dictionaries({}, optional=optional))
    strange = draw(st.dictionaries(TEXTS, VALUES, max_size=2))
    whole = {**strange, **found, "name": draw(NAMES | st.text(min_size=1, max_size=5)), "node_type": node_type}
    return {key: whole[key] for key in draw(st.permutations(list(whole)))}


def _with(drawn: st.SearchStrategy[Any], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return what draws mappings with some keys of another section among their own."""
    extra = st.fixed_dictionaries({}, optional=more)
    return st.tuples(drawn, extra).map(lambda it: {**it[0], **it[1]} if isinstance(it[0], dict) else it[0])
