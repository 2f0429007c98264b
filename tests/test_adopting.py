"""The nodes of a published distribution are adopted and built: their contracts come back as they were."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml

from omnibuild.adopting import Adopted, adopt, report
from omnibuild.core.values import Level, Place, Status
from omnibuild.workspace import ConfigurationError
from tests.workspaces import Sandbox, built, place, statuses

DISTRIBUTION = "omnibase_core"


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sandbox, Adopted]:
    """Return a workspace with the specs of all nodes of the distribution, built; not to be changed."""
    root = tmp_path_factory.mktemp("adopted")
    made = adopt(root, [DISTRIBUTION], package="acme", write=True)
    sandbox = Sandbox(root)
    built_ = sandbox.build()
    assert built_.ok, built_.problems
    return sandbox, made


def test_every_contract_of_the_distribution_is_adopted(adopted: tuple[Sandbox, Adopted]) -> None:
    sandbox, made = adopted
    files = [it for it in distribution(DISTRIBUTION).files or () if it.name == "contract.yaml"]

    assert {it.original.file for it in made.nodes} == {str(it.locate()) for it in files}
    assert len(made.nodes) == len(files) > 30
    assert not [it for it in made.problems if it.level is Level.BLOCK]
    assert sandbox.tree("specs").keys() == {it.removeprefix("specs/") for it in made.files}


def test_every_contract_comes_back_as_it_was(adopted: tuple[Sandbox, Adopted]) -> None:
    sandbox, made = adopted

    for it in made.nodes:
        original = yaml.safe_load(Path(it.original.file).read_text(encoding="utf-8"))
        assert yaml.safe_load(sandbox.read(made.output(it))) == original, it.original.file
        assert it.told.language > it.told.verbatim, it.name


def test_it_is_in_step_afterwards_and_there_is_nothing_to_do(adopted: tuple[Sandbox, Adopted]) -> None:
    sandbox, made = adopted
    before = sandbox.times()

    assert sandbox.check().ok
    assert set(statuses(sandbox.build()).values()) == {Status.UP_TO_DATE}
    assert sandbox.times() == before
    assert len(statuses(sandbox.check())) == len(made.nodes) + len(made.shared)


def test_adopting_it_again_changes_nothing(adopted: tuple[Sandbox, Adopted]) -> None:
    sandbox, made = adopted
    before = sandbox.tree("specs")

    again = adopt(sandbox.root, [DISTRIBUTION], package=None, write=True)

    assert again.nodes == ()
    assert not [it for it in again.problems if it.level is Level.BLOCK]
    [said] = [it for it in again.problems if it.code == "adopted"]
    assert said.message == f"{len(made.nodes)} contracts were adopted before, and are left as they are"
    assert sandbox.tree("specs") == before


CONTRACT = """\
name: node_pricer_compute
node_type: compute
description: Price it.
handler: {module: shop.handlers, class: Handler}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Sandbox:
    """Return a workspace of one adopted node, built."""
    sandbox = Sandbox(tmp_path)
    sandbox.write("src/shop/nodes/pricer/contract.yaml", CONTRACT)
    adopt(tmp_path, [str(tmp_path / "src")], package="acme", write=True)
    assert sandbox.build().ok
    return sandbox


def test_a_contract_that_was_edited_stops_the_build_and_the_check(shop: Sandbox) -> None:
    file = "out/src/acme/nodes/node_pricer_compute/contract.yaml"
    shop.replace(file, "Price it.", "Price that.")

    for done in (shop.check(), shop.build()):
        assert not done.ok
        assert [place(it).partition(":")[0] for it in done.problems if it.level is Level.BLOCK] == [file]
    assert "Price that." in shop.read(file)


def test_a_spec_that_is_changed_changes_the_contract(shop: Sandbox) -> None:
    shop.write("specs/pricer.yaml", shop.read("specs/pricer.yaml") + "policy: {timeout: 5s}\n")

    assert built(shop.build()) == {"pricer"}
    made = yaml.safe_load(shop.read("out/src/acme/nodes/node_pricer_compute/contract.yaml"))
    assert made == {**yaml.safe_load(CONTRACT), "descriptor": {"timeout_ms": 5000}}


def test_no_code_is_generated_for_what_is_python_already(shop: Sandbox) -> None:
    files = [it for it in shop.tree() if it.startswith("src/acme/nodes/node_pricer_compute/")]

    assert not [it for it in files if "handler" in it]
    assert "src/acme/nodes/node_pricer_compute/contract.yaml" in files


def test_a_report_tells_of_every_contract_in_which_package_it_stands(shop: Sandbox) -> None:
    told = report(shop.root, [str(shop.root / "src")])

    assert told.packages == {"src/shop/nodes/pricer/contract.yaml": "shop"}
    assert told.problems == ()
    assert [(it.code, it.at) for it in told.findings] == [
        ("handler-missing", Place("src/shop/nodes/pricer/contract.yaml", 4, 10))
    ]
    assert {package: dict(it) for package, it in told.table().items()} == {"shop": {"nodes": 1, "handler-missing": 1}}


@pytest.mark.parametrize("package", [None, "Wrong", "class", "pydantic"])
def test_a_workspace_is_made_of_a_sound_name_only(tmp_path: Path, package: str | None) -> None:
    with pytest.raises(ConfigurationError):
        adopt(tmp_path, [DISTRIBUTION], package=package, write=True)
    assert list(tmp_path.iterdir()) == []
