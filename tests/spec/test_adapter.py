from __future__ import annotations

import pytest

from omnibuild.core.values import Field, Json, Pointer, Problem, Ref
from omnibuild.spec.conformity import check_field
from omnibuild.spec.types import parse_type
from omnibuild.spec.validation import validate
from omnibuild.spec.written import WrittenPolicy

AT = Pointer("it.yaml", 0, ("input", "x"))


def _nothing(ref: Ref) -> None:
    del ref


def told(type_: str, default: Json = None, **constraints: Json) -> list[tuple[str, str]]:
    found = parse_type(type_, AT, "it")
    assert not isinstance(found, Problem)
    field = Field("x", found, AT, required=default is None, default=default, constraints=tuple(constraints.items()))
    problems = list(check_field(field, _nothing))
    assert all(isinstance(it.at, Pointer) for it in problems)
    return [(str(it.at.path[-1]), it.message) for it in problems if isinstance(it.at, Pointer)]


@pytest.mark.parametrize(
    ("type_", "default", "constraints", "at"),
    [
        ("str", None, {"pattern": "(?=a)b"}, "pattern"),
        ("str", None, {"pattern": r"(a)\1"}, "pattern"),
        ("int", None, {"multiple_of": 0}, "multiple_of"),
        ("Decimal", None, {"multiple_of": "-1"}, "multiple_of"),
        ("int", None, {"gt": 5, "lt": 5}, "lt"),
        ("int", None, {"ge": 6, "le": 5}, "le"),
        ("date", None, {"ge": "2026-02-01", "le": "2026-01-01"}, "le"),
        ("str", None, {"min_length": 3, "max_length": 2}, "max_length"),
        ("int", 3, {"gt": 5}, "default"),
        ("Decimal", "0.001", {"multiple_of": "0.01"}, "default"),
        ("str", "abc", {"max_length": 2}, "default"),
        ("str | None", "abc", {"pattern": "^x"}, "default"),
        ("list[int]", [], {"min_length": 1}, "default"),
        ("timedelta", "PT1S", {"ge": "PT5S"}, "default"),
    ],
)
def test_what_pydantic_would_not_take_is_told(type_: str, default: Json, constraints: dict[str, Json], at: str) -> None:
    ((where, _),) = told(type_, default, **constraints)

    assert where == at


@pytest.mark.parametrize(
    ("type_", "default", "constraints"),
    [
        ("int", 5, {"ge": 5, "le": 5}),
        ("Decimal", "0.05", {"multiple_of": "0.01", "ge": 0}),
        ("float", 0.5, {"gt": 0, "lt": 1}),
        ("str | None", "xa", {"pattern": "^x"}),
        ("list[str]", ["a"], {"min_length": 1}),
        ("dict[str, int]", {"a": 1}, {"max_length": 2}),
        ("tuple[int, ...]", [1, 2], {"min_length": 2}),
        ("Literal['a', 'b']", "a", {}),
        ("datetime", "2026-01-31T12:00:00Z", {}),
        ("HttpUrl", "https://example.org/", {}),
        ("date", "2026-01-15", {"ge": "2026-01-01", "le": "2026-02-01"}),
    ],
)
def test_what_pydantic_takes_is_no_problem(type_: str, default: Json, constraints: dict[str, Json]) -> None:
    assert told(type_, default, **constraints) == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("1ms", True),
        ("365m", True),
        ("8760h", True),
        ("0s", False),
        ("0.5ms", False),
        ("8761h", False),
        ("9" * 400 + "h", False),
        ("\u0663s", False),
    ],
)
def test_durations_have_bounds(text: str, right: bool) -> None:
    policy, problems = validate(WrittenPolicy, {"timeout": text}, AT)

    assert (policy is not None, len(problems)) == (right, 0 if right else 1)
