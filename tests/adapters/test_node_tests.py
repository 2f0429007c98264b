"""The generated tests of nodes, run as their users run them."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.adapters.node_tests import run_node_tests
from tests.workspaces import CHAIN, Sandbox, workspace

FAST = '[workspace]\npackage = "acme"\n[build]\nmode = "fast"\n'


@pytest.fixture
def built(tmp_path: Path) -> Sandbox:
    made = workspace(tmp_path / "w", {**CHAIN, "omnibuild.toml": FAST})
    assert made.build(mode=None).ok
    return made


def test_each_node_fails_for_its_own_tests(built: Sandbox) -> None:
    built.replace("specs/pricer.yaml", 'total: "10.00"', 'total: "11.00"')
    assert built.build(mode=None).ok
    before = built.times()
    settings = built.open().settings

    found = run_node_tests(built.root, settings, ["pricer", "charger", "money", "nobody"])

    assert (set(found.nodes), found.failed) == ({"pricer", "charger"}, ("pricer",))
    assert "11.00" in found.said
    assert built.times() == before
    assert run_node_tests(built.root, settings, ["charger"]).failed == ()
    assert run_node_tests(built.root, settings, ["money"]).nodes == ()


def test_what_cannot_be_collected_has_failed(built: Sandbox) -> None:
    (built.root / "out/src/acme/nodes/node_pricer_compute/handlers/handler_pricer.py").write_text("import nobody\n")
    found = run_node_tests(built.root, built.open().settings, ["pricer", "charger"])
    assert found.failed == ("pricer",)
