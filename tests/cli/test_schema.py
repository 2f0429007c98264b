"""The JSON Schema: good specs fit, broken ones do not, and editors find words in it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from omnibuild.cli.starter import greeter_text, node_text, shared_text
from omnibuild.core.values import Kind
from omnibuild.onex.connectors import connector_schemas
from omnibuild.spec.schema import DIALECT, schema
from omnibuild.spec.schema_texts import KINDS, SECTIONS, TYPES, document_snippets
from omnibuild.spec.written import WrittenNode, WrittenShared
from tests.cli.conftest import MONEY, PRICER, Space, omnibuild

ORDER_PRICER = """
node: order_pricer
kind: compute                 # effect | compute | reducer | orchestrator
version: 1.2.0                # semver, default 1.0.0
description: Price an order from its lines and a discount.
domain: sales                 # topic producer; default: the workspace's package
tags: [pricing, orders]

enums:
  Currency: [EUR, USD]        # or {EUR: the euro, USD: the dollar}
models:
  OrderLine:
    sku: {type: str, min_length: 1}
    quantity: {type: int, gt: 0}
    unit_price: {type: Decimal, ge: 0}

input:
  lines: {type: "list[OrderLine]", min_length: 1}
  discount: {type: Decimal, ge: 0, le: 1, default: 0}
output:
  subtotal: Decimal
  total: Decimal

logic:
  let:
    gross: sum(line.quantity * line.unit_price for line in lines)
  subtotal: gross
  total: gross * (1 - discount)

examples:
  - name: ten percent off
    input: {lines: [{sku: A, quantity: 2, unit_price: "5.00"}], discount: "0.1"}
    output: {subtotal: "10.00", total: "9.000"}
  - name: no lines
    input: {lines: []}
    fails: validation         # validation | the class name of the exception
"""
EVERYTHING = """
node: watcher
kind: effect
description: Watch what the others do all day.
enums: {Colour: {RED: like blood, BLUE: like the sky}}
input: order_pricer.Output
output: {seen: bool}
events: {consumes: [order_pricer], publishes: [x.y], external: [z]}
policy: {timeout: 30s, idempotent: true, retry: {attempts: 3, backoff: 0.5s}}
env: {DATABASE_URL: {required: true, description: Where it is.}}
uses: [order_pricer]
contract: {anything: {goes: [here]}}
body: watcher.py
"""


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    made: Any = schema()
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


def test_it_says_what_it_is() -> None:
    made = schema()
    assert made["$schema"] == DIALECT
    assert made["title"] == "omnibuild spec"
    assert "$id" not in made
    assert omnibuild("schema").json == schema(connector_schemas())


@pytest.mark.parametrize(
    "text",
    [
        ORDER_PRICER,
        EVERYTHING,
        PRICER,
        MONEY,
        greeter_text(),
        shared_text("money"),
        *(node_text(kind, "trial", body=body) for kind in Kind for body in (False, True)),
    ],
)
def test_good_specs_fit(text: str, validator: Draft202012Validator) -> None:
    assert [it.message for it in validator.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("input:\n", "inptu: {}\ninput:\n", []),
        ("kind: compute", "kind: komputer", ["kind"]),
        ("node: order_pricer", "node: OrderPricer", ["node"]),
        ("version: 1.2.0", "version: '1.2'", ["version"]),
        ("tags: [pricing, orders]", "tags: pricing", ["tags"]),
        ("{type: int, gt: 0}", "{typ: int, gt: 0}", ["models", "OrderLine", "quantity"]),
        ("  OrderLine:", "  order_line:", ["models"]),
        ("  subtotal: Decimal", "  Subtotal: Decimal", ["output"]),
        ("    fails: validation", "    failz: validation", ["examples", 1]),
        ("description: Price an order from its lines and a discount.\n", "", []),
    ],
)
def test_broken_specs_are_found_at_their_place(
    old: str, new: str, path: list[str | int], validator: Draft202012Validator
) -> None:
    assert old in ORDER_PRICER
    errors = list(validator.iter_errors(yaml.safe_load(ORDER_PRICER.replace(old, new, 1))))
    places = [list(it.absolute_path) for it in errors]
    nested = [list(below.absolute_path) for it in errors for below in it.context or ()]
    assert path in [*places, *nested], [it.message for it in errors]


@pytest.mark.parametrize("text", ["nod: x\nkind: compute", "{}", "- a", "shared: money\nmodels: {Amount: {value: 1}}"])
def test_what_is_no_document_does_not_fit(text: str, validator: Draft202012Validator) -> None:
    assert not validator.is_valid(yaml.safe_load(text))


LONG = """
shared: parcel
enums: {Speed: {same-day: {name: SAME_DAY}, standard: {description: It is late.}, old: }}
models:
  Parcel:
    description: A parcel.
    extra: ignore
    fields: {id: {type: UUID, factory: uuid4, alias: parcelId}, old: {type: int, alias: [old, older]}, any: Any}
