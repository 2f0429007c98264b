"""Selectors that look back: what changed, what is stale, what failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.test_past import git
from tests.workspaces import CHAIN, Sandbox, workspace

FAST = '[workspace]\npackage = "acme"\n[build]\nmode = "fast"\n'


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    made = workspace(tmp_path / "w", {**CHAIN, "omnibuild.toml": FAST, ".gitignore": "/out/\n/cache/\n"})
    git(made.root, "init", "-q", "-b", "main")
    git(made.root, "add", "-A")
    git(made.root, "commit", "-qm", "one")
    assert made.build(mode=None).ok
    return made


def selected(sandbox: Sandbox, *selectors: str) -> set[str]:
    space = sandbox.open()
    found = space.survey()
    names, problems = found.selected(selectors, space.meanings(selectors, found))
    assert not problems
    return set(names)


def meant(sandbox: Sandbox, selector: str) -> set[str]:
    space = sandbox.open()
    meaning = space.meanings([selector], space.survey())[selector]
    assert isinstance(meaning, frozenset)
    return set(meaning)


def test_changed_means_specs_bodies_and_the_code_that_they_lead_to(sandbox: Sandbox) -> None:
    assert meant(sandbox, "changed") == set()
    sandbox.replace("specs/pricer.yaml", "two pieces", "2 pieces")
    assert meant(sandbox, "changed") == {"pricer"}
    sandbox.replace("specs/biller.py", "value > 0", "value > 1")
    assert meant(sandbox, "changed") == {"pricer", "biller"}
    model = "from pydantic import BaseModel, ConfigDict\n\n\nclass Rate(BaseModel):\n    model_config = ConfigDict()\n"
    sandbox.write("legacy.py", model)
    sandbox.write("specs/rates.yaml", 'shared: rates\ndescription: Rates.\nmodels: {Rate: "legacy:Rate"}\n')
    assert meant(sandbox, "changed") == {"pricer", "biller", "rates"}
    git(sandbox.root, "add", "-A")
    git(sandbox.root, "commit", "-qm", "two")
    assert meant(sandbox, "changed") == set()
    assert meant(sandbox, "changed:main~1") == {"pricer", "biller", "rates"}
    sandbox.replace("legacy.py", "class Rate", "A = 1\n\n\nclass Rate")
    assert meant(sandbox, "changed") == {"rates"}


def test_plus_works_on_them(sandbox: Sandbox) -> None:
    sandbox.replace("specs/charger.yaml", "amount.value * 2", "amount.value * 3")
    assert selected(sandbox, "changed+") == {"money", "charger", "biller"}
    assert selected(sandbox, "stale", "pricer") == {"money", "charger", "pricer"}


def test_stale_means_what_a_build_would_do_something_about(sandbox: Sandbox) -> None:
    assert meant(sandbox, "stale") == set()
    sandbox.replace("specs/money.yaml", "value: Decimal", "value: float")
    (sandbox.root / "out/src/acme/nodes/node_pricer_compute/node.py").unlink()
    assert meant(sandbox, "stale") == {"money", "charger", "biller", "pricer"}


def test_failed_means_what_failed_and_was_not_taken_back(sandbox: Sandbox) -> None:
    assert meant(sandbox, "failed") == set()
    sandbox.replace("specs/pricer.yaml", "quantity * price", "quantty * price")
    assert meant(sandbox, "failed") == set(), "no build has seen it"
    sandbox.build(mode=None)
    assert meant(sandbox, "failed") == {"pricer"}
    sandbox.replace("specs/pricer.yaml", "quantty * price", "price * quantity")
    assert meant(sandbox, "failed") == {"pricer"}, "no build has seen that it is mended"
    sandbox.replace("specs/pricer.yaml", "price * quantity", "quantity * price")
    assert meant(sandbox, "failed") == set(), "it is as it was when it was built"


def test_broken_specs_have_changed_and_failed(sandbox: Sandbox) -> None:
    sandbox.replace("specs/pricer.yaml", "kind: compute", "kind: compte")
    sandbox.build(mode=None)
    assert meant(sandbox, "changed") == meant(sandbox, "failed") == {"pricer"}


def test_builds_take_them(sandbox: Sandbox) -> None:
    assert set(sandbox.open().build("changed").outcomes) == set()
    sandbox.replace("specs/charger.yaml", "amount.value * 2", "amount.value * 3")
    report = sandbox.open().build("changed")
    assert {name: it.status.value for name, it in report.outcomes.items()} == {
        "charger": "built",
        "money": "up-to-date",
    }
    assert set(sandbox.open().plan("changed+").decisions) >= {"charger", "biller"}
    [problem] = sandbox.open().build("changed:nosuch").problems
    assert problem.code == "selector"


def test_a_node_of_such_a_name_is_meant_first(sandbox: Sandbox) -> None:
    text = (sandbox.root / "specs/pricer.yaml").read_text()
    sandbox.write("specs/failed.yaml", text.replace("node: pricer", "node: failed"))
    space = sandbox.open()
    assert space.meanings(["failed"], space.survey()) == {}
    assert selected(sandbox, "failed") == {"failed"}
