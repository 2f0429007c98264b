"""Subjects for the gates: order_pricer as it should be, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from omnibuild.core.ports import Failure, Trial
from omnibuild.core.values import Assignment as Let
from omnibuild.core.values import (
    Body,
    Draft,
    Enum,
    Events,
    Example,
    Expression,
    Field,
    Graph,
    Json,
    Kind,
    Logic,
    Model,
    NodeSpec,
    Pointer,
    Policy,
    Ref,
    Settings,
    SharedSpec,
    Type,
)
from omnibuild.gates.gate import DocumentSubject, NodeSubject

AT = Pointer("specs/order_pricer.yaml", 0, ())
HOME = "src/acme/nodes/node_order_pricer_compute"
HANDLER = f"{HOME}/handlers/handler_order_pricer.py"
INPUT = f"{HOME}/models/model_order_pricer_input.py"
LINE = f"{HOME}/models/model_order_line.py"
CONTRACT = f"{HOME}/contract.yaml"

_PACKAGE = "acme.nodes.node_order_pricer_compute"


class Onex:
    """The installed ONEX packages, as far as the tests know them."""

    _offers: Mapping[str, frozenset[str]] = {
        "omnibase_core": frozenset(),
        "omnibase_core.nodes": frozenset({"NodeCompute", "NodeEffect"}),
    }

    def has(self, module: str, name: str) -> bool | None:
        offered = self._offers.get(module)
        return None if offered is None else name in offered or name == "__name__"

    def modules(self, requirement: str) -> frozenset[str]:
        return frozenset({requirement})

    def version(self, requirement: str) -> str:
        return f"{requirement} 1.0"


def _field(model: str, name: str, type_: Type) -> Field:
    at = AT.to(*(("models", model) if model == "OrderLine" else (model.lower(),)), name)
    return Field(name, type_, at, description=f"The {name.replace('_', ' ')} of it.")


def _model(name: str, **types: Type) -> Model:
    fields = tuple(_field(name, field, type_) for field, type_ in types.items())
    at = AT.to("models", name) if name == "OrderLine" else AT.to(name.lower())
    return Model(Ref("order_pricer", name), fields, at)


_DECIMAL = Type("Decimal")
_LINES = Type("list", (Type("ref", ref=Ref("order_pricer", "OrderLine")),))


def spec() -> NodeSpec:
    """Return order_pricer as the loader would."""
    sections = [
        "node",
        "kind",
        "version",
        "description",
        "models",
        "enums",
        "input",
        "output",
        "logic",
        "policy",
        "examples",
        "events",
    ]
    return NodeSpec(
        name="order_pricer",
        kind=Kind.COMPUTE,
        at=AT,
        version="1.2.0",
        description="Price an order from its lines and a discount.",
        domain="sales",
        tags=("pricing",),
        models=(
            _model("OrderLine", sku=Type("str"), quantity=Type("int"), unit_price=_DECIMAL),
            _model("Input", lines=_LINES, discount=_DECIMAL),
            _model("Output", subtotal=_DECIMAL, total=_DECIMAL),
        ),
        enums=(Enum(Ref("order_pricer", "Currency"), (("EUR", ""), ("USD", "")), AT.to("enums", "Currency")),),
        input=Ref("order_pricer", "Input"),
        output=Ref("order_pricer", "Output"),
        logic=Logic(
            (Let("gross", Expression("sum(…)", AT.to("logic", "let", "gross"))),),
            (Let("subtotal", Expression("gross", AT.to("logic", "subtotal"))),),
            AT.to("logic"),
        ),
        body=None,
        examples=(
            Example("ten percent off", {"lines": []}, AT.to("examples", 0), {"total": "9.000"}),
            Example("", {"lines": []}, AT.to("examples", 1), fails="validation"),
        ),
        events=Events(),
        policy=Policy(timeout=30.0, idempotent=True),
        env=(),
        uses=(),
        contract={},
        sections=tuple((name, "0") for name in sections),
    )


def shared() -> SharedSpec:
    """Return a shared document beside it."""
    amount = Model(Ref("money", "Amount"), (), Pointer("specs/money.yaml", 0, ("models", "Amount")))
    return SharedSpec(
        "money", Pointer("specs/money.yaml", 0, ()), "", (amount,), (), (("shared", "0"), ("models", "0"))
    )


def _model_text(name: str, body: str, imports: str = "", base: str = "BaseModel, ConfigDict") -> str:
    return f'''"""{name}."""

{imports}from pydantic import {base}


class {name}(BaseModel):
    """{name}."""

    model_config = ConfigDict(frozen=True, extra="forbid")

{body}'''


FILES: Mapping[str, str] = {
    f"{HOME}/__init__.py": '"""Price an order from its lines and a discount."""\n',
    CONTRACT: f"""name: node_order_pricer_compute
