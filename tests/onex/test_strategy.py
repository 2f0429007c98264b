from __future__ import annotations

import re
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnibuild.assemble import layout
from omnibuild.assemble.imports import Imports
from omnibuild.core.values import Json, Ref
from omnibuild.onex.strategy import Strategies, is_ambiguous
from tests.onex.declarations import FIELDS, IT, declaring, loaded, names_of


def written(text: str, ref: Ref = IT) -> dict[str, str]:
    """Return the constants that the strategies of a model need."""
    strategies = Strategies(Imports("acme"), names_of(text))
    strategies.model(ref)
    return dict(strategies.definitions)


def made(fields: dict[str, Json]) -> tuple[type[Any], st.SearchStrategy[Any]]:
    """Return the class of the model `It` with these fields, and its strategy."""
    names = names_of(declaring(fields))
    imports = Imports("acme")
    strategies = Strategies(imports, names)
    constant = strategies.model(IT)
    space = {**loaded(names), "st": st, "hypothesis": hypothesis}
    imported = [it for it in layout.written(imports.statements()).splitlines() if "acme" not in it]
    exec("\n".join([*imported, *(f"{name} = {text}" for name, text in strategies.definitions)]), space)
    return space["ModelIt"], space[constant]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(FIELDS, FIELDS, st.data())
def test_strategies_make_what_the_model_takes(
    one: dict[str, Json], other: dict[str, Json], data: st.DataObject
) -> None:
    model, strategy = made({"one": one, "other": other})

    for _ in range(5):
        value = data.draw(strategy)
        assert isinstance(value, model)
        again = model.model_validate_json(value.model_dump_json())
        assert again == value or again.model_dump_json() == value.model_dump_json()


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_fields_with_other_names_are_made_by_their_own(data: st.DataObject) -> None:
    model, strategy = made(
        {"price": {"type": "Decimal", "ge": 0, "alias": "unitPrice"}, "sku": {"type": "str", "alias": ["id", "s-k"]}}
    )

    value = data.draw(strategy)

    assert model.model_validate_json(value.model_dump_json()) == value
    assert model.model_validate_json(value.model_dump_json(by_alias=True)) == value


def field(text: str, **constraints: Json) -> str:
    """Return the strategy of one field."""
    definitions = written(declaring({"a": {"type": text, **constraints}}))
    found = re.fullmatch(r"st\.builds\(ModelIt, a=(.*)\)", definitions["ITS"])
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("type_", "constraints", "expected"),
    [
        ("str", {}, "st.text()"),
        ("str", {"min_length": 1, "max_length": 3}, "st.text(min_size=1, max_size=3)"),
        ("int", {"gt": 0, "lt": 10}, "st.integers(min_value=1, max_value=9)"),
        (
            "int",
            {"ge": 0, "le": 10, "multiple_of": 5},
            "st.integers(min_value=0, max_value=2).map(lambda count: count * 5)",
        ),
        (
            "int",
            {"gt": 0, "lt": 10, "multiple_of": 5},
            "st.integers(min_value=1, max_value=1).map(lambda count: count * 5)",
        ),
        ("float", {"gt": 0}, "st.floats(min_value=0, exclude_min=True, allow_nan=False, allow_infinity=False)"),
        (
            "Decimal",
            {"gt": "0.1", "lt": 5},
            (
                'st.decimals(min_value="0.1", max_value=5, allow_nan=False, allow_infinity=False)'
                '.filter(lambda value: Decimal("0.1") < value < 5)'
            ),
        ),
        (
            "Decimal",
            {"multiple_of": "0.05"},
            'st.integers(min_value=-1000000, max_value=1000000).map(lambda count: count * Decimal("0.05"))',
        ),
        ("bool | None", {}, "st.booleans() | st.none()"),
        ("Colour", {}, "st.sampled_from(EnumColour)"),
        ("list[It]", {}, "st.just([])"),
        ("dict[str, It]", {}, "st.just({})"),
        ("It | None", {}, "st.none()"),
        ("tuple[int, str]", {}, "st.tuples(st.integers(), st.text())"),
        ("tuple[int, ...]", {"min_length": 1}, "st.lists(st.integers(), min_size=1).map(tuple)"),
        ("frozenset[int]", {"max_length": 2}, "st.frozensets(st.integers(), max_size=2)"),
        (
            "str",
            {"pattern": r"^\d+$"},
            r'st.from_regex(re.compile(r"^\d+$", re.ASCII), fullmatch=True, alphabet=st.characters(codec="ascii"))',
        ),
        (
            "str",
            {"pattern": r"\d$", "max_length": 4},
            (
                r'st.from_regex(re.compile(r"\d\Z", re.ASCII), alphabet=st.characters(codec="ascii"))'
                ".filter(lambda value: len(value) <= 4)"
            ),
        ),
    ],
)
def test_what_is_written(type_: str, constraints: dict[str, Json], expected: str) -> None:
    assert field(type_, **constraints).replace("'", '"') == expected


def test_constants_have_plural_names_each_once() -> None:
    text = (
        "shared: one\nmodels: {Line: {a: int}, Category: {a: int}, Address: {l: Line}, Times: {a: int}, Box: {}}\n"
        "---\nshared: two\nmodels:\n  Line: {a: one.Line, b: one.Category, c: one.Address, d: one.Times, e: one.Box}\n"
    )

    assert list(written(text, Ref("two", "Line"))) == [
        "LINES",
        "CATEGORIES",
        "ADDRESSES",
        "TIMES",
        "BOXES",
        "TWO_LINES",
    ]


@pytest.mark.parametrize(
    ("type_", "ambiguous"),
    [
        ("int | float", True),
        ("UUID | str", True),
        ("Json", False),
        ("int | str", False),
        ("list[int] | set[int]", True),
        ("int | None", False),
        ("list[date | str]", True),
        ("Decimal | int", False),
        ("Leaf | None", False),
    ],
)
def test_unions_that_json_does_not_tell_apart_are_ambiguous(type_: str, ambiguous: bool) -> None:
    assert is_ambiguous(IT, names_of(declaring({"a": type_}))) is ambiguous
