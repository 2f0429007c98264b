"""Every shape says a part of a contract, and gives it back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.core.sameness import same
from omnibuild.core.values import Json
from omnibuild.onex.adopted.sections import ARGUMENT, DISPATCH, END, ENTRY, HANDLER, RESULT, SECTIONS, STATE
from omnibuild.onex.adopted.shapes import (
    LONGEST,
    NOTHING,
    Key,
    Listed,
    Milliseconds,
    Nothing,
    Record,
    Shape,
    Version,
    kept,
    merged,
)
from tests.onex.adopted.contracts import VALUES, of

SHAPES = [shape for _, shape in SECTIONS.values()]


def back(shape: Shape, found: Json) -> Json:
    """Return what is written of what is said, with what is left over merged in."""
    part = shape.said(found)
    if isinstance(part.value, Nothing):
        assert not isinstance(part.rest, Nothing)
        return part.rest
    written = shape.written(part.value)
    if isinstance(part.rest, Nothing):
        return written
    assert isinstance(written, dict)
    assert isinstance(part.rest, dict)
    return merged(written, part.rest)


@given(st.data())
@pytest.mark.parametrize("shape", [*SHAPES, END, HANDLER, ARGUMENT, RESULT, ENTRY, STATE, Version(), Milliseconds()])
def test_what_is_said_and_what_is_left_over_make_the_whole(shape: Shape, data: st.DataObject) -> None:
    found = data.draw(of(shape))

    assert same(back(shape, found), found)


@given(st.data())
@pytest.mark.parametrize("shape", SHAPES)
def test_an_entry_of_a_list_keeps_what_is_left_over(shape: Shape, data: st.DataObject) -> None:
    part = shape.said(data.draw(of(shape)))

    assert isinstance(part.rest, Nothing) or isinstance(part.value, Nothing) or isinstance(part.rest, dict)
    if not isinstance(part.value, Nothing):
        assert all(isinstance(it, dict) and it for it in kept(shape, part.value))


@pytest.mark.parametrize(
    ("shape", "found", "said"),
    [
        (Version(), {"major": 1, "minor": 20, "patch": 3}, "1.20.3"),
        (Milliseconds(), 30_000, "30s"),
        (Milliseconds(), 1500, "1500ms"),
        (END, {"name": "Order", "module": "acme.models"}, "acme.models:Order"),
        (END, "acme.models.Order", "acme.models.Order"),
        (END, {"name": "O", "module": "m", "description": "d"}, {"class": "m:O", "description": "d"}),
        (HANDLER, {"class": "H", "module": "m", "input_model": "m.I"}, {"class": "m:H", "input": "m.I"}),
        (ARGUMENT, {"type": "str", "required": True}, "str"),
        (ARGUMENT, {"type": "str", "required": False}, {"type": "str", "required": False}),
        (ARGUMENT, {"type": "str", "required": 1}, {"type": "str", "required": 1}),
        (RESULT, {"type": "str"}, "str"),
        (STATE, {"state_name": "a", "x": 1}, {"state": "a", "contract": {"x": 1}}),
        (DISPATCH, {"default_timeout_ms": 5000}, {"timeout": "5s"}),
    ],
)
def test_parts_of_contracts_are_said_shorter(shape: Shape, found: Json, said: Json) -> None:
    part = shape.said(found)

    assert same(part.value if not isinstance(part.value, Nothing) else None, said)
    assert part.rest is NOTHING


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        (Version(), {"major": 1, "minor": 2}),
        (Version(), {"major": True, "minor": 2, "patch": 3}),
        (Version(), {"major": -1, "minor": 2, "patch": 3}),
        (Version(), "1.2.3"),
        (Milliseconds(), 0),
        (Milliseconds(), 1.5),
        (Milliseconds(), True),
        (Milliseconds(), LONGEST + 1),
        (Milliseconds(), 10**400),
        (END, "module:Class"),
        (ARGUMENT, {"type": "str"}),
        (Listed(END), [{"name": "A", "module": "m"}, 5]),
    ],
)
def test_what_a_shape_cannot_say_is_left_over_whole(shape: Shape, found: Json) -> None:
    part = shape.said(found)

    assert isinstance(part.value, Nothing)
    assert same(None if isinstance(part.rest, Nothing) else part.rest, found)


@pytest.mark.parametrize(("text", "milliseconds"), [("1.5h", 5_400_000), ("2m", 120_000), ("0.5s", 500), ("7ms", 7)])
def test_durations_are_written_in_every_unit(text: str, milliseconds: int) -> None:
    assert Milliseconds().written(text) == milliseconds


def test_what_is_kept_is_told_from_what_is_called_so() -> None:
    entry = Record((Key("a"), Key("inner", shape=Listed(Record((Key("b"),), is_entry=True)))), is_entry=True)
    value: Json = [{"a": {"contract": {"no": 1}}, "inner": [{"contract": {"yes": 1}}], "contract": {"yes": 2}}]

    assert sorted(str(it) for it in kept(Listed(entry), value)) == ["{'yes': 1}", "{'yes': 2}"]


@given(VALUES, VALUES)
def test_same_is_equal_with_types(one: Json, other: Json) -> None:
    assert same(one, one)
    assert same(one, other) == (repr(one) == repr(other)) or isinstance(one, dict | float)


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, 1.0), ([1], [True]), ({"a": 0}, {"a": False})])
def test_numbers_and_booleans_are_not_the_same(one: Json, other: Json) -> None:
    assert not same(one, other)
