from __future__ import annotations

import pytest
from pydantic import ValidationError

from omnibuild.core.values import Json, Pointer, Ref
from omnibuild.onex.models import describe, model_parts, own_classes
from tests.onex.declarations import declaring, loaded, names_of, shared, tried


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
        ({"type": 'Literal["a", "b"] | None', "default": None}, 'a: Literal["a", "b"] | None = None'),
        ({"type": 'It | Literal["a"] | None', "default": None}, "a: 'ModelIt | Literal[\"a\"] | None' = None"),
        ({"type": "Any"}, "a: Any"),
        ({"type": "dict[str, Any] | None", "default": None}, "a: dict[str, Any] | None = None"),
        ({"type": "tuple[int, ...]", "factory": "tuple"}, "a: tuple[int, ...] = Field(default_factory=tuple)"),
        ({"type": "frozenset[int]", "factory": "frozenset"}, "a: frozenset[int] = Field(default_factory=frozenset)"),
        ({"type": "UUID | None", "factory": "uuid4"}, "a: UUID | None = Field(default_factory=uuid4)"),
        ({"type": "str", "factory": "uuid4"}, "a: str = Field(default_factory=lambda: str(uuid4()))"),
        ({"type": "datetime", "factory": "now"}, "a: datetime = Field(default_factory=lambda: datetime.now(UTC))"),
        ({"type": "str", "factory": "now"}, "a: str = Field(default_factory=lambda: datetime.now(UTC).isoformat())"),
        ({"type": "str", "factory": "old.code:name"}, "a: str = Field(default_factory=name)"),
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


def config(text: str) -> str:
    """Return the arguments of the configuration of the model `It`."""
    names = names_of(text)
    part = next(it for it in model_parts(names.graph.specs["things"], names) if it.path.endswith("model_it.py"))
    return part.text.partition("ConfigDict(")[2].partition(")\n")[0]


def test_an_alias_is_read_and_written_and_the_name_is_read_as_well() -> None:
    text = shared({"a": {"type": "str", "alias": "b"}, "c": {"type": "str", "alias": ["d", "e"]}})
    model = loaded(names_of(text))["ModelIt"]

    assert config(text) == 'frozen=True, extra="forbid", populate_by_name=True'
    found = model.model_validate({"b": "1", "e": "2"})
    assert (found, model(a="1", c="2")) == (model(a="1", d="2"), found)
    assert found.model_dump(by_alias=True) == {"b": "1", "c": "2"}
    assert [*model.model_json_schema()["properties"]] == ["b", "d"]


def test_a_field_may_begin_with_model() -> None:
    assert config(shared({"model_name": "str"})) == 'frozen=True, extra="forbid", protected_namespaces=()'


def test_a_factory_makes_another_default_each_time() -> None:
    fields: dict[str, Json] = {
        "a": {"type": "UUID", "factory": "uuid4"},
        "b": {"type": "str", "factory": "uuid4"},
        "c": {"type": "datetime", "factory": "now"},
        "d": {"type": "str", "factory": "now"},
        "e": {"type": "tuple[int, ...]", "factory": "tuple"},
    }
    model = loaded(names_of(shared(fields)))["ModelIt"]

    assert model().a != model().a
    assert model().b != model().b
    assert model().c.tzinfo is not None
    assert model().d.endswith("+00:00")
    assert model().e == ()
    assert not any("default" in it for it in model.model_json_schema()["properties"].values())


def test_a_model_of_which_all_has_defaults_makes_one() -> None:
    text = "shared: s\nmodels:\n  A: {a: {type: int, default: 1}}\n  B: {b: {type: A, factory: A}}\n"
    names = names_of(text)
    part = next(it for it in model_parts(names.graph.specs["s"], names) if it.path.endswith("model_b.py"))

    assert "b: ModelA = Field(default_factory=ModelA)" in part.text
    assert loaded(names, "s")["ModelB"]().b.a == 1


LONG = """
shared: things
models:
  It: {description: What it is., extra: %s, fields: {fields: {type: str}, type: {type: str}}}
"""


@pytest.mark.parametrize(("extra", "additional"), [("forbid", False), ("ignore", None), ("allow", True)])
def test_the_long_form_says_what_a_model_means_and_which_fields_it_takes(extra: str, additional: bool | None) -> None:
    model = loaded(names_of(LONG % extra))["ModelIt"]

    assert model.__doc__ == "What it is."
    assert [*model.model_fields] == ["fields", "type"]
    assert model.model_json_schema().get("additionalProperties") == additional


@pytest.mark.parametrize("fields", ["fields: str", "fields: {type: str}", "fields: {type: str, default: a}"])
def test_a_field_may_be_called_fields(fields: str) -> None:
    model = loaded(names_of(f"shared: things\nmodels: {{It: {{{fields}}}}}\n"))["ModelIt"]

    assert [*model.model_fields] == ["fields"]


