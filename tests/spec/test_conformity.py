from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import HttpUrl, JsonValue, TypeAdapter, ValidationError

from omnibuild.core.values import Enum, Field, Json, Model, Pointer, Problem, Ref, Type
from omnibuild.spec.conformity import check_field, check_value
from omnibuild.spec.types import parse_type

AT = Pointer("it.yaml", 0, ("default",))
LEAF = Model(
    Ref("it", "Leaf"), (Field("label", Type("str"), AT), Field("size", Type("int"), AT, required=False, default=1)), AT
)
COLOUR = Enum(Ref("it", "Colour"), (("red", ""), ("green", "")), AT)


def lookup(ref: Ref) -> Model | Enum | None:
    declared: Mapping[str, Model | Enum] = {"Leaf": LEAF, "Colour": COLOUR}
    return declared.get(ref.name)


def type_of(text: str) -> Type:
    type_ = parse_type(text, AT, "it")
    assert not isinstance(type_, Problem)
    return type_


def check(text: str, value: Json) -> list[Problem]:
    return list(check_value(type_of(text), value, AT, lookup))


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("str", "a"),
        ("int", 3),
        ("int", "3"),
        ("int", 3.0),
        ("float", 3),
        ("float", "2.5e3"),
        ("Decimal", "5.00"),
        ("Decimal", 1.5),
        ("bool", True),
        ("bytes", "abc"),
        ("UUID", "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11"),
        ("date", "2026-01-31"),
        ("datetime", "2026-01-31T12:00:00Z"),
        ("datetime", 0),
        ("time", "12:30:00"),
        ("timedelta", "PT90S"),
        ("timedelta", "01:30:00"),
        ("timedelta", 90),
        ("Path", "a/b"),
        ("HttpUrl", "https://example.org"),
        ("Json", {"a": [1]}),
        ("list[int]", [1, "2"]),
        ("dict[str, int]", {"a": 1}),
        ("tuple[int, str]", [1, "a"]),
        ("tuple[int, ...]", []),
        ("int | None", None),
        ('Literal["a", 3]', 3),
        ("Colour", "red"),
        ("Leaf", {"label": "x"}),
        ("list[Leaf]", [{"label": "x", "size": 2}]),
    ],
)
def test_what_fits(type_: str, value: Json) -> None:
    assert check(type_, value) == []


@pytest.mark.parametrize(
    ("type_", "value", "path", "message", "hint"),
    [
        ("str", 3, (), "`3` is not str", 'quote it: "3"'),
        ("str", True, (), "`true` is not str", 'quote it: "True"'),
        ("int", "3.5", (), "`3.5` is not int", ""),
        ("int", True, (), "`true` is not int", ""),
        ("bool", "yes", (), "`yes` is not bool", ""),
        ("Decimal", "five", (), "`five` is not Decimal", ""),
        ("Decimal", None, (), "`null` is not Decimal", ""),
        ("UUID", "7f3c", (), "`7f3c` is not UUID", "write it as 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11"),
        ("date", "31.1.2026", (), "`31.1.2026` is not date", "write it as 2026-01-31"),
        ("date", "2026-02-30", (), "`2026-02-30` is not date", "write it as 2026-01-31"),
        ("datetime", "2026-01-31 noon", (), "`2026-01-31 noon` is not datetime", "write it as 2026-01-31T12:00:00Z"),
        ("time", "25:00", (), "`25:00` is not time", "write it as 12:00:00"),
        ("timedelta", "soon", (), "`soon` is not timedelta", "write it as PT90S, or 90 for seconds"),
        ("HttpUrl", "example.org", (), "`example.org` is not HttpUrl", "write it as https://example.org/"),
        ("list[int]", {"a": 1}, (), "`{'a': 1}` is not list[int]", ""),
        ("list[int]", [1, "x"], (1,), "`x` is not int", ""),
        ("dict[str, int]", {"a": "x"}, ("a",), "`x` is not int", ""),
        ("dict[str, int]", [], (), "`[]` is not dict[str, int]", ""),
        ("tuple[int, str]", [1], (), "tuple[int, str] has 2 items, not 1", ""),
        ("tuple[int, str]", [1, 2], (1,), "`2` is not str", 'quote it: "2"'),
        ("int | None", "x", (), "`x` is not int | None", ""),
        ("list[int] | None", ["x"], (0,), "`x` is not int", ""),
        ('Literal["a", "b"]', "c", (), "`c` is not Literal['a', 'b']", ""),
        ("Colour", "rde", (), "`rde` is not a member of it.Colour", "did you mean `red`?"),
        ("Colour", "blue", (), "`blue` is not a member of it.Colour", "one of red, green"),
        ("Leaf", "x", (), "Leaf is a mapping of fields, not `x`", ""),
        ("Leaf", {}, (), "Leaf wants `label`", "add `label:`"),
        ("Leaf", {"label": "x", "lable": "y"}, ("lable",), "Leaf has no field `lable`", "did you mean `label`?"),
        ("Leaf", {"label": "x", "size": "big"}, ("size",), "`big` is not int", ""),
    ],
)
def test_what_does_not_fit_is_told_where_it_stands(
    type_: str, value: Json, path: tuple[str | int, ...], message: str, hint: str
) -> None:
    (problem,) = check(type_, value)

    assert isinstance(problem.at, Pointer)
    assert problem.at.path == ("default", *path)
    assert (problem.message, problem.hint) == (message, hint)


