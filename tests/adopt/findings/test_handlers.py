"""Handlers that are not as their contracts say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.findings.subjects import found

MODELS = {
    "acme/__init__.py": "",
    "acme/models.py": "class Base: ...\nclass Request(Base): ...\nclass Result: ...\nclass Other: ...\n"
    "Alias = Request\n",
}
CONTRACT = """\
name: pricer
input_model: acme.models.Request
output_model: acme.models.Result
handler:
  module: acme.handlers
  class: Handler
"""
HEAD = (
    "from __future__ import annotations\nfrom typing import Any\nfrom acme.models import *\nfrom acme import models\n"
)


def of_handler(tmp_path: Path, text: str, contract: str = CONTRACT) -> list[tuple[str, str, str]]:
    return found(tmp_path, {"pricer": contract}, {**MODELS, "acme/handlers.py": HEAD + text})


@pytest.mark.parametrize(
    "text",
    [
        "class Handler:\n    def handle(self, request: Request) -> Result: ...",
        "class Handler:\n    async def handle(self, request: models.Request) -> 'Result | None': ...",
        "class Handler:\n    def handle(self, request: Alias, more: int = 1) -> Result: ...",
        "class Handler:\n    def handle(self, request: Base) -> Result: ...",
        "class Handler:\n    def handle(self, request: Any) -> Any: ...",
        "class Handler:\n    def handle(self, request): ...",
        "class Handler:\n    def execute(self, request: Request) -> Result: ...",
        "class Over:\n    def handle(self, request: Request) -> Result: ...\nclass Handler(Over): ...",
        "import elsewhere\nclass Handler(elsewhere.Base): ...",
        "class Handler:\n    def handle(self, request: dict[str, Any]) -> Result: ...",
    ],
)
def test_a_handler_that_keeps_to_its_contract_is_no_finding(tmp_path: Path, text: str) -> None:
    assert of_handler(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "handler-missing", "there is no handler `Handler`"),
        ("def Handler(): ...", "handler-missing", "it is no class"),
        ("class Handler(", "handler-missing", "there is no handler `Handler`"),
        ("class Handler: ...", "handler-signature", "has no method `handle`"),
        ("class Handler:\n    def handle(self): ...", "handler-signature", "takes no request"),
        ("class Handler:\n    def handle(self, a, b): ...", "handler-signature", "wants 2 arguments (a, b)"),
        (
            "class Handler:\n    def handle(self, request: Other) -> Result: ...",
            "handler-signature",
            "takes Other, and the contract sends Request",
        ),
        (
            "class Handler:\n    def handle(self, request: Request) -> Other: ...",
            "handler-signature",
            "gives Other, and the contract promises Result",
        ),
    ],
)
def test_a_handler_that_does_not_is_told_where_the_contract_names_it(
    tmp_path: Path, text: str, code: str, message: str
) -> None:
    ((was, place, told),) = of_handler(tmp_path, text)

    assert (was, place) == (code, "pricer/contract.yaml:5:3")
    assert message in told


def test_routed_handlers_are_looked_at_with_the_models_of_their_entries(tmp_path: Path) -> None:
    contract = """\
    name: pricer
    handler_routing:
      handlers:
        - handler: {name: Handler, module: acme.handlers}
          event_model: {name: Other, module: acme.models}
        - {handler: {name: Lost, module: acme.handlers}}
        - {handler: {name: Lost, module: acme.nowhere}}
        - {handler: {name: Theirs, module: elsewhere}}
        - text
    """

    problems = of_handler(tmp_path, "class Handler:\n    def handle(self, request: Request) -> Result: ...", contract)

    assert [(code, place) for code, place, _ in problems] == [
        ("handler-signature", "pricer/contract.yaml:4:16"),
        ("handler-missing", "pricer/contract.yaml:6:17"),
        ("handler-missing", "pricer/contract.yaml:7:17"),
    ]


@pytest.mark.parametrize(
    ("other", "count"), [("acme.models.Other", 1), ("acme.models.Alias", 0), ("acme.models.Request", 0)]
)
def test_two_models_for_one_thing_are_a_finding(tmp_path: Path, other: str, count: int) -> None:
    contract = f"{CONTRACT}  input_model: {other}\n"

    problems = of_handler(tmp_path, "class Handler:\n    def handle(self, request): ...", contract)

    assert [it[:2] for it in problems] == [("two-models", "pricer/contract.yaml:7:16")] * count


def test_imports_in_circles_end(tmp_path: Path) -> None:
    code = {
        "acme/__init__.py": "",
        "acme/handlers.py": "from acme.other import Handler",
        "acme/other.py": "from acme.handlers import Handler",
    }

    ((code_, _, told),) = found(tmp_path, {"pricer": CONTRACT}, code)

    assert code_ == "handler-missing"
    assert "imported from itself" in told
