from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild import noop
from omnibuild.adopting import adopt
from omnibuild.core.values import Level, Problem, Report
from tests.conftest import Make
from tests.workspaces import Sandbox, place

MODELS = """\
from decimal import Decimal
from enum import Enum
from uuid import UUID, uuid4

from omnibase_core.enums.enum_node_kind import EnumNodeKind
from pydantic import BaseModel, ConfigDict, Field


class Currency(str, Enum):
    EUR = "eur"
    USD = "usd"


class Line(BaseModel):
    sku: str = Field(min_length=1)
    price: Decimal = Decimal(0)


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(default_factory=uuid4)
    lines: tuple[Line, ...] = ()
    currency: Currency = Currency.EUR
    kind: EnumNodeKind | None = None
    note: str | None = Field(default=None, alias="remark")
"""
CONTRACT = """\
name: node_pricer_compute
node_type: compute
contract_version: {major: 1, minor: 0, patch: 0}
node_version: {major: 1, minor: 0, patch: 0}
description: Price a number of pieces.
input_model: shop.models.Request
handler: {module: shop.handlers, class: HandlerPricer}
"""
FILE = "src/shop/models.py"


@pytest.fixture
def shop(make: Make) -> Sandbox:
    """Return a workspace with an adopted node beside its code, built."""
    sandbox = make(
        {
            "src/shop/__init__.py": "",
            FILE: MODELS,
            "src/shop/handlers.py": "class HandlerPricer:\n    def handle(self, request): ...\n",
            "src/shop/nodes/node_pricer_compute/contract.yaml": CONTRACT,
        }
    )
    made = adopt(sandbox.root, [str(sandbox.root / "src")], package=None, write=True)
    assert [it.name for it in made.nodes] == ["pricer"]
    assert (sandbox.build().ok, told(sandbox.build())) == (True, [])
    return sandbox


def told(report: Report) -> list[tuple[str, str]]:
    assert report.ok
    return [(place(it), it.message) for it in report.problems if it.code == "G19"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    sku: str", "    ean: str", "`sku` is only here; `ean` is only there"),
        ("    sku: str", "    sku: int", "`sku` is `str` here, `int` there"),
        ("lines: tuple[Line, ...]", "lines: tuple[Line | None, ...]", "`lines` is `"),
        ("price: Decimal = Decimal(0)", "price: Decimal", "`price` need not be given here"),
        ("price: Decimal = Decimal(0)", "price: Decimal = Decimal(1)", "the defaults of `price` differ"),
        ("= Currency.EUR", "= Currency.USD", "the defaults of `currency` differ"),
        ("min_length=1", "min_length=2", "the limits of `sku` differ"),
        ('alias="remark"', 'alias="comment"', "the aliases of `note` differ"),
        ('extra="forbid"', 'extra="allow"', "other fields are `forbid` here, `allow` there"),
        ('    USD = "usd"', '    GBP = "gbp"', "`usd` is only here; `gbp` is only there"),
    ],
)
def test_a_class_that_is_edited_past_its_spec_is_told(shop: Sandbox, old: str, new: str, said: str) -> None:
    shop.replace(FILE, old, new)

    [(where, message)] = told(shop.build())

    assert where.startswith("specs/pricer.yaml:")
    assert said in message


def test_what_makes_no_difference_is_not_told(shop: Sandbox) -> None:
    text = (shop.root / FILE).read_text()
    text = text.replace("class Line(BaseModel):", "class Line(BaseModel):\n    '''One line.'''\n")
    shop.write(FILE, text + "\n    def total(self) -> Decimal:\n        return Decimal(0)\n")

    assert told(shop.build()) == []


def test_what_the_language_could_no_longer_say_is_compared_by_its_names(shop: Sandbox) -> None:
    shop.replace(FILE, "    sku: str", "    ean: list[str] = []\n    sku: str")

    said = [message.partition("things: ")[2] for _, message in told(shop.build())]
    assert said == ["`ean` is only there"]


def test_a_module_that_is_gone_is_told_for_each_of_its_classes(shop: Sandbox) -> None:
    (shop.root / FILE).unlink()

    said = [message.partition("things: ")[2] for _, message in told(shop.build())]
    assert said == ["shop.models cannot be read: there is no module shop.models"] * 3


def test_the_gate_says_how_much_it_matters(shop: Sandbox) -> None:
    shop.replace(FILE, "    sku: str", "    sku: int")
    shop.write("omnibuild.toml", '[workspace]\npackage = "acme"\n[gates]\nG19 = "block"\n')
    problems: tuple[Problem, ...] = shop.check().problems
    assert [it.level for it in problems if it.code == "G19"] == [Level.BLOCK]
    shop.write("omnibuild.toml", '[workspace]\npackage = "acme"\n[gates]\nG19 = "off"\n')
    assert told(shop.build()) == []


def test_the_classes_are_inputs_of_the_quick_answer(shop: Sandbox) -> None:
    shop.command("build")
    arguments = ["-C", str(shop.root), "build"]
    assert noop.answer(arguments)
    shop.replace(FILE, "    sku: str", "    sku: int")
    assert noop.answer(arguments) is None


def test_a_workspace_without_the_code_has_nothing_to_compare(shop: Sandbox, tmp_path: Path) -> None:
    elsewhere = Sandbox(tmp_path / "elsewhere")
    elsewhere.write("omnibuild.toml", '[workspace]\npackage = "acme"\n')
    spec = (shop.root / "specs/pricer.yaml").read_text()
    lines = [it for it in spec.splitlines() if "from: " not in it]
    elsewhere.write("specs/pricer.yaml", "\n".join(lines) + "\n")

    assert told(elsewhere.build()) == []


def test_a_handler_that_is_renamed_is_told(shop: Sandbox) -> None:
    shop.replace("src/shop/handlers.py", "HandlerPricer", "HandlerPrices")

    [(where, message)] = told(shop.build())

    assert where.startswith("specs/pricer.yaml:")
    assert message.startswith("there is no handler shop.handlers.HandlerPricer: ")


def test_a_node_that_has_moved_on_is_not_adopted_again(shop: Sandbox) -> None:
    spec = (shop.root / "specs/pricer.yaml").read_text()
    moved = spec[: spec.index("replaces:")] + "output: {total: Decimal}\nlogic: {total: Decimal(1)}\n"
    shop.write("specs/pricer.yaml", moved)
    assert shop.build().ok

    again = adopt(shop.root, [str(shop.root / "src")], package=None, write=True)

    assert again.nodes == ()
    assert [it.code for it in again.problems] == ["adopted"]


def test_a_default_that_a_function_makes_of_the_old_class_keeps_the_model_a_reference(make: Make) -> None:
    usual = "def usual() -> Line:\n    return Line(**dict(sku=open('x').read()))\n\n\nclass Request"
    models = MODELS.replace("class Request", usual)
    models = models.replace("    lines: tuple[Line, ...] = ()", "    first: Line = Field(default_factory=usual)")
    contract = "src/shop/nodes/node_pricer_compute/contract.yaml"
    sandbox = make({"src/shop/__init__.py": "", FILE: models, contract: CONTRACT})

    made = adopt(sandbox.root, [str(sandbox.root / "src")], package=None, write=True)

    assert any("Request" in it and "usual makes its default" in it for it in made.nodes[0].notes)
    sandbox.write("src/shop/handlers.py", "class HandlerPricer:\n    def handle(self, request): ...\n")
    assert sandbox.build().ok
