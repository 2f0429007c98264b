"""Adopted nodes have names that the language takes, each its own."""

from __future__ import annotations

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.adopt.names import LONGEST, node_names, usual_name
from omnibuild.core.values import Kind
from omnibuild.spec.written import NAME

KINDS = st.sampled_from(list(Kind))
CONTRACTS = st.lists(
    st.tuples(st.text(max_size=8) | st.sampled_from(["node_a_compute", "a", "A", "class", "node_a", "x" * 90]), KINDS),
    max_size=8,
)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("node_order_pricer_compute", "order_pricer"),
        ("order_pricer", "order_pricer"),
        ("NodeOrderPricer", "order_pricer"),
        ("node-order.pricer", "order_pricer"),
        ("node_pricer_effect", "pricer_effect"),
        ("node_class_compute", "node_class"),
        ("class", "node_class"),
        ("node_2fa_compute", "node_2fa"),
        ("node_", "node"),
        ("名前", "node"),
        ("", "node"),
    ],
)
def test_names_are_short(written: str, name: str) -> None:
    assert usual_name(written, Kind.COMPUTE) == name


@given(CONTRACTS, st.sets(st.sampled_from(["a", "a_compute", "node", "node_a_compute"])))
def test_names_are_sound_and_distinct(contracts: list[tuple[str, Kind]], taken: set[str]) -> None:
    names = node_names(contracts, taken)

    assert len(set(names)) == len(names) == len(contracts)
    assert not taken.intersection(names)
    assert all(re.fullmatch(NAME, it) and len(it) <= LONGEST and not keyword.iskeyword(it) for it in names)


def test_nodes_that_would_be_called_the_same_keep_their_kinds() -> None:
    contracts = [("node_sweep_compute", Kind.COMPUTE), ("node_sweep_effect", Kind.EFFECT), ("sweep", Kind.EFFECT)]

    assert node_names(contracts, ()) == ["sweep_compute", "sweep_effect", "sweep"]


def test_long_names_stay_distinct() -> None:
    first, second = node_names([("x" * 80 + "a", Kind.EFFECT), ("x" * 80 + "b", Kind.EFFECT)], ())

    assert first != second
    assert first.startswith("x" * 50)
