from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.assemble.imports import Imports
from omnibuild.core.values import Kind, Ref
from omnibuild.onex.names import (
    base_class,
    example_names,
    folder,
    handler_class,
    kebab,
    member_name,
    node_class,
    node_type,
    pascal,
    snake,
)
from tests.onex.declarations import names_of, node

TEXT = """\
shared: money
models: {Amount: {value: Decimal}}
enums: {Currency: [EUR]}
---
node: order_pricer
kind: compute
description: Price it.
models: {Amount: {n: int}}
input: {a: money.Amount}
output: money.Amount
logic: {value: a.value}
examples:
  - {name: "Ten % off!", input: {a: {value: 1}}, output: {value: 1}}
  - {name: ten off, input: {a: {value: 1}}, output: {value: 1}}
  - {name: ten off, input: {a: {value: 1}}, output: {value: 1}}
  - {name: "…", input: {a: {value: 1}}, output: {value: 1}}
"""
NAMES = names_of(TEXT)
SPEC = node(NAMES, "order_pricer")


def test_the_names_of_the_language_s_table() -> None:
    assert folder(SPEC) == "node_order_pricer_compute"
    assert (handler_class(SPEC), node_class(SPEC)) == ("HandlerOrderPricer", "NodeOrderPricerCompute")
    assert (base_class(Kind.REDUCER), node_type(Kind.EFFECT)) == ("NodeReducer", "EFFECT_GENERIC")
    assert NAMES.package_of("order_pricer") == "acme.nodes.node_order_pricer_compute"
    assert NAMES.package_of("money") == NAMES.models_package("money") == "acme.shared.money"
    assert NAMES.models_package("order_pricer") == "acme.nodes.node_order_pricer_compute.models"
    assert NAMES.handler_module(SPEC) == "acme.nodes.node_order_pricer_compute.handlers.handler_order_pricer"
    assert NAMES.folder_path("money") == "src/acme/shared/money"
    assert NAMES.path("acme.shared.money", is_package=True) == "src/acme/shared/money/__init__.py"


@pytest.mark.parametrize(
    ("ref", "class_name", "module"),
    [
        (Ref("money", "Amount"), "ModelAmount", "acme.shared.money.model_amount"),
        (Ref("money", "Currency"), "EnumCurrency", "acme.shared.money.enum_currency"),
        (
            Ref("order_pricer", "Input"),
            "ModelOrderPricerInput",
            "acme.nodes.node_order_pricer_compute.models.model_order_pricer_input",
        ),
        (Ref("order_pricer", "Output"), "ModelAmount", "acme.shared.money.model_amount"),
    ],
)
def test_classes(ref: Ref, class_name: str, module: str) -> None:
    assert (NAMES.class_name(ref), NAMES.class_module(ref)) == (class_name, module)


def test_classes_of_the_same_name_are_told_apart_by_their_document() -> None:
    imports = Imports("acme")

    assert NAMES.imported(Ref("money", "Amount"), imports) == "ModelAmount"
    assert NAMES.imported(Ref("order_pricer", "Amount"), imports) == "ModelOrderPricerAmount"
    assert NAMES.imported(Ref("order_pricer", "Output"), imports) == "ModelAmount"


def test_the_names_of_examples_are_distinct() -> None:
    assert example_names(SPEC) == ("ten_off", "ten_off_2", "ten_off_3", "example")


@given(st.lists(st.sampled_from(["a", "a 2", "A", "b", "!", "example"]), min_size=1, max_size=6))
def test_no_test_takes_the_place_of_another(written: list[str]) -> None:
    items = "\n".join(f'  - {{name: "{it}", input: {{a: {{value: 1}}}}, output: {{value: 1}}}}' for it in written)

    found = example_names(node(names_of(TEXT.partition("examples:")[0] + f"examples:\n{items}\n"), "order_pricer"))

    assert len(set(found)) == len(written)


@pytest.mark.parametrize(
    ("camel", "snaked"),
    [
        ("OrderLine", "order_line"),
        ("URL", "url"),
        ("HTTPServer", "http_server"),
        ("Line2", "line2"),
        ("A", "a"),
        ("Sha256Sum", "sha256_sum"),
    ],
)
def test_snake(camel: str, snaked: str) -> None:
    assert snake(camel) == snaked


@given(st.from_regex(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*", fullmatch=True))
def test_snake_undoes_pascal(name: str) -> None:
    assert snake(pascal(name)) == name or len(name.replace("_", "")) != len(name)
    assert kebab(name).replace("-", "_") == name


def test_members_are_constants() -> None:
    assert [member_name(it) for it in ("red", "EUR", "in_transit")] == ["RED", "EUR", "IN_TRANSIT"]