def test_a_long_value_is_shortened() -> None:
    assert check("int", "x" * 100)[0].message == f"`{'x' * 60}…` is not int"


_KINDS: dict[str, Any] = {
    "str": str,
    "int": int,
    "bool": bool,
    "float": float,
    "Decimal": Decimal,
    "UUID": UUID,
    "datetime": datetime,
    "date": date,
    "time": time,
    "timedelta": timedelta,
    "HttpUrl": HttpUrl,
    "Json": JsonValue,
    "list[int]": list[int],
    "dict[str, date]": dict[str, date],
    "int | None": int | None,
    "tuple[int, str]": tuple[int, str],
    'Literal["a", 3]': Literal["a", 3],
}
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-100, 10**10)
    | st.floats(-100, 100)
    | st.sampled_from(
        [
            "",
            "a",
            "3",
            "1.5",
            "2026-01-31",
            "2026-02-30",
            "2026-01-31T10:00:00Z",
            "10:00:00",
            "PT1S",
            "x:1",
            "https://a.b/",
            "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11",
        ]
    ),
    lambda it: st.lists(it, max_size=3) | st.dictionaries(st.sampled_from("ab"), it, max_size=2),
    max_leaves=4,
)


@settings(max_examples=400)
@given(st.sampled_from(sorted(_KINDS)), _VALUES)
def test_what_pydantic_takes_is_let_through_as_far_as_a_person_would_write_it(name: str, value: Json) -> None:
    try:
        TypeAdapter(_KINDS[name]).validate_python(value)
    except ValidationError:
        taken = False
    else:
        taken = True
    # Numbers and texts for true and false, and dates as numbers or with a time, are likelier a mistake.
    odd = name in (
        "bool",
        "int",
        "float",
        "Decimal",
        "date",
        "datetime",
        "time",
        "timedelta",
        "dict[str, date]",
        "list[int]",
        "int | None",
    )
    if taken and not odd and name != "tuple[int, str]":
        assert check(name, value) == []
    if (
        not taken
        and name in ("date", "datetime", "timedelta", "str", "bool", "UUID", "dict[str, date]")
        and isinstance(value, str)
    ):
        assert check(name, value) != []


def field(type_: str, **options: Any) -> list[Problem]:
    constraints = tuple((name, value) for name, value in options.items() if name != "default")
    at = Pointer("it.yaml", 0, ("input", "it"))
    given_ = Field("it", type_of(type_), at, type_, "default" not in options, options.get("default"), "", constraints)
    return list(check_field(given_, lookup))


@pytest.mark.parametrize(
    ("type_", "options", "path", "code", "message"),
    [
        ("int", {"default": "x"}, ("default",), "value", "`x` is not int"),
        ("int", {"default": None}, ("default",), "default", "`it` cannot be null"),
        ("int", {"min_length": 1}, ("min_length",), "constraint", "`min_length` means nothing for int"),
        ("str", {"gt": 1}, ("gt",), "constraint", "`gt` means nothing for str"),
        ("int", {"pattern": "x"}, ("pattern",), "constraint", "`pattern` means nothing for int"),
        (
            "str",
            {"pattern": "("},
            ("pattern",),
            "constraint",
            "`pattern` is not a regular expression: missing ), unterminated subpattern at position 0",
        ),
        ("Decimal", {"gt": "much"}, ("gt",), "constraint", "`gt` must be a number"),
    ],
)
def test_defaults_and_constraints(
    type_: str, options: dict[str, Json], path: tuple[str, ...], code: str, message: str
) -> None:
    (problem,) = field(type_, **options)

    assert isinstance(problem.at, Pointer)
    assert (problem.at.path, problem.code, problem.message) == (("input", "it", *path), code, message)


@pytest.mark.parametrize(
    ("type_", "options"),
    [
        ("int | None", {"default": None}),
        ("Json", {"default": None}),
        ("int | None", {"ge": 1}),
        ("list[int]", {"max_length": 3}),
        ("date", {"gt": "2026-01-01"}),
    ],
)
def test_defaults_and_constraints_that_are_right(type_: str, options: dict[str, Json]) -> None:
    assert field(type_, **options) == []
