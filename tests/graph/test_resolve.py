from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import networkx
import pytest
from hypothesis import given

from omnibuild.core.values import Graph, Need, Place, Pointer, Problem
from omnibuild.graph.resolve import resolve
from omnibuild.spec.marks import locate
from tests.conftest import Make
from tests.graph.graphs import ACYCLIC, NEEDS, specs
from tests.onex.declarations import tried
from tests.workspaces import blocking, place


def resolved(needs: Mapping[str, Sequence[str]]) -> tuple[Graph, list[Problem]]:
    found = specs(needs)
    return resolve(found, list(found), {})


@given(ACYCLIC)
def test_what_is_needed_comes_first(needs: Mapping[str, Sequence[str]]) -> None:
    graph, problems = resolved(needs)

    assert problems == []
    assert set(graph.order) == set(needs)
    place = {name: position for position, name in enumerate(graph.order)}
    assert all(place[need.node] < place[name] for name in graph.order for need in graph.needs[name])
    assert {name: [it.node for it in found] for name, found in graph.needs.items()} == dict(needs.items())


@given(ACYCLIC)
def test_the_order_depends_on_names_only(needs: Mapping[str, Sequence[str]]) -> None:
    assert resolved(needs)[0].order == resolved(dict(reversed([*needs.items()])))[0].order


@given(NEEDS)
def test_what_is_sound_and_needs_nothing_broken_is_in_the_graph(needs: Mapping[str, Sequence[str]]) -> None:
    graph, problems = resolved(needs)

    whole: networkx.DiGraph[str] = networkx.DiGraph(
        [(name, other) for name, needed in needs.items() for other in needed if other != name]
    )
    whole.add_nodes_from(needs)
    rings = [it for it in networkx.strongly_connected_components(whole) if len(it) > 1]
    bad = {name for name, needed in needs.items() if any(it not in needs for it in needed)}
    bad |= {name for ring in rings for name in ring}
    assert set(graph.order) == {name for name in needs if not (networkx.descendants(whole, name) | {name}) & bad}
    missing = {(name, other) for name, needed in needs.items() for other in needed if other not in needs}
    assert {it.node for it in problems if it.code == "unknown-reference"} == {name for name, _ in missing}
    for problem in problems:
        if problem.code == "cycle":
            path = problem.message.partition(": ")[2].split(" → ")
            assert path[0] == path[-1] == problem.node
            assert all(other in needs[name] for name, other in pairwise(path))


def test_a_cycle_is_told_once_by_its_shortest_way_where_it_is_written() -> None:
    _, (problem,) = resolved({"a": ["b"], "b": ["c", "a"], "c": ["a"]})

    assert problem.message == "the nodes need each other: a → b → a"
    assert problem.at == Pointer("specs/a.yaml", 0, ("models", "Part", "f0", "type"))
    assert problem.hint == "move the models that both sides need into a `shared` document"


def test_needs_of_all_kinds_are_one_need_each() -> None:
    found = specs({"a": ["b"], "b": []})
    here = Place("specs/a.py", 1, 1)

    graph, _ = resolve(found, list(found), {"a": [Need("b", "body", here)], "b": []})

    assert [(it.node, it.why) for it in graph.needs["a"]] == [("b", "body")]
    assert resolve(specs({"a": [], "b": []}), "ab", {"a": [Need("b", "body", here)]})[0].needs["a"] == (
        Need("b", "body", here),
    )


def test_a_need_of_what_could_not_be_read_is_no_problem_of_its_own() -> None:
    graph, problems = resolve(specs({"a": ["b"], "c": []}), ["a", "b", "c"], {})

    assert problems == []
    assert graph.order == ("c",)


TEXT = """\
shared: money
models: {Amount: {value: Decimal}, Coin: {of: Amount}}
---
node: pricer
kind: compute
description: Price it.
input: {amount: money.Amout, when: "list[Line] | None", other: mony.Amount}
output: packer.Input
uses: [packr]
logic: {a: "1"}
---
node: packer
kind: compute
description: Pack it.
input: {n: int}
output: {n: int}
logic: {n: n}
"""


def test_unknown_references_are_told_at_their_own_characters() -> None:
    _, problems = tried(TEXT)

    places = [(locate(it.at, TEXT), it.message, it.hint) for it in problems if isinstance(it.at, Pointer)]
    assert [(f"{at.line}:{at.column}", message, hint) for at, message, hint in places] == [
        ("7:17", "there is no model or enum `money.Amout`", "did you mean `Amount`?"),
        ("7:42", "there is no model or enum `Line`", "`pricer` has Input, Output"),
        ("7:64", "there is no `mony`", "did you mean `money.Amount`?"),
        ("9:8", "there is no `packr`", "did you mean `packer`?"),
    ]


def test_models_that_hold_each_other_are_a_cycle_and_one_that_holds_itself_is_not() -> None:
    text = "shared: s\nmodels:\n  A: {b: B | None}\n  B: {a: A | None}\n  T: {t: 'list[T]'}\n"

    _, (problem,) = tried(text)

    assert problem.message == "the models refer to each other: A → B → A"
    assert isinstance(problem.at, Pointer)
    assert locate(problem.at, text) == Place("specs/it.yaml", 3, 10)


_ALIAS = "node: {}\nkind: compute\ndescription: Do it.\ninput: {}\noutput: {}\nlogic: {{total: '1'}}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_ALIAS.format("a", "Output", "Input"), "nothing says what `input` is: a.Input → a.Output → a.Input"),
        (
            "---\n".join((_ALIAS.format("a", "b.Output", "{total: int}"), _ALIAS.format("b", "{x: int}", "a.Input"))),
            "nothing says what `input` is: a.Input → b.Output → a.Input",
        ),
    ],
)
def test_inputs_and_outputs_that_lead_to_themselves(make: Make, text: str, message: str) -> None:
    report = make({"specs/a.yaml": text}).build()

    (problem,) = blocking(report)
    assert (problem.code, problem.message, place(problem)) == ("cycle", message, "specs/a.yaml:4:8")
