from __future__ import annotations

import json
from pathlib import Path

import pytest

import omnibuild
from omnibuild import ConfigurationError, Workspace
from omnibuild.core.values import Level, Mode, Place
from omnibuild.workspace import NodeError
from tests.conftest import Make
from tests.workspaces import PRICER, Sandbox


def test_a_workspace_is_found_upwards(chain: Sandbox) -> None:
    assert Workspace.open(chain.root / "specs").root == chain.root
    assert Workspace.find(chain.root / "specs") == chain.root


def test_without_a_workspace_there_is_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no omnibuild\.toml in") as caught:
        Workspace.open(tmp_path)

    assert "`omnibuild init` makes a workspace here" in caught.value.problems[0].hint


def test_settings_that_are_wrong_are_told_all_together(make: Make) -> None:
    sandbox = make({"omnibuild.toml": '[workspace]\npackge = "acme"\n[build]\nmode = "quick"\n'})

    with pytest.raises(ConfigurationError) as caught:
        Workspace.open(sandbox.root)

    assert {it.code for it in caught.value.problems} == {"missing-key", "unknown-key", "value"}
    assert Place("omnibuild.toml", 2, 1) in {it.at for it in caught.value.problems}


def test_a_file_of_settings_that_cannot_be_read(make: Make) -> None:
    sandbox = make({})
    (sandbox.root / "omnibuild.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigurationError, match=r"omnibuild\.toml cannot be read"):
        Workspace.open(sandbox.root)


def test_an_environment_and_a_mode_go_on_top(make: Make) -> None:
    toml = '[workspace]\npackage = "acme"\n[env.ci.build]\nmode = "strict"\n[env.ci.gates]\nG7 = "off"\n'
    sandbox = make({"omnibuild.toml": toml})

    assert Workspace.open(sandbox.root).settings.mode is Mode.BALANCED
    assert Workspace.open(sandbox.root, environment="ci").settings.mode is Mode.STRICT
    opened = Workspace.open(sandbox.root, environment="ci", mode="fast")
    assert (opened.settings.mode, opened.settings.gates) == (Mode.FAST, {"G7": Level.OFF})
    with pytest.raises(ConfigurationError, match="there is no environment `cy`"):
        Workspace.open(sandbox.root, environment="cy")


def test_folders_are_where_the_settings_say(make: Make) -> None:
    toml = '[workspace]\npackage = "acme"\nspecs = "nodes"\ncache = "build/cache"\nout = "made"\ntemplates = "own"\n'
    header = "{% block header %}\n# Ours.\n{% endblock %}\n"
    sandbox = make({"omnibuild.toml": toml, "nodes/pricer.yaml": PRICER, "own/header.py.j2": header})

    assert sandbox.build().ok
    assert {it.name for it in sandbox.root.iterdir()} == {"omnibuild.toml", "nodes", "own", "made", "build"}
    assert sandbox.read("made/src/acme/__init__.py").startswith("# Ours.\n")


def test_a_plan_says_what_a_build_would_do_and_does_nothing(chain: Sandbox) -> None:
    chain.replace("specs/pricer.yaml", "quantity: int", "quantity: integer")

    plan = chain.open().plan("charger")

    assert set(plan.decisions) == {"money", "charger", "."}
    assert plan.failed == {"pricer"}
    assert [it.at for it in plan.problems] == [Place("specs/pricer.yaml", 5, 19)]
    assert not chain.out.exists()


@pytest.mark.parametrize(
    ("node", "message", "hint"),
    [
        ("chargr", "there is no node `chargr`", "did you mean `charger`?"),
        ("zzz", "there is no node `zzz`", "`omnibuild list` shows the names"),
        ("pricer", "the spec of `pricer` has problems", "`omnibuild build` shows them"),
    ],
)
def test_a_node_that_cannot_be_explained(chain: Sandbox, node: str, message: str, hint: str) -> None:
    chain.replace("specs/pricer.yaml", "quantity: int", "quantity: integer")

    with pytest.raises(NodeError, match=message) as caught:
        chain.open().explain(node)

    assert caught.value.problem.hint == hint


def test_a_node_runs_in_onex_s_own_runtime(repository: Sandbox) -> None:
    request = {"lines": [{"sku": "A", "quantity": 2, "unit_price": "5.00"}], "discount": "0.1"}

    result = repository.open().run("order_pricer", json.dumps(request))

    assert result.error == ""
    assert result.output == {"subtotal": "10.00", "total": "9.000", "due": {"value": "9.00", "currency": "EUR"}}


def test_a_node_that_was_not_built_does_not_run(chain: Sandbox) -> None:
    with pytest.raises(NodeError, match="`pricer` is not built"):
        chain.open().run("pricer", "{}")
    with pytest.raises(NodeError, match="there is no node `money`"):
        chain.open().run("money", "{}")


def test_the_package_offers_what_its_users_need() -> None:
    assert omnibuild.Workspace is Workspace
    assert {"Workspace", "ConfigurationError", "Report", "Outcome", "Problem"} <= set(omnibuild.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        omnibuild.nothing  # noqa: B018


def test_a_damaged_cache_is_a_warning_and_the_build_goes_on(chain: Sandbox) -> None:
    chain.build()
    before = chain.tree()
    for file in (chain.root / "cache" / "store").rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    chain.remove("out")

    report = chain.build()

    assert report.ok
    assert [it.code for it in report.problems if it.code not in ("G7", "G8")] == ["cache"]
    assert chain.tree() == before
