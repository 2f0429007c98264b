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
from omnibuild.core.values import Graph, Json, Kind, NodeSpec, Place, Problem
from omnibuild.onex.adopted.shapes import same
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
