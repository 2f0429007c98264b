"""A contract that was adopted comes back from its spec as it was."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibuild.adopt.adoption import Adoption, adopt_contract
from omnibuild.adopt.contract import kind_of, leaves
from omnibuild.adopt.original import Original, read_original
from omnibuild.assemble.yaml_text import to_yaml
from omnibuild.core.sameness import same
from omnibuild.core.values import Graph, Json, Kind, NodeSpec, Place, Problem
from omnibuild.onex.contract import contract
from omnibuild.onex.names import Names
from omnibuild.spec.document import read
from omnibuild.spec.reader import read_spec
from tests.onex.adopted.contracts import contracts

HEAD = "name: node_pricer_compute\nnode_type: compute\n"


def original(text: str) -> Original:
    found = read_original("contract.yaml", text)
    assert isinstance(found, Original), found
    return found


def adopted(text: str, name: str = "pricer") -> Adoption:
    found = original(text)
    kind = kind_of(found.data)
    assert kind is not None
    node = adopt_contract(found, name, kind, {})
    assert isinstance(node, Adoption), node
    return node


def built(text: str) -> dict[str, Json]:
    """Return the contract of a spec, read again from the YAML that is written of it."""
    documents, problems = read("specs/pricer.yaml", text)
    assert problems == []
    spec, more = read_spec(documents[0], None, "acme")
    assert more == []
    assert isinstance(spec, NodeSpec)
    made = contract(spec, Names(Graph({spec.name: spec}, {spec.name: ()}), "acme"))
    data = yaml.safe_load(to_yaml(made))
    assert isinstance(data, dict)
    return data


@settings(max_examples=200, deadline=None)
@given(contracts(), st.sampled_from([True, False, None]), st.booleans())
def test_any_contract_comes_back_as_it_was(data: dict[str, Json], flow: bool | None, plain: bool) -> None:
    text = yaml.safe_dump(data, allow_unicode=plain, sort_keys=False, default_flow_style=flow)
    wanted = yaml.load(text, Loader=yaml.CSafeLoader)

    node = adopted(text)

    assert same(built(node.text), wanted)
    assert node.told.language + node.told.verbatim == leaves(wanted)
    assert min(node.told.language, node.told.verbatim) >= 0


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("yes", True),
        ("off", False),
        ("010", 8),
        ("0b11", 3),
        ("1_000", 1000),
        ("1:30", 90),
        ("08", "08"),
        ("1e3", "1e3"),
        ("0o17", "0o17"),
        ("-.5", "-.5"),
        ("~", None),
        ("!!str 5", "5"),
        ("{a: yes, b: [on, 0x1F]}", {"a": True, "b": [True, 31]}),
        ('"2024-01-31"', "2024-01-31"),
    ],
)
def test_values_are_what_onex_reads_and_not_what_yaml_1_2_would(line: str, value: Json) -> None:
    text = f"{HEAD}metadata:\n  it: {line}\n"

    made = built(adopted(text).text)

    assert same(made, yaml.safe_load(text))
    assert isinstance(made["metadata"], dict)
    assert same(made["metadata"]["it"], value)


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "9" * 4200])
def test_what_a_spec_cannot_give_back_is_not_adopted(value: str) -> None:
    found = adopt_contract(original(f"{HEAD}strange: {value}\n"), "pricer", Kind.COMPUTE, {})

    assert isinstance(found, Problem)
    assert "`strange`" in found.message
    assert found.at == Place("contract.yaml", 3, 10)


def test_what_is_nested_too_deep_for_a_spec_is_not_adopted() -> None:
    found = adopt_contract(original(f"{HEAD}strange: {'[' * 99}{']' * 99}\n"), "pricer", Kind.COMPUTE, {})

    assert isinstance(found, Problem)
    assert "a spec cannot hold all of it" in found.message


def test_anchors_aliases_and_merge_keys_are_followed() -> None:
    text = f"{HEAD}base: &b {{a: 1, c: [1]}}\nother:\n  <<: *b\n  a: 2\nmore:\n  <<: [{{a: 5}}, *b]\nthird: *b\n"

    node = adopted(text)

    assert same(built(node.text), yaml.safe_load(text))
    assert built(node.text)["more"] == {"a": 5, "c": [1]}


def test_what_is_left_as_it_was_is_said() -> None:
    text = f"{HEAD}env_dependencies: {{A: {{required: maybe, two words: }}}}\n"

    node = adopted(text)

    assert same(built(node.text), yaml.safe_load(text))
    assert node.notes == ("`env_dependencies` is left as it was: the language would say it otherwise",)
    assert "env_dependencies" in node.told.kept


def test_handlers_are_what_stays_python() -> None:
    text = f"""{HEAD}handler: {{module: acme.pricer, class: HandlerPricer}}
handler_routing:
  handlers:
    - {{operation: price, handler: {{module: acme.pricer, name: HandlerPricer}}}}
    - {{operation: other, handler: {{module: acme.other, name: HandlerOther}}}}
"""

    assert adopted(text).python == ("acme.pricer.HandlerPricer", "acme.other.HandlerOther")
