from __future__ import annotations

from dataclasses import replace

from omnibuild.core.values import NodeSpec, Policy, Problem
from omnibuild.gates.g08_production import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, with_spec


def test_a_complete_node_passes(sound: NodeSubject) -> None:
    assert list(check(sound)) == []


def test_missing_examples_and_policy_are_told(sound: NodeSubject) -> None:
    def bare(spec: NodeSpec) -> NodeSpec:
        sections = tuple(it for it in spec.sections if it[0] != "policy")
        return replace(spec, examples=(), policy=Policy(), sections=sections)

    assert list(check(with_spec(sound, bare))) == [
        Problem(
            "G8",
            "`order_pricer` has no examples",
            AT.to("examples", key=True),
            "write `examples:` with an input and its output; each becomes a test",
        ),
        Problem(
            "G8",
            "`order_pricer` has no policy",
            AT,
            "write `policy: {timeout: 30s, idempotent: true}` with what is true of it",
        ),
    ]


def test_fields_without_a_description_are_listed_once(sound: NodeSubject) -> None:
    def silent(spec: NodeSpec) -> NodeSpec:
        line, *others = spec.models
        fields = tuple(replace(field, description="") for field in line.fields[1:])
        return replace(spec, models=(replace(line, fields=(line.fields[0], *fields)), *others))

    assert list(check(with_spec(sound, silent))) == [
        Problem(
            "G8",
            "2 fields of `order_pricer` without a description: `OrderLine.quantity`, `OrderLine.unit_price`",
            AT.to("models", "OrderLine", "quantity"),
            "write `quantity: {type: …, description: …}`",
        )
    ]


def test_a_long_list_is_cut(sound: NodeSubject) -> None:
    def silent(spec: NodeSpec) -> NodeSpec:
        field = replace(spec.models[0].fields[0], description="")
        fields = tuple(replace(field, name=f"field_{number}") for number in range(10))
        return replace(spec, models=(replace(spec.models[0], fields=fields),))

    (found,) = check(with_spec(sound, silent))

    assert found.message.endswith("`OrderLine.field_7` and 2 more")
