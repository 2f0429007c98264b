from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.core.values import Graph
from omnibuild.graph.resolve import resolve
from omnibuild.graph.selection import closure, dependents, select
from tests.graph.graphs import ACYCLIC, NAMES, specs
from tests.onex.declarations import names_of

TEXT = """\
shared: money
tags: [finance]
models: {Amount: {value: Decimal}}
---
node: pricer
kind: compute
description: Price it.
domain: sales
tags: [pricing, orders]
input: {a: money.Amount}
output: {n: int}
logic: {n: "1"}
---
node: packer
kind: compute
description: Pack it.
tags: [orders]
input: {p: pricer.Output}
output: {n: int}
logic: {n: "1"}
"""


def graph_of(needs: Mapping[str, Sequence[str]]) -> Graph:
    found = specs(needs)
    return resolve(found, list(found), {})[0]


@given(ACYCLIC, st.sets(st.sampled_from(NAMES)))
def test_the_closure_is_what_can_be_reached(needs: Mapping[str, Sequence[str]], start: set[str]) -> None:
    whole: networkx.DiGraph[str] = networkx.DiGraph(
        [(name, other) for name, needed in needs.items() for other in needed]
    )
    whole.add_nodes_from(needs)

    expected = start.union(*(networkx.descendants(whole, it) for it in start))
    assert closure(start, needs) == expected
    assert closure(expected, needs) == expected


@given(ACYCLIC, st.sampled_from(NAMES))
def test_plus_goes_both_ways(needs: Mapping[str, Sequence[str]], name: str) -> None:
    graph = graph_of(needs)

    with_needs, _ = select(graph, [f"+{name}"])
    with_dependents, _ = select(graph, [f"{name}+"])
    both, _ = select(graph, [f"+{name}+"])

    assert set(with_needs) & set(with_dependents) == {name}
    assert set(both) == set(with_needs) | set(with_dependents)
    assert all(name in select(graph, [f"+{other}"])[0] for other in with_dependents)
    assert [it for it in graph.order if it in both] == list(both)


@given(ACYCLIC)
def test_dependents_are_needs_turned_round(needs: Mapping[str, Sequence[str]]) -> None:
    graph = graph_of(needs)

    pairs = {(name, need.node) for name in graph.order for need in graph.needs[name]}
    assert {(name, other) for other, names in dependents(graph).items() for name in names} == pairs


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ((), ("money", "pricer", "packer")),
        (("pricer",), ("pricer",)),
        (("packer", "money"), ("money", "packer")),
        (("tag:orders",), ("pricer", "packer")),
        (("tag:finance+",), ("money", "pricer", "packer")),
        (("kind:shared",), ("money",)),
        (("+kind:compute",), ("money", "pricer", "packer")),
        (("domain:sales",), ("pricer",)),
        (("domain:acme",), ("packer",)),
    ],
)
def test_selectors(selectors: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert select(names_of(TEXT).graph, selectors) == (expected, [])


@pytest.mark.parametrize(
    ("selector", "message", "hint"),
    [
        ("pricr", "there is no node `pricr`", "did you mean `pricer`?"),
        ("+qqq+", "there is no node `qqq`", "`omnibuild list` shows the names"),
        ("tags:orders", "there is no selector `tags:`", "use tag:, kind:, domain: or changed:"),
        ("tag:order", "nothing has the tag `order`", "known here: finance, orders, pricing"),
        ("kind:effect", "nothing has the kind `effect`", "known here: compute, shared"),
    ],
)
def test_selectors_that_pick_nothing(selector: str, message: str, hint: str) -> None:
    names, (problem,) = select(names_of(TEXT).graph, [selector, "money"])

    assert names == ("money",)
    assert (problem.code, problem.message, problem.hint) == ("selector", message, hint)
