from __future__ import annotations

import pytest

from omnibuild.core.values import Problem
from omnibuild.gates.g12_pydantic import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, HANDLER, LINE, edited

_CONFIG = 'write `model_config = ConfigDict(frozen=True, extra="forbid")`'
_WRITTEN = 'model_config = ConfigDict(frozen=True, extra="forbid")'
_SKU = "sku: str = Field(min_length=1)"


def test_models_of_pydantic_2_pass(sound: NodeSubject) -> None:
    assert list(check(sound)) == []


@pytest.mark.parametrize(
    ("config", "messages"),
    [
        ("pass", ["the model `ModelOrderLine` has no `model_config`"]),
        ('model_config = ConfigDict(extra="forbid")', ["the model `ModelOrderLine` does not set `frozen=True`"]),
        (
            'model_config = ConfigDict(frozen=True, extra="allow")',
            ["the model `ModelOrderLine` does not set `extra='forbid'`"],
        ),
        (
            "model_config = {}",
            [
                "the model `ModelOrderLine` does not set `extra='forbid'`",
                "the model `ModelOrderLine` does not set `frozen=True`",
            ],
        ),
    ],
)
def test_an_open_model_is_stopped(sound: NodeSubject, config: str, messages: list[str]) -> None:
    at = AT.to("models", "OrderLine")

    assert list(check(edited(sound, LINE, _WRITTEN, config))) == [
        Problem("G12", message, at, _CONFIG) for message in messages
    ]


@pytest.mark.parametrize("default", ["[]", "{}", "list()", "Field(default=[])", "Field([])", "set()"])
def test_a_default_that_can_be_changed_is_stopped(sound: NodeSubject, default: str) -> None:
    value = default.removeprefix("Field(default=").removeprefix("Field(")
    value = value.removesuffix(")") if default.startswith("Field") else value

    assert list(check(edited(sound, LINE, _SKU, f"sku: list[str] = {default}"))) == [
        Problem(
            "G12",
            "the default of `ModelOrderLine.sku` can be changed",
            AT.to("models", "OrderLine", "sku"),
            f"write `sku: … = Field(default_factory=lambda: {value})`",
        )
    ]


def test_a_default_that_is_made_anew_passes(sound: NodeSubject) -> None:
    assert list(check(edited(sound, LINE, _SKU, "sku: list[str] = Field(default_factory=list)"))) == []
    assert list(check(edited(sound, LINE, _SKU, "sku: tuple[str, ...] = ()"))) == []


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("class Config: frozen = True", "`ModelOrderLine.Config` is how pydantic 1 was configured", _CONFIG),
        ("@validator('sku')\n    def check(cls, v): ...", "`@validator` is of pydantic 1", "use `@field_validator`"),
        (
            "sku: str = Field(regex='x')",
            "`Field(regex=…)` is of pydantic 1",
            "use `Field(pattern=…)`",
        ),
    ],
)
def test_pydantic_1_is_stopped(sound: NodeSubject, written: str, message: str, hint: str) -> None:
    (found,) = check(edited(sound, LINE, _SKU, written))

    assert (found.message, found.hint) == (message, hint)


def test_calls_of_pydantic_1_are_stopped_everywhere(sound: NodeSubject) -> None:
    found = list(check(edited(sound, HANDLER, "        gross = ", "        request.dict()\n        gross = ")))

    assert found == [Problem("G12", "`.dict()` is of pydantic 1", AT.to("logic"), "use `.model_dump()`")]
    (copied,) = check(edited(sound, HANDLER, "Decimal())", "request.copy(update={}))"))
    assert copied.at == AT.to("logic", "let", "gross")
    assert copied.hint == "use `.model_copy(update=…)`"


def test_a_model_of_a_model_inherits_its_configuration(sound: NodeSubject) -> None:
    derived = f"{_SKU}\n\n\nclass Derived(ModelOrderLine):\n    more: str\n\n\nclass Other:"

    assert list(check(edited(sound, LINE, _SKU, derived))) == []
