from __future__ import annotations

import pytest
from pydantic import ValidationError

from omnibuild.core.values import Json, Ref
from omnibuild.onex.models import describe, model_parts, own_classes
from tests.onex.declarations import declaring, loaded, names_of, shared


def fields(text: str) -> list[str]:
    """Return the lines of the model `It` below its configuration."""
    names = names_of(text)
    part = next(it for it in model_parts(names.graph.specs["things"], names) if it.path.endswith("model_it.py"))
    return [it.strip() for it in part.text.partition('extra="forbid")')[2].strip().splitlines() if it]


@pytest.mark.parametrize(
    ("declared", "line"),
    [
        ("int", "a: int"),
        ({"type": "int", "default": 3}, "a: int = 3"),
        ({"type": "int", "default": 3, "gt": 0}, "a: int = Field(default=3, gt=0)"),
        ({"type": "int", "description": 'The "a".'}, "a: int = Field(description='The \"a\".')"),
        ({"type": "list[int]", "default": []}, "a: list[int] = Field(default_factory=list)"),
        ({"type": "It | None", "default": None}, 'a: "ModelIt | None" = None'),
        ({"type": "list[It]", "default": []}, 'a: list["ModelIt"] = Field(default_factory=list)'),
        ({"type": "str", "pattern": r"^\d+$"}, r'a: str = Field(pattern=r"^\d+$")'),
        ({"type": "str", "pattern": r'^"\d"$'}, "a: str = Field(pattern='^\"\\\\d\"$')"),
        ({"type": "Decimal", "ge": "0.1"}, 'a: Decimal = Field(ge=Decimal("0.1"))'),
        ({"type": "Decimal", "multiple_of": "0.05"}, "a: Decimal = Field(multiple_of=0.05)"),
        ({"type": "date", "gt": "2026-01-31"}, "a: date = Field(gt=date(2026, 1, 31))"),
        ({"type": "Decimal | None", "ge": 0.5}, 'a: Decimal | None = Field(ge=Decimal("0.5"))'),
        ({"type": "Colour", "default": "red"}, "a: EnumColour = EnumColour.RED"),
    ],
)
def test_fields(declared: Json, line: str) -> None:
    assert fields(declaring({"a": declared})) == [line]


@pytest.mark.parametrize("pattern", [r"^\d+$", r'^"\d"$', r"^[^@\s]+@$", r"a\\b", "^it's$", "ä\\.", "\\\\"])
def test_a_pattern_reaches_pydantic_as_it_was_written(pattern: str) -> None:
    model = loaded(names_of(shared({"a": {"type": "str", "pattern": pattern}})))["ModelIt"]

    assert model.model_json_schema()["properties"]["a"]["pattern"] == pattern


def test_models_are_frozen_and_forbid_what_they_do_not_know() -> None:
    model = loaded(names_of(shared({"a": "int"})))["ModelIt"]

    with pytest.raises(ValidationError, match="frozen"):
        model(a=1).a = 2
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        model(a=1, b=2)


def test_a_default_is_not_shared_between_instances() -> None:
    model = loaded(names_of(shared({"a": {"type": "list[int]", "default": [1]}})))["ModelIt"]

    assert model().a == [1]
    assert model().a is not model().a


@pytest.mark.parametrize(
    ("name", "described"),
    [
        ("OrderLine", "An order line."),
        ("Line", "A line."),
        ("User", "A user."),
        ("Update", "An update."),
        ("URL", "A url."),
        ("Numbers", "Numbers."),
        ("Address", "An address."),
        ("OrderItems", "Order items."),
    ],
)
def test_a_model_without_description_is_called_by_its_name(name: str, described: str) -> None:
    names = names_of(f"shared: s\nmodels: {{{name}: {{a: int}}}}\n")

    assert describe(names.graph.specs["s"].models[0], names.graph.specs["s"]) == described


def test_an_enum_says_what_its_members_mean() -> None:
    names = names_of("shared: s\nenums: {Status: {new: nobody looked, done: }}\n")
    part = next(it for it in model_parts(names.graph.specs["s"], names) if it.path.endswith("enum_status.py"))

    assert part.text == (
        '"""The values of status."""\n\nfrom enum import StrEnum\n\n\nclass EnumStatus(StrEnum):\n'
        '    """The values of status."""\n'
        '\n    NEW = "new"\n    """nobody looked."""\n    DONE = "done"\n'
    )
    assert [str(it) for it in loaded(names, "s")["EnumStatus"]] == ["new", "done"]


def test_the_package_offers_its_classes_and_those_of_its_ends() -> None:
    text = (
        "shared: money\nmodels: {Amount: {value: int}}\nenums: {Currency: [EUR]}\n---\n"
        "node: n\nkind: compute\ndescription: It does.\nmodels: {Line: {a: int}}\n"
        "input: money.Amount\noutput: {l: Line}\nlogic: {l: 'Line(a=1)'}\n"
    )
    names = names_of(text)
    package = model_parts(names.graph.specs["n"], names)[0]

    assert package.path == "src/acme/nodes/node_n_compute/models/__init__.py"
    assert '__all__ = ["ModelAmount", "ModelLine", "ModelNOutput"]' in package.text
    assert own_classes(names.graph.specs["money"], names) == [
        ("acme.shared.money.enum_currency", "EnumCurrency"),
        ("acme.shared.money.model_amount", "ModelAmount"),
    ]


def test_origins_lead_to_the_fields() -> None:
    names = names_of(declaring({"a": "int"}))
    part = next(it for it in model_parts(names.graph.specs["things"], names) if it.path.endswith("model_it.py"))

    assert part.origins["ModelIt", "a"].path == ("models", "It", "a")
    assert part.origins[()].path == ("models", "It")
    assert names.graph.lookup(Ref("things", "It")) is not None
