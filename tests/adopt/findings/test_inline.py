from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.findings.subjects import found

MODELS = {
    "acme/__init__.py": "",
    "acme/models.py": """\
    from decimal import Decimal
    from uuid import UUID

    from pydantic import BaseModel, ConfigDict, Field

    class Request(BaseModel):
        run_id: UUID
        pieces: int = 1
        tags: tuple[str, ...] = ()
        note: str | None = Field(default=None, alias="remark")

    class Result(BaseModel):
        total: Decimal

    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
    """,
}
CONTRACT = """\
name: node_pricer_compute
node_type: compute
input_model: acme.models.Request
output_model: {name: Result, module: acme.models}
inputs:
  run_id: {type: uuid, required: true}
  pieces: {type: int, required: false}
  tags: {type: list, required: false}
  remark: {type: str, required: false}
outputs:
  total: {type: number}
"""


def said(root: Path, contract: str) -> list[str]:
    return [message for code, _, message in found(root, {"pricer": contract}, MODELS) if code == "inline-fields"]


def test_fields_that_are_those_of_the_model_are_fine(tmp_path: Path) -> None:
    assert said(tmp_path, CONTRACT) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  pieces:", "  peices:", "`Request` has no field `peices`"),
        ("  run_id: {type: uuid, required: true}\n", "", "`Request` requires `run_id`, which `inputs` does not list"),
        (
            "{type: uuid, required: true}",
            "{type: uuid, required: false}",
            "`run_id` may be left out here, and must be given in `Request`",
        ),
        (
            "{type: int, required: false}",
            "{type: int, required: true}",
            "`pieces` must be given here, and may be left out in `Request`",
        ),
        (
            "{type: int, required: false}",
            "{type: bool, required: false}",
            "`pieces` is `bool` here, and `int` in `Request`",
        ),
        ("{type: number}", "{type: str}", ""),
        ("{type: number}", "{type: list}", "`total` is `list` here, and `Decimal` in `Result`"),
        ("  total:", "  sum:", "`Result` has no field `sum`"),
    ],
)
def test_what_differs_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert said(tmp_path, CONTRACT.replace(old, new)) == [message][: bool(message)]


def test_the_model_of_the_handler_goes_first_as_it_does_when_the_node_runs(tmp_path: Path) -> None:
    handler = "handler: {module: acme.handlers, class: HandlerPricer, input_model: acme.models.Result}\n"
    assert "`Result` has no field `run_id`" in said(tmp_path, CONTRACT + handler)


def test_a_model_that_takes_anything_takes_any_field(tmp_path: Path) -> None:
    assert said(tmp_path, CONTRACT.replace("acme.models.Request", "acme.models.Open")) == []


def test_it_stands_at_the_field_and_leads_to_the_model(tmp_path: Path) -> None:
    contract = CONTRACT.replace("  pieces:", "  peices:")
    [(_, place, _)] = [it for it in found(tmp_path, {"pricer": contract}, MODELS) if it[0] == "inline-fields"]
    assert place == "pricer/contract.yaml:7:11"
