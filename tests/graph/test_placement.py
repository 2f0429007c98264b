"""Where nodes stand: nothing lies on anything else, and who needs another stands left of it."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from omnibuild.graph.placement import Box, place


def drawn(seed: int, nodes: int, groups: int) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return groups and needs of some nodes, needed ones first."""
    rng = random.Random(seed)
    names = [f"node_{'x' * rng.randrange(30)}_{it}" for it in range(nodes)]
    needs = {name: rng.sample(names[:number], min(number, rng.randrange(4))) for number, name in enumerate(names)}
    return {name: f"domain_{rng.randrange(groups)}" for name in names}, needs


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


def inside(one: Box, other: Box) -> bool:
    return (
        other.x <= one.x
        and other.y <= one.y
        and one.x + one.width <= other.x + other.width
        and one.y + one.height <= other.y + other.height
    )


@pytest.mark.parametrize(("nodes", "groups"), [(1, 1), (2, 2), (9, 1), (60, 4), (60, 60), (300, 7)])
@pytest.mark.parametrize("seed", range(3))
def test_nothing_lies_on_anything_else(seed: int, nodes: int, groups: int) -> None:
    of, needs = drawn(seed, nodes, groups)

    placed = place(of, needs)

    assert placed.nodes.keys() == of.keys()
    assert placed.groups.keys() == set(of.values())
    assert all(apart(one, other) for one, other in combinations(placed.nodes.values(), 2))
    assert all(apart(one, other) for one, other in combinations(placed.groups.values(), 2))
    assert all(inside(box, placed.groups[of[name]]) for name, box in placed.nodes.items())
    whole = Box(0, 0, placed.width, placed.height)
    assert all(inside(box, whole) for box in placed.groups.values())


@pytest.mark.parametrize("seed", range(5))
def test_who_needs_another_of_its_group_stands_left_of_it(seed: int) -> None:
    of, needs = drawn(seed, 80, 3)

    placed = place(of, needs)

    for name, others in needs.items():
        for other in others:
            if of[name] == of[other]:
                one, two = placed.nodes[name], placed.nodes[other]
                assert one.x + one.width < two.x


@pytest.mark.parametrize("seed", range(5))
def test_lines_are_led_past_nodes(seed: int) -> None:
    of, needs = drawn(seed, 12, 1)

    placed = place(of, needs)

    for (name, other), gaps in placed.ways.items():
        assert other in needs[name]
        assert [it.x for it in gaps] == sorted(it.x for it in gaps)
        assert all(placed.nodes[name].x < it.x < placed.nodes[other].x for it in gaps)
        assert all(apart(gap, box) for gap in gaps for box in placed.nodes.values())


def test_the_same_graph_stands_alike() -> None:
    of, needs = drawn(1, 100, 5)
    assert place(of, needs) == place(of, {name: it[::-1] for name, it in needs.items()})


def test_a_large_group_keeps_a_shape_that_can_be_looked_at() -> None:
    of, needs = drawn(1, 500, 1)
    placed = place(of, needs)
    assert 0.5 < placed.width / placed.height < 4


def test_nothing_has_no_size() -> None:
    placed = place({}, {})
    assert (placed.nodes, placed.width, placed.height) == ({}, 0, 0)