def test_a_discriminator_tells_models_apart() -> None:
    text = """
shared: s
models:
  A: {kind: 'Literal["a"]'}
  B: {kind: 'Literal["b"]', b: {type: int, default: 1}}
  C: {one: {type: A | B | None, discriminator: kind}, more: {type: "list[A | B]", discriminator: kind}}
"""
    model = loaded(names_of(text), "s")["ModelC"]

    found = model.model_validate({"one": {"kind": "b"}, "more": [{"kind": "a"}]})
    assert (type(found.one).__name__, type(found.more[0]).__name__) == ("ModelB", "ModelA")
    with pytest.raises(ValidationError, match="union_tag_invalid"):
        model.model_validate({"one": {"kind": "c"}, "more": []})


def test_a_member_may_be_called_otherwise_than_its_value() -> None:
    text = "shared: s\nenums: {E: {in-progress: {name: RUNNING}, done: {description: It is.}}}\n"
    text += "models: {M: {e: {type: E, default: in-progress}}}\n"
    classes = loaded(names_of(text), "s")

    assert {it.name: it.value for it in classes["EnumE"]} == {"RUNNING": "in-progress", "DONE": "done"}
    assert classes["ModelM"]().e is classes["EnumE"].RUNNING


def test_what_replaces_a_class_has_its_name() -> None:
    text = "shared: s\nenums: {E: [a]}\nmodels: {M: {e: E}}\n"
    text += 'replaces: {M: "old.models:ParcelRow", E: "old.enums:Speed"}\n'
    names = names_of(text)

    assert own_classes(names.graph.specs["s"], names) == [
        ("acme.shared.s.parcel_row", "ParcelRow"),
        ("acme.shared.s.speed", "Speed"),
    ]
    assert names.graph.specs["s"].models[0].replaces == "old.models:ParcelRow"


@pytest.mark.parametrize(
    ("models", "message", "path"),
    [
        ("A: {a: {type: int, factory: uuid4}}", "`uuid4` makes no int", ("A", "a", "factory")),
        ("A: {a: {type: int, factory: tuple}}", "`tuple` makes no int", ("A", "a", "factory")),
        ("A: {a: {type: int, factory: soon}}", "`soon` makes no default", ("A", "a", "factory")),
        ("A: {a: {type: int, factory: B}}\n  B: {}", "`B` makes no int", ("A", "a", "factory")),
        ("A: {a: {type: B, factory: B}}\n  B: {b: int}", "`B` cannot be made of nothing", ("A", "a", "factory")),
        ("A: {a: {type: str, factory: now, default: x}}", "`default` and `factory`", ("A", "a", "factory")),
        ("A: {a: {type: str, factory: 'x y:z'}}", "`x y:z` does not name", ("A", "a", "factory")),
        ("A: {a: {type: int, discriminator: k}}", "`discriminator` means nothing", ("A", "a", "discriminator")),
        ("A: {a: {type: B | A, discriminator: k}}\n  B: {k: str}", "`B` has no field", ("A", "a", "discriminator")),
        ("A: {a: str, b: {type: str, alias: a}}", "`a` is the name of `a`, too", ("A", "b", "alias")),
        ("A: {fields: {a: str}, extras: allow}", "the key `extras` means nothing here", ("A", "extras")),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_field_is_told_where_it_stands(models: str, message: str, path: tuple[str, ...]) -> None:
    _, problems = tried(f"shared: s\nmodels:\n  {models}\n")

    found = problems[0]
    assert found.message.startswith(message)
    assert isinstance(found.at, Pointer)
    assert found.at.path == ("models", *path)
    assert found.hint


@pytest.mark.parametrize(
    ("replaces", "message", "path"),
    [
        ("{N: 'a:B'}", "there is no model or enum `N` in this document", ("replaces", "N")),
        ("{M: B}", "`B` does not name a class of a module", ("replaces", "M")),
        ("{Old: 'a:B'}", "`Old` is an existing class, and replaces none", ("replaces", "Old")),
        ("{M: 'a:Same', O: 'b:Same'}", "`O` and `M` would both be generated as Same", ("replaces", "O")),
        ("{M: 'a:ModelO'}", "`O` and `M` would both be generated as ModelO", ("models", "O")),
    ],
)
def test_what_is_wrong_with_a_replaced_class_is_told_where_it_stands(
    replaces: str, message: str, path: tuple[str, ...]
) -> None:
    text = "shared: s\nmodels: {M: {a: int}, O: {a: int}, Old: 'old:Old'}\n"
    _, problems = tried(f"{text}replaces: {replaces}\n")

    found = problems[0]
    assert found.message == message
    assert isinstance(found.at, Pointer)
    assert found.at.path == path
    assert found.hint
