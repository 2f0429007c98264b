from __future__ import annotations

import pytest

from omnibuild.core.values import NodeSpec
from omnibuild.onex.code import handlers_package
from omnibuild.onex.environment import environment_part
from omnibuild.onex.names import Names
from omnibuild.onex.node import node_part
from omnibuild.onex.part import Part
from omnibuild.onex.tests import round_trips
from omnibuild.onex.ways import way_of
from tests.onex.declarations import names_of, node

COMPUTE = """\
shared: money
models: {Amount: {value: Decimal}}
---
node: pricer
kind: compute
description: Price it.
input: {n: int, prices: "list[Decimal]"}
output: {total: money.Amount, n: int, late: {type: bool, default: false}}
logic:
  let: {unused_twice: n, gross: sum(prices), net: gross * 2}
  n: n
  total: money.Amount(value=net)
"""
EFFECT = """\
node: sender
kind: effect
description: Send it.
input: {n: int}
output: {n: int}
env: {URL: {required: true, description: Where to.}, LEVEL: {default: "1"}}
examples:
  - {name: sent, given: {env: {URL: "x"}}, input: {n: 1}, output: {n: 1}}
  - {name: refused, given: {env: {URL: ""}}, input: {n: 1}, fails: Refused}
  - {name: not a number, given: {env: {URL: ""}}, input: {n: x}, fails: validation}
  - {name: too long, given: {env: {URL: ""}}, input: {n: 1}, fails: TimeoutError}
"""
BODY = '''\
class Refused(Exception):
    """No."""


async def handle(request: ModelSenderInput, environment: Environment) -> ModelSenderOutput:
    return ModelSenderOutput(n=len(environment.url))
'''


def handler(spec: NodeSpec, names: Names) -> Part:
    part = way_of(spec).handler(spec, names)
    assert part is not None
    return part


def compute() -> tuple[NodeSpec, Part]:
    names = names_of(COMPUTE.replace("unused_twice: n, ", ""))
    spec = node(names, "pricer")
    return spec, handler(spec, names)


def test_logic_becomes_a_handler_in_the_model_s_order() -> None:
    _, part = compute()

    assert part.path == "src/acme/nodes/node_pricer_compute/handlers/handler_pricer.py"
    assert "        gross = sum(request.prices, Decimal())\n        net = gross * 2\n" in part.text
    assert "return ModelPricerOutput(total=ModelAmount(value=net), n=request.n)" in part.text
    assert part.text.count("class HandlerPricer:") == 1


def test_origins_of_logic_lead_to_the_expressions() -> None:
    _, part = compute()

    handle = ("HandlerPricer", "handle")
    assert part.origins[(*handle, "gross")].path == ("logic", "let", "gross")
    assert part.origins[(*handle, "total")].path == ("logic", "total")
    assert part.origins[handle].path == ("logic",)


def test_a_body_becomes_a_method_with_the_environment() -> None:
    names = names_of(EFFECT, {"sender": BODY})
    spec = node(names, "sender")

    part = handler(spec, names)

    assert part.body == spec.body
    assert "def __init__(self, environment: Environment | None = None) -> None:" in part.text
    assert "    async def handle(self, request: ModelSenderInput) -> ModelSenderOutput:" in part.text
    assert (
        "        environment = self._environment\n        return ModelSenderOutput(n=len(environment.url))" in part.text
    )
    assert part.text.index("class Refused") < part.text.index("class HandlerSender")
    assert way_of(spec).is_async(spec)


def test_the_environment_is_read_once() -> None:
    names = names_of(EFFECT, {"sender": BODY})

    part = environment_part(node(names, "sender"), names)

    assert part is not None
    assert 'url: str\n    """Where to."""' in part.text
    assert 'return cls(url=os.environ["URL"], level=os.environ.get("LEVEL", "1"))' in part.text
    assert part.origins["Environment", "level"].path == ("env", "LEVEL")
    assert environment_part(compute()[0], names_of(COMPUTE.replace("unused_twice: n, ", ""))) is None


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "sent",
            [
                'monkeypatch.setenv("URL", "x")',
                "assert asyncio.run(HandlerSender().handle(request)) == ModelSenderOutput(n=1)",
            ],
        ),
        ("refused", ["with pytest.raises(Refused):", "asyncio.run(HandlerSender().handle(request))"]),
        (
            "not_a_number",
            [
                "with pytest.raises(ValidationError):",
                'asyncio.run(HandlerSender().handle(ModelSenderInput.model_validate({"n": "x"})))',
            ],
        ),
        ("too_long", ["with pytest.raises(TimeoutError):"]),
    ],
)
def test_examples_become_tests(name: str, lines: list[str]) -> None:
    names = names_of(EFFECT, {"sender": BODY})
    spec = node(names, "sender")
    tests = way_of(spec).tests(spec, names)
    assert tests is not None

    _, _, rest = tests.text.partition(f"def test_{name}(")
    function = rest.partition("\ndef ")[0]

    assert all(line in function for line in lines), function
    assert tests.origins[f"test_{name}",].path[0] == "examples"
    assert "from acme.nodes.node_sender_effect.handlers.handler_sender import Refused" in tests.text


def test_an_end_that_is_both_is_tested_once() -> None:
    text = (
        "shared: money\nmodels: {Amount: {value: Decimal}}\n---\nnode: echo\nkind: compute\ndescription: It.\n"
        "input: money.Amount\noutput: money.Amount\nlogic: {value: value}\n"
    )
    names = names_of(text)

    part = round_trips(node(names, "echo"), names)

    assert part is not None
    assert part.text.count("@given(AMOUNTS)") == part.text.count("def test_") == 1


def test_node_py_is_a_thin_subclass() -> None:
    names = names_of(COMPUTE.replace("unused_twice: n, ", ""))
    spec = node(names, "pricer")

    assert "class NodePricerCompute(NodeCompute[ModelPricerInput, ModelPricerOutput]):" in node_part(spec, names).text
    assert '__all__ = ["HandlerPricer"]' in handlers_package(spec, names).text
