"""Fields as columns: values go to SQLite and come back as they were."""

from __future__ import annotations

import sqlite3

import pytest
from pydantic import TypeAdapter

from omnibuild.assemble.types import HOMES
from omnibuild.core.values import Field, Json, Pointer, Problem, Type
from omnibuild.spec.columns import Column, column, quoted
from omnibuild.spec.constraints import fault
from omnibuild.spec.types import parse_type

SCALARS = ["str", "int", "float", "bool", "Decimal", "UUID", "Path", "HttpUrl", "datetime", "date", "time", "timedelta"]
AT = Pointer("specs/user.yaml", 0, ("model", "it"))


def field(type_: str, **constraints: Json) -> Field:
    parsed = parse_type(type_, AT, "user")
    assert isinstance(parsed, Type)
    return Field("it", parsed, AT, type_, constraints=tuple(constraints.items()))


def made(type_: str, given: Json = None, **constraints: Json) -> Column:
    it = column(
        field(type_, **constraints), type_, {"Status": ["open", "paid"]}, {} if given is None else {"it": given}
    )
    assert isinstance(it, Column), it
    return it


@pytest.mark.parametrize(
    ("type_", "sql", "value"),
    [
        ("str", "text", "row.it"),
        ("int", "bigint", "row.it"),
        ("bool", "boolean", "row.it"),
        ("Decimal", "text", "str(row.it)"),
        ("Decimal | None", "text", "str(row.it) if row.it is not None else None"),
        ("str | None", "text", "row.it"),
        ("datetime", "text", "row.it.isoformat()"),
        ("timedelta", "double precision", "row.it.total_seconds()"),
        ("Status", "text", "row.it"),
        ('Literal["a", "b"]', "text", "row.it"),
        ("Literal[1, 2]", "bigint", "row.it"),
    ],
)
def test_the_column_of_a_type(type_: str, sql: str, value: str) -> None:
    it = made(type_)

    assert (it.sql, it.value("row")) == (sql, value)
    assert it.optional is ("None" in type_)


@pytest.mark.parametrize(
    "type_", ["list[str]", "Json", "bytes", "Line", "money.Amount", "int | str", 'Literal["a", 1]']
)
def test_what_is_no_column(type_: str) -> None:
    it = column(field(type_), type_, {}, {})

    assert isinstance(it, Problem)
    assert it.message.endswith("which is no column")


@pytest.mark.parametrize("type_", SCALARS)
def test_a_sample_is_the_same_after_a_journey_through_sqlite(type_: str) -> None:
    from importlib import import_module

    it = made(type_)
    python = (
        getattr(import_module(HOMES[type_]), type_)
        if type_ in HOMES
        else {"str": str, "int": int, "float": float, "bool": bool}[type_]
    )
    with sqlite3.connect(":memory:") as connection:
        connection.execute(f"create table t (it {it.sql})")
        connection.execute(f"insert into t values ({it.literal})")
        (back,) = connection.execute("select it from t").fetchone()

    adapter = TypeAdapter(python)
    assert adapter.validate_python(back) == adapter.validate_python(it.sample)


@pytest.mark.parametrize(
    ("type_", "constraints", "sample"),
    [
        ("str", {"pattern": "^[^@]+@[^@]+$"}, "ada@example.org"),
        ("str", {"max_length": 2}, "A"),
        ("str", {"pattern": "^[A-Z]{3}$"}, "ADA"),
        ("int", {"gt": 50}, 100),
        ("int", {"lt": 0}, -1),
        ("Decimal", {"ge": 10}, "10"),
        ("float | None", {"le": 1}, 0.5),
    ],
)
def test_a_sample_keeps_the_constraints(type_: str, constraints: dict[str, Json], sample: Json) -> None:
    it = field(type_, **constraints)

    assert made(type_, **constraints).sample == sample
    assert fault(it, sample) == ""


def test_a_sample_may_be_given() -> None:
    assert made("timedelta", "PT5M").kept == 300.0
    assert made("datetime", "2026-01-31T12:00:00Z").literal == "'2026-01-31T12:00:00+00:00'"
    assert made("str", "it's").literal == "'it''s'"


def test_names_that_sql_has_for_itself_are_quoted() -> None:
    assert [quoted(it) for it in ("order", "orders", "Where")] == ['"order"', "orders", '"Where"']
