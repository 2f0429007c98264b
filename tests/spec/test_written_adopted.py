"""The section `adopted:` in the language: its models, its JSON Schema, and what is said of mistakes in it."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pydantic import BaseModel

from omnibuild.core.values import Body, Graph, Json, NodeSpec, Problem
from omnibuild.onex.adopted.sections import SECTIONS
from omnibuild.onex.adopted.shapes import VERBATIM, Either, Listed, Mapped, Record, Shape
from omnibuild.onex.contract import contract
from omnibuild.onex.names import Names
from omnibuild.spec.document import read
from omnibuild.spec.marks import locate
from omnibuild.spec.reader import read_spec
from omnibuild.spec.schema import schema
from omnibuild.spec.written_adopted import WrittenAdopted

OF_ITS_OWN = frozenset(
    ("from", "name", "node_type", "contract_version", "node_version", "version", "described", "strays")
)
"""The keys that say no section: the identity of the contract, and what YAML made of its texts."""

SPEC = """\
node: pricer
kind: compute
description: Price a number of pieces.
events: {consumes: [onex.cmd.a.b.v1], publishes: [onex.evt.a.b.v1]}
policy: {timeout: 5s, idempotent: true, retry: {attempts: 3, backoff: 0.5s}}
env: {URL: {required: true, description: Where it is.}}
adopted:
  name: node_pricing
  node_type: generic
  input: acme.models.Request
  output: {class: 'acme.models:Result', description: what it costs}
  arguments: {quantity: int, price: {type: Decimal, required: false}}
  handler: acme.handlers:Handler
  routing:
    version: 1.0.0
    handlers:
      - {operation: price, handler: 'acme.handlers:Handler'}
  bus: {version: 1.0.0}
  dispatch: {command: onex.cmd.a.b.v1, timeout: 30s}
  machine:
    states: [{state: a, version: 1.0.0}]
    transitions: [{when: go, from: a, to: a, conditions: [{if: x}]}]
  requires: [{name: a, kind: module}]