node_type: COMPUTE_GENERIC
contract_version: {{major: 1, minor: 2, patch: 0}}
input_model: {_PACKAGE}.models.model_order_pricer_input.ModelOrderPricerInput
""",
    f"{HOME}/metadata.yaml": "name: node_order_pricer_compute\nversion: 1.2.0\n",
    f"{HOME}/handlers/__init__.py": f'''"""The handler."""

from {_PACKAGE}.handlers.handler_order_pricer import HandlerOrderPricer

__all__ = ["HandlerOrderPricer"]
''',
    HANDLER: f'''"""Price an order from its lines and a discount."""

from decimal import Decimal

from {_PACKAGE}.models import ModelOrderPricerInput, ModelOrderPricerOutput


class HandlerOrderPricer:
    """Price an order from its lines and a discount."""

    def handle(self, request: ModelOrderPricerInput) -> ModelOrderPricerOutput:
        """Compute the output of one request."""
        gross = sum((line.quantity * line.unit_price for line in request.lines), Decimal())
        return ModelOrderPricerOutput(subtotal=gross, total=gross * (1 - request.discount))
''',
    f"{HOME}/models/__init__.py": f'''"""The models."""

from {_PACKAGE}.models.enum_currency import EnumCurrency
from {_PACKAGE}.models.model_order_line import ModelOrderLine
from {_PACKAGE}.models.model_order_pricer_input import ModelOrderPricerInput
from {_PACKAGE}.models.model_order_pricer_output import ModelOrderPricerOutput

__all__ = ["EnumCurrency", "ModelOrderLine", "ModelOrderPricerInput", "ModelOrderPricerOutput"]
''',
    f"{HOME}/models/enum_currency.py": '''"""Currency."""

from enum import StrEnum


class EnumCurrency(StrEnum):
    """Currency."""

    EUR = "EUR"
    USD = "USD"
''',
    LINE: _model_text(
        "ModelOrderLine",
        "    sku: str = Field(min_length=1)\n    quantity: int = Field(gt=0)\n    unit_price: Decimal = Field(ge=0)\n",
        "from decimal import Decimal\n\n",
        "BaseModel, ConfigDict, Field",
    ),
    INPUT: _model_text(
        "ModelOrderPricerInput",
        "    lines: list[ModelOrderLine] = Field(min_length=1)\n"
        "    discount: Decimal = Field(default=Decimal(0), ge=0, le=1)\n",
        f"from decimal import Decimal\n\nfrom {_PACKAGE}.models.model_order_line import ModelOrderLine\n",
        "BaseModel, ConfigDict, Field",
    ),
    f"{HOME}/models/model_order_pricer_output.py": _model_text(
        "ModelOrderPricerOutput", "    subtotal: Decimal\n    total: Decimal\n", "from decimal import Decimal\n\n"
    ),
    f"{HOME}/node.py": '''"""The node."""

from omnibase_core.nodes import NodeCompute


class NodeOrderPricerCompute(NodeCompute[dict[str, object], dict[str, object]]):
    """Price an order from its lines and a discount."""
''',
    f"{HOME}/tests/test_order_pricer.py": f'''"""The examples of order_pricer."""

import pytest
from pydantic import ValidationError

from {_PACKAGE}.models import ModelOrderPricerInput


def test_no_lines() -> None:
    """No lines."""
    with pytest.raises(ValidationError):
        ModelOrderPricerInput.model_validate({{"lines": []}})
''',
}

_VERSION: dict[str, Json] = {"major": 1, "minor": 2, "patch": 0}


def contract(**changed: Json) -> dict[str, Json]:
    """Return the parsed contract.yaml, with some of its keys changed."""
    return {
        "name": "node_order_pricer_compute",
        "node_type": "COMPUTE_GENERIC",
        "contract_version": _VERSION,
        "node_version": _VERSION,
        "description": "Price an order from its lines and a discount.",
        "input_model": f"{_PACKAGE}.models.model_order_pricer_input.ModelOrderPricerInput",
        "output_model": f"{_PACKAGE}.models.model_order_pricer_output.ModelOrderPricerOutput",
        "terminal_event": "onex.evt.sales.order-pricer-completed.v1",
        "handler_routing": routing("HandlerOrderPricer", f"{_PACKAGE}.handlers.handler_order_pricer"),
        "event_bus": {
            "subscribe_topics": ["onex.cmd.sales.order-pricer-requested.v1"],
            "publish_topics": [
                "onex.evt.sales.order-pricer-completed.v1",
                "onex.evt.sales.order-pricer-failed.v1",
            ],
        },
        **changed,
    }


def routing(name: str, module: str, operation: str = "order_pricer") -> Json:
    """Return the section `handler_routing` with one handler."""
    handler: Json = {"operation": operation, "handler": {"name": name, "module": module}}
    return {"routing_strategy": "operation_match", "handlers": [handler]}


def sound() -> NodeSubject:
    """Return order_pricer with nothing wrong."""
    node = spec()
    origins: dict[str, Mapping[tuple[str, ...], Pointer]] = {
        HANDLER: {
            (): AT.to("logic"),
            ("HandlerOrderPricer", "handle"): AT.to("logic"),
            ("HandlerOrderPricer", "handle", "gross"): AT.to("logic", "let", "gross"),
            ("HandlerOrderPricer", "handle", "subtotal"): AT.to("logic", "subtotal"),
            ("HandlerOrderPricer", "handle", "total"): AT.to("logic", "total"),
        },
        INPUT: {
            (): AT.to("input"),
            ("ModelOrderPricerInput", "lines"): AT.to("input", "lines"),
            ("ModelOrderPricerInput", "discount"): AT.to("input", "discount"),
        },
        LINE: {(): AT.to("models", "OrderLine"), ("ModelOrderLine", "sku"): AT.to("models", "OrderLine", "sku")},
    }
    draft = Draft("order_pricer", dict(FILES), origins)
    return NodeSubject(
        spec=node,
        draft=draft,
        graph=Graph({"money": shared(), "order_pricer": node}, {}),
        settings=Settings("acme"),
        packages=frozenset({"pydantic", "omnibase_core", "pytest"}),
        symbols=Onex(),
        twin=Draft("order_pricer", dict(FILES)),
        contract=contract(),
    )


def with_file(subject: NodeSubject, file: str, text: str | None) -> NodeSubject:
    """Return the subject with another text for a file, or without the file."""
    files = {name: it for name, it in subject.draft.files.items() if name != file}
    if text is not None:
        files[file] = text
    return replace(subject, draft=replace(subject.draft, files=files))


def edited(subject: NodeSubject, file: str, old: str, new: str) -> NodeSubject:
    """Return the subject with a part of a file's text replaced."""
    text = subject.draft.files[file]
    assert old in text
    return with_file(subject, file, text.replace(old, new))