replaces: {Parcel: "acme.parcels:Parcel"}
"""


def test_the_long_forms_fit(validator: Draft202012Validator) -> None:
    assert [it.message for it in validator.iter_errors(yaml.safe_load(LONG))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("extra: ignore", "extra: ignored"), ("factory: uuid4", "factory: 4"), ("name: SAME_DAY", "name: same-day")],
)
def test_mistakes_in_the_long_forms_do_not_fit(old: str, new: str, validator: Draft202012Validator) -> None:
    assert not validator.is_valid(yaml.safe_load(LONG.replace(old, new)))


def test_every_key_has_a_hover_text() -> None:
    definitions: Any = schema()["$defs"]
    for name, definition in definitions.items():
        for key, it in definition.get("properties", {}).items():
            if "$ref" not in it:
                assert it.get("description"), f"{name}.{key}"
        assert "title" not in definition


def test_it_follows_the_models() -> None:
    definitions: Any = schema()["$defs"]
    for model in (WrittenNode, WrittenShared):
        keys = {field.alias or name for name, field in model.model_fields.items()}
        made = definitions[model.__name__.removeprefix("Written")]
        assert set(made["properties"]) == keys
        assert made["additionalProperties"] is False
        needed = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}
        assert set(made["required"]) == needed


def test_every_reference_leads_somewhere() -> None:
    made: Any = schema(connector_schemas())
    assert set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(made))) == set(made["$defs"])


def test_no_word_of_the_models_is_shown() -> None:
    assert "Written" not in json.dumps(schema(connector_schemas()))


def test_an_editor_can_offer_kinds_and_types() -> None:
    definitions: Any = schema()["$defs"]
    kind = definitions["Node"]["properties"]["kind"]
    assert set(kind["enum"]) == {it.value for it in Kind} == set(KINDS)
    assert kind["markdownEnumDescriptions"] == [KINDS[it] for it in kind["enum"]]
    assert [it["body"] for it in definitions["Type"]["defaultSnippets"]] == [*TYPES]


@pytest.mark.parametrize("name", TYPES)
def test_every_type_that_is_offered_is_one(name: str, space: Space) -> None:
    spec = PRICER.replace("quantity: {type: int, gt: 0,", f"quantity: {{type: {name},").partition("logic:")[0]
    space.write("specs/pricer.yaml", f"{spec}body: pricer.py\n")
    space.write("specs/pricer.py", "def handle(request): ...\n")
    assert [it["message"] for it in space("plan", "--json").json["problems"]] == []


HEAD = "node: trial\nkind: {kind}\ndescription: A node that shows a section.\n"


@pytest.mark.parametrize("name", SECTIONS)
def test_the_example_of_every_section_fits(name: str, validator: Draft202012Validator) -> None:
    document = yaml.safe_load(HEAD.format(kind="compute") + SECTIONS[name])
    assert [it.message for it in validator.iter_errors(document)] == []
    assert name in document
    WrittenNode.model_validate(document)


def filled_in(value: Any) -> Any:
    """Return what an editor makes of a snippet when nothing is typed into it."""
    if isinstance(value, dict):
        return {filled_in(key): filled_in(it) for key, it in value.items()}
    if isinstance(value, list):
        return [filled_in(it) for it in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\$\{\d+:([^}]*)\}", r"\1", value)


def test_every_document_that_is_offered_builds(space: Space) -> None:
    offered = {it["label"]: filled_in(it["body"]) for it in document_snippets()}
    assert {it.partition(" ")[0] for it in offered} == {*KINDS, "shared"}
    for number, (label, document) in enumerate(offered.items()):
        if "node" in document:
            document["node"] = f"trial_{label.partition(' ')[0]}"
        for step in document.get("steps", ()):
            step["call"] = "trial_compute"
        (space.root / "specs/money.yaml").unlink(missing_ok=True)
        (space.root / "specs/pricer.yaml").unlink(missing_ok=True)
        space.write(f"specs/trial_{number}.yaml", yaml.safe_dump(document, sort_keys=False))
    answer = space("build", "--json")
    assert answer.code == 0, answer.json["problems"]
    assert answer.json["nodes"]["built"] == len(offered)
