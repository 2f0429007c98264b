from __future__ import annotations

import pytest
from pydantic import BaseModel

from omnibuild.core.values import Json, Problem
from omnibuild.gates.g03_names import BASE_MODEL_ATTRIBUTES, MODEL_ATTRIBUTES, check
from tests.gates.subjects import AT, document, written


def test_sound_names_pass() -> None:
    assert list(check(document(written()))) == []


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("OrderPricer", "`OrderPricer` is not in snake_case", "write `order_pricer`"),
        ("order-pricer", "`order-pricer` is not in snake_case", "write `order_pricer`"),
        ("class", "`class` is a keyword of Python", "choose another name, for example `class_node`"),
        ("date", "`date` is the name of a type", "choose another name, for example `date_node`"),
        ("x" * 65, f"`{'x' * 65}` has 65 characters, 64 are allowed", "choose a shorter name"),
        (7, "`7` is not a name", "write a word in snake_case"),
    ],
)
def test_a_document_has_a_name_that_a_package_can_have(name: Json, message: str, hint: str) -> None:
    assert list(check(document({**written(), "node": name}))) == [Problem("G3", message, AT.to("node"), hint)]


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("order_line", "the model `order_line` is not in CamelCase", "write `OrderLine`"),
        ("Input", "the model `Input` has the name of a node's own input", "choose another name"),
        (
            "OrderPricerOutput",
            "the model `OrderPricerOutput` has the name of a node's own output",
            "choose another name",
        ),
        ("Decimal", "the model `Decimal` has the name of a type", "choose another name"),
    ],
)
def test_models_have_names_that_classes_can_have(name: str, message: str, hint: str) -> None:
    assert list(check(document({**written(), "models": {name: {}}}))) == [
        Problem("G3", message, AT.to("models", name, key=True), hint)
    ]


def test_a_model_and_an_enum_do_not_share_a_name() -> None:
    (found,) = check(document({**written(), "enums": {"OrderLine": ["A"]}}))

    assert found.message == "the enum `OrderLine` is already declared as `models.OrderLine`"
    assert found.at == AT.to("enums", "OrderLine", key=True)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("unitPrice", "the field `unitPrice` is not in snake_case", "write `unit_price`"),
        ("class", "the field `class` is a keyword of Python", "write `class_`"),
        (
            "model_dump",
            "the field `model_dump` has the name of what every pydantic model has",
            "write `dump`",
        ),
        ("copy", "the field `copy` hides an attribute of pydantic's models", "write `copy_`"),
    ],
)
def test_fields_have_names_that_attributes_can_have(name: str, message: str, hint: str) -> None:
    assert list(check(document({**written(), "input": {name: "str"}}))) == [
        Problem("G3", message, AT.to("input", name, key=True), hint)
    ]
    (found,) = check(document({**written(), "models": {"Line": {name: "str"}}}))
    assert found.at == AT.to("models", "Line", name, key=True)


@pytest.mark.parametrize(
    ("fields", "stopped"),
    [
        ({"date": "date"}, False),
        ({"date": "str"}, False),
        ({"date": "datetime", "due": "datetime"}, False),
        ({"date": {"type": "date | None", "default": None}}, True),
        ({"date": "date", "due": "list[date]"}, True),
    ],
)
def test_a_field_does_not_hide_a_type_that_its_model_needs(fields: dict[str, Json], stopped: bool) -> None:
    found = list(check(document({**written(), "input": fields})))

    assert [it.message for it in found] == ["the field `date` hides the type `date`, which this model needs"] * stopped


def test_enum_members_are_names_and_differ() -> None:
    found = list(check(document({**written(), "enums": {"State": ["in-progress", "done", "DONE"]}})))

    assert found == [
        Problem(
            "G3",
            "the member `in-progress` of `State` is not a name",
            AT.to("enums", "State", 0),
            "write `in_progress`",
        ),
        Problem("G3", "the member `DONE` of `State` is already there", AT.to("enums", "State", 2), "leave it out"),
    ]
    (found_in_mapping,) = check(document({**written(), "enums": {"State": {"1st": "the first"}}}))
    assert found_in_mapping.at == AT.to("enums", "State", "1st", key=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"input": {"model_name": "str"}},
        {"models": {"Line": {"extra": "allow", "fields": {"model_name": "str"}}}},
        {"enums": {"State": {"in-progress": {"name": "RUNNING"}, "1st": {"name": "FIRST", "description": "One."}}}},
        {"input": "OrderPricerInput", "models": {"OrderPricerInput": {"a": "int"}}},
    ],
)
def test_what_can_be_an_attribute_all_the_same_passes(changed: dict[str, Json]) -> None:
    assert list(check(document({**written(), **changed}))) == []


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"models": {"Line": {"fields": {"aB": "str"}}}}, ("models", "Line", "fields", "aB")),
        ({"enums": {"State": {"a": None, "b": {"name": "A"}}}}, ("enums", "State", "b")),
        ({"models": {"OrderPricerInput": {"a": "int"}}}, ("models", "OrderPricerInput")),
    ],
)
def test_the_long_forms_are_looked_into(changed: dict[str, Json], path: tuple[str, ...]) -> None:
    (found,) = check(document({**written(), **changed}))

    assert found.at == AT.to(*path, key=True)


def test_the_lists_of_attributes_are_pydantic_s() -> None:
    assert {it for it in dir(BaseModel) if it.startswith("model_")} == MODEL_ATTRIBUTES
    public = {name for name in dir(BaseModel) if not name.startswith(("_", "model_"))}

    assert public == BASE_MODEL_ATTRIBUTES