def with_spec(subject: NodeSubject, change: Callable[[NodeSpec], NodeSpec]) -> NodeSubject:
    """Return the subject with another spec, in the graph too."""
    assert isinstance(subject.spec, NodeSpec)
    changed = change(subject.spec)
    return replace(subject, spec=changed, graph=Graph({"money": shared(), changed.name: changed}, {}))


def with_body(subject: NodeSubject, text: str, generated: str) -> NodeSubject:
    """Return the subject with a handler that was spliced from a body."""
    body = (HANDLER, Body("specs/order_pricer.py", text))
    changed = with_file(subject, HANDLER, generated)
    return replace(changed, draft=replace(changed.draft, body=body))


def tried(subject: NodeSubject, gate: str, *failures: Failure) -> NodeSubject:
    """Return the subject after a trial with these failures of `imports`, `examples` or `contracts`."""
    return replace(subject, trial=replace(Trial(), **{gate: failures}))


def document(data: dict[str, Json], *, body: bool = False) -> DocumentSubject:
    """Return a document as written."""
    return DocumentSubject(str(next(iter(data.values()), "")), data, AT, body)


def written() -> dict[str, Json]:
    """Return order_pricer's document as written."""
    return {
        "node": "order_pricer",
        "kind": "compute",
        "description": "Price an order from its lines and a discount.",
        "enums": {"Currency": ["EUR", "USD"]},
        "models": {"OrderLine": {"sku": {"type": "str", "min_length": 1}, "quantity": "int"}},
        "input": {"lines": "list[OrderLine]", "discount": {"type": "Decimal", "default": 0}},
        "output": {"subtotal": "Decimal", "total": "Decimal"},
        "logic": {"let": {"gross": "0"}, "subtotal": "gross", "total": "gross"},
    }
