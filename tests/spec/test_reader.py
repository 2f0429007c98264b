from __future__ import annotations

import pytest

from omnibuild.core.values import Body, Kind, NodeSpec, Pointer, Problem, Ref, SharedSpec, Spec, Type
from omnibuild.spec.document import read
from omnibuild.spec.marks import locate
from omnibuild.spec.reader import read_spec
from omnibuild.spec.written import seconds

NODE = """\
node: pricer
kind: compute
description: >-
  Price an order
  from its lines.
enums:
  Currency: [EUR, USD]
  Size: {small: up to 3, large: }
models:
  Line:
    sku: str
    price: {type: Decimal, ge: 0, default: "1.50", description: " What one costs. "}
input: {lines: "list[Line]", kind: money.Currency}
output: Line
logic:
  let: {gross: sum(line.price for line in lines)}
  sku: "'x'"
  price: 3
examples:
  - {input: {lines: []}, output: {sku: x}}
  - {name: none, given: {env: {A: b}}, input: {}, fails: validation}
events: {consumes: [other], publishes: [t], external: [u]}
policy: {timeout: 1.5m, idempotent: false, retry: {attempts: 3}}
env: {DATABASE_URL: {required: true, description: Where.}, LEVEL: {default: "1"}}
uses: [other]
contract: {metadata: {owner: me}}
tags: [a, b]
"""


def reading(text: str, body: str = "") -> tuple[Spec | None, list[Problem]]:
    (document,), problems = read("it.yaml", text)
    assert problems == []
    return read_spec(document, Body("it.py", body) if body else None, "acme")


def node(text: str = NODE) -> NodeSpec:
    spec, problems = reading(text)
    assert problems == []
    assert isinstance(spec, NodeSpec)
    return spec


def test_a_node_with_its_defaults_filled_in() -> None:
    spec = node()

    assert (spec.name, spec.kind, spec.version, spec.domain) == ("pricer", Kind.COMPUTE, "1.0.0", "acme")
    assert spec.description == "Price an order from its lines."
    assert (spec.tags, spec.uses, spec.contract) == (("a", "b"), ("other",), {"metadata": {"owner": "me"}})
    assert (spec.events.consumes, spec.events.publishes, spec.events.external) == (("other",), ("t",), ("u",))
    assert (spec.policy.timeout, spec.policy.idempotent) == (90.0, False)
    assert spec.policy.retry is not None
    assert (spec.policy.retry.attempts, spec.policy.retry.backoff) == (3, 0.5)
    assert [(it.name, it.required, it.default, it.description) for it in spec.env] == [
        ("DATABASE_URL", True, None, "Where."),
        ("LEVEL", False, "1", ""),
    ]


def test_models_enums_and_ends() -> None:
    spec = node()

    assert [it.ref for it in spec.models] == [Ref("pricer", "Line"), Ref("pricer", "Input")]
    assert (spec.input, spec.output) == (Ref("pricer", "Input"), Ref("pricer", "Line"))
    assert [it.members for it in spec.enums] == [(("EUR", ""), ("USD", "")), (("small", "up to 3"), ("large", ""))]
    price = spec.models[0].field("price")
    assert price is not None
    assert (price.type, price.written, price.required, price.default) == (Type("Decimal"), "Decimal", False, "1.50")
    assert (price.constraints, price.description) == ((("ge", 0),), "What one costs.")
    kind = spec.models[1].field("kind")
    assert kind is not None
    assert kind.type == Type("ref", ref=Ref("money", "Currency"))


def test_logic_and_examples() -> None:
    spec = node()

    assert spec.logic is not None
    assert [(it.name, it.value.text) for it in spec.logic.let] == [("gross", "sum(line.price for line in lines)")]
    assert [(it.name, it.value.text) for it in spec.logic.output] == [("sku", "'x'"), ("price", "3")]
    first, second = spec.examples
    assert (first.name, first.input, first.output, first.fails, first.env) == (
        "example 1",
        {"lines": []},
        {"sku": "x"},
        "",
        (),
    )
    assert (second.name, second.fails, second.env) == ("none", "validation", (("A", "b"),))


def test_pointers_lead_back() -> None:
    spec = node()

    def line(at: Pointer) -> str:
        place = locate(at, NODE)
        return NODE.splitlines()[place.line - 1][place.column - 1 :]

    assert spec.logic is not None
    assert line(spec.at) == "node: pricer"
    assert line(spec.models[0].at) == "sku: str"
    assert line(spec.models[0].fields[1].at).startswith("{type: Decimal")
    assert line(spec.logic.let[0].value.at) == "sum(line.price for line in lines)}"
    assert line(spec.examples[1].at).startswith("{name: none")
    assert line(spec.env[1].at).startswith('{default: "1"}')


def test_sections_are_told_apart_by_their_digests_and_by_the_order_in_them() -> None:
    first, again = node(), node(NODE.replace("tags: [a, b]", "# no more\ntags: [ a, b ]"))
    other = node(NODE.replace("sku: \"'x'\"\n  price: 3", "price: 3\n  sku: \"'x'\""))

    assert first.sections == again.sections
    changed = [key for (key, one), (_, two) in zip(first.sections, other.sections, strict=True) if one != two]
    assert changed == ["logic"]


def test_a_shared_document() -> None:
    spec, problems = reading("shared: money\ndescription: Money.\ntags: [f]\nmodels: {Amount: {value: Decimal}}\n")

    assert problems == []
    assert isinstance(spec, SharedSpec)
    assert (spec.name, spec.description, spec.tags, spec.enums) == ("money", "Money.", ("f",), ())
    assert [it.ref for it in spec.models] == [Ref("money", "Amount")]


@pytest.mark.parametrize(
    ("old", "new", "place", "code", "message"),
    [
        ("sku: str", "sku: strr", "11:10", "type", "unknown type `strr`"),
        ("type: Decimal, ge", 'type: "list[strr]", ge', "12:25", "type", "unknown type `strr`"),
        ("output: Line", "output: int", "14:9", "type", "`int` is not a model"),
        ("output: Line", 'output: "Line | None"', "14:9", "type", "`Line | None` is not a model"),
        (
            "let: {gross: sum(line.price for line in lines)}",
            "let: gross",
            "16:8",
            "wrong-type",
            "`let` must be a mapping of names to expressions",
        ),
        ("price: 3\n", "price: [1]\n", "18:10", "wrong-type", "`price` must be an expression"),
        (
            "output: {sku: x}}",
            "output: {sku: x}, fails: validation}",
            "20:5",
            "example",
            "an example says either its `output` or how it `fails`",
        ),
        (", fails: validation}", "}", "21:5", "example", "an example says either its `output` or how it `fails`"),
    ],
)
def test_problems_have_their_places(old: str, new: str, place: str, code: str, message: str) -> None:
    assert old in NODE
    text = NODE.replace(old, new, 1)

    _, (problem, *more) = reading(text)

    assert more == []
    assert isinstance(problem.at, Pointer)
    at = locate(problem.at, text)
    assert (f"{at.line}:{at.column}", problem.code, problem.message) == (place, code, message)


def test_logic_and_a_body_are_one_too_many() -> None:
    _, (problem,) = reading(NODE, "def handle(r): ...\n")

    assert (problem.code, problem.message) == ("two-ways", "`logic` and the body it.py both say what `pricer` does")


@pytest.mark.parametrize(
    ("written", "expected"),
    [("500ms", 0.5), ("30s", 30.0), ("5m", 300.0), ("1.5h", 5400.0), ("0.1s", 0.1), ("1ms", 0.001)],
)
def test_durations(written: str, expected: float) -> None:
    assert seconds(written) == expected