"""


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that an annotation leads to, through lists, mappings and alternatives."""
    origin = get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif origin is Annotated:
        yield from models(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for it in get_args(annotation):
            yield from models(it)
    elif origin in (list, dict):
        yield from models(get_args(annotation)[-1])


def fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def records(shape: Shape) -> Iterator[Record]:
    match shape:
        case Record():
            yield shape
        case Listed(item) | Mapped(item):
            yield from records(item)
        case Either(shapes):
            for _, it in shapes:
                yield from records(it)


def differing(path: str, shape: Shape, annotation: Any) -> Iterator[str]:
    """Yield where the table of shapes and the models do not know the same keys."""
    of_shape, of_models = list(records(shape)), list(models(annotation))
    if len(of_shape) != len(of_models):
        yield f"{path}: {len(of_shape)} records, {len(of_models)} models"
        return
    for record, model in zip(of_shape, of_models, strict=True):
        known = fields(model)
        keys = {it.name for it in record.keys} | ({"class"} if record.class_name else set())
        keys |= {VERBATIM} if record.is_entry else set()
        yield from (f"{path}.{it}" for it in sorted(keys ^ known.keys() - ({"empty"} if path == "bus" else set())))
        for key in record.keys:
            if key.name in known:
                yield from differing(f"{path}.{key.name}", key.shape, known[key.name])


@pytest.mark.parametrize("name", SECTIONS)
def test_the_tables_and_the_models_know_the_same_keys(name: str) -> None:
    shared = {"arguments": {"arguments.module"}, "results": set()}

    found = set(differing(name, SECTIONS[name][1], fields(WrittenAdopted)[name]))

    assert found == shared.get(name, set())


def test_every_section_has_a_model_and_every_key_a_section() -> None:
    assert fields(WrittenAdopted).keys() == SECTIONS.keys() | OF_ITS_OWN


def test_keys_of_a_record_are_distinct_in_both_directions() -> None:
    seen = [record for _, shape in SECTIONS.values() for record in records(shape)]
    for record in seen:
        seen += [it for key in record.keys for it in records(key.shape)]
        assert len({it.name for it in record.keys}) == len(record.keys) == len({it.place for it in record.keys})
        assert not record.class_name or not {"module", record.class_name}.intersection(it.place for it in record.keys)
    assert len(seen) > len(SECTIONS)


def of_spec(text: str, body: Body | None = None) -> tuple[NodeSpec | None, list[Problem]]:
    documents, problems = read("specs/pricer.yaml", text)
    assert problems == []
    spec, problems = read_spec(documents[0], body, "acme")
    return spec if isinstance(spec, NodeSpec) else None, problems


def built(text: str) -> dict[str, Json]:
    spec, problems = of_spec(text)
    assert problems == []
    assert spec
    return contract(spec, Names(Graph({"pricer": spec}, {"pricer": ()}), "acme"))


def test_events_policy_and_environment_reach_the_contract() -> None:
    made = built(SPEC)

    assert made["event_bus"] == {
        "version": {"major": 1, "minor": 0, "patch": 0},
        "subscribe_topics": ["onex.cmd.a.b.v1"],
        "publish_topics": ["onex.evt.a.b.v1"],
    }
    assert made["descriptor"] == {
        "idempotent": True,
        "timeout_ms": 5000,
        "retry_policy": {"max_retries": 2, "base_delay_ms": 500},
    }
    assert made["env_dependencies"] == {"URL": {"required": True, "description": "Where it is."}}
    assert made["name"] == "node_pricing"
    assert made["node_type"] == "COMPUTE_GENERIC"
    assert made["input_model"] == "acme.models.Request"
    assert made["runtime_dispatch"] == {"command_topic": "onex.cmd.a.b.v1", "default_timeout_ms": 30_000}


def test_external_topics_are_told_among_the_sinks() -> None:
    text = SPEC.replace("events: {", "events: {external: [x, y], ").replace("  bus:", "  sinks: [y, z]\n  bus:")

    assert built(text)["externally_consumed_topics"] == ["y", "z", "x"]


def test_contract_is_merged_last() -> None:
    assert built(f"{SPEC}contract: {{name: other, extra: {{a: 1}}}}\n") | {"name": "other", "extra": {"a": 1}} == built(
        f"{SPEC}contract: {{name: other, extra: {{a: 1}}}}\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "code", "hint"),
    [
        ("  bus:", "  buss:", "18:3", "unknown-key", "did you mean `bus`?"),
        ("{operation: price", "{operatoin: price", "17:10", "unknown-key", "did you mean `operation`?"),
        ("{state: a, ", "{state: a, terminl: true, ", "21:25", "unknown-key", "did you mean `terminal`?"),
        ("{if: x}", "{iff: x}", "22:60", "unknown-key", "did you mean `if`?"),
        ("node_type: generic", "node_type: COMPUTE", "9:14", "value", ""),
        ("timeout: 30s", "timeout: 30", "19:49", "wrong-type", 'quote it: "30"'),
        ("timeout: 30s", "timeout: 30 seconds", "19:49", "value", "write a number and its unit: 500ms, 30s, 5m, 1h"),
        ("timeout: 30s", f"timeout: {'9' * 400}s", "19:49", "value", ""),
        ("bus: {version: 1.0.0}", "bus: {version: v1}", "18:18", "value", "write three numbers: 1.0.0"),
        ("handler: acme.handlers:Handler", "handler: {input: x}", "13:12", "missing-key", "add `class:`"),
        ("requires: [{name: a", "requires: [{name: 5", "23:21", "wrong-type", 'quote it: "5"'),
        ("{quantity: int", "{quantity: 5", "12:25", "wrong-type", ""),
    ],
)
def test_a_mistake_is_told_at_its_line_and_column(old: str, new: str, place: str, code: str, hint: str) -> None:
    assert old in SPEC
    text = SPEC.replace(old, new, 1)

    _, problems = of_spec(text)

    told = [(f"{at.line}:{at.column}", it.code, it.hint) for it in problems if (at := locate(it.at, text))]  # type: ignore[arg-type]
    assert told == [(place, code, hint)]


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("logic: {total: 1}\n", "logic"),
        ("handler: acme.handlers:Handler\n", "handler"),
        ("handlers: {a: acme.handlers:Handler}\n", "handlers"),
    ],
)
def test_another_way_to_answer_is_refused(more: str, key: str) -> None:
    text = f"{SPEC}input: {{a: int}}\noutput: {{total: int}}\n{more}"

    _, problems = of_spec(text)

    (problem,) = [it for it in problems if it.code == "two-ways"]
    assert problem.message == f"`{key}` and `adopted` both say who answers"
    assert problem.hint.startswith("remove `adopted` once")


def test_a_body_beside_an_adopted_node_is_refused() -> None:
    _, problems = of_spec(SPEC, Body("specs/pricer.py", "def handle(request): ...\n"))

    assert [it.code for it in problems] == ["two-ways"]
    assert "specs/pricer.py" in problems[0].message


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    made: Any = schema()
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


def references(value: Any) -> Iterator[str]:
    """Yield the definitions that a schema refers to."""
    if isinstance(value, dict):
        if isinstance(it := value.get("$ref"), str):
            yield it
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_the_json_schema_has_what_it_refers_to(validator: Draft202012Validator) -> None:
    definitions = {f"#/$defs/{it}" for it in validator.schema["$defs"]}

    assert definitions >= set(references(validator.schema))


def test_the_json_schema_takes_it(validator: Draft202012Validator) -> None:
    assert [it.message for it in validator.iter_errors(yaml.safe_load(SPEC))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  bus:", "  buss:"),
        ("{operation: price", "{operatoin: price"),
        ("{if: x}", "{iff: x}"),
        ("node_type: generic", "node_type: COMPUTE"),
        ("timeout: 30s", "timeout: 30"),
        ("timeout: 30s", "timeout: 30 seconds"),
        ("bus: {version: 1.0.0}", "bus: {version: v1}"),
        ("handler: acme.handlers:Handler", "handler: {input: x}"),
        ("{quantity: int", "{quantity: 5"),
        ("{quantity: int", "{quantity: {typ: int}"),
        ("requires: [", "requires: [5, "),
    ],
)
def test_the_json_schema_finds_mistakes(validator: Draft202012Validator, old: str, new: str) -> None:
    assert old in SPEC
    assert list(validator.iter_errors(yaml.safe_load(SPEC.replace(old, new, 1))))
