from __future__ import annotations

from importlib.metadata import version

import pytest

from omnibuild.assemble.template import Templates
from omnibuild.core.values import Mode, Need, NodeSpec, Place, Status
from omnibuild.decisions import decisions, manifests
from tests.conftest import Make
from tests.workspaces import BILLER, BILLER_BODY, PRICER, TOML, Sandbox, place, told


def test_a_survey_holds_what_can_be_built_in_order(chain: Sandbox) -> None:
    found = chain.open().survey()

    assert found.graph.order == ("money", "charger", "biller", "pricer")
    assert (found.failed, found.skipped, found.problems) == (frozenset(), frozenset(), ())
    assert set(found.texts) == {f"specs/{it}.yaml" for it in ("money", "charger", "biller", "pricer")}


def test_what_is_broken_and_what_needs_it_is_left_out(chain: Sandbox) -> None:
    chain.replace("specs/charger.yaml", "money.Amount}", "money.Amout}")

    found = chain.open().survey()

    assert found.graph.order == ("money", "pricer")
    assert (found.failed, found.skipped) == (frozenset({"charger"}), frozenset({"biller"}))
    assert [place(found.place(it)) for it in found.problems] == ["specs/charger.yaml:5:17"]


def test_a_body_is_found_beside_its_spec(make: Make) -> None:
    def body_of(files: dict[str, str]) -> str | None:
        sandbox = make(files)
        spec = sandbox.open().survey().graph.specs.get("biller")
        assert spec is None or isinstance(spec, NodeSpec)
        file = spec.body.file if spec and spec.body else None
        sandbox.remove("specs")
        return file

    effect = BILLER.replace("charger.Output", "int")
    body = BILLER_BODY
    assert body_of({"specs/x/biller.yaml": effect, "specs/x/biller.py": body}) == "specs/x/biller.py"
    assert body_of({"specs/sending.yaml": effect, "specs/sending.py": body}) == "specs/sending.py"
    two = f"{effect}---\n{PRICER}"
    assert body_of({"specs/sending.yaml": two, "specs/sending.py": body}) is None
    assert body_of({"specs/sending.yaml": two, "specs/biller.py": body}) == "specs/biller.py"
    named = f"{effect}body: code/send.py\n"
    assert (
        body_of({"specs/a/biller.yaml": named, "specs/a/code/send.py": body, "specs/a/biller.py": ""})
        == "specs/a/code/send.py"
    )


def test_what_a_body_imports_is_a_need(chain: Sandbox) -> None:
    chain.write("specs/biller.py", f"from acme.nodes.node_pricer_compute.handlers import HandlerPricer\n{BILLER_BODY}")

    needs = chain.open().survey().graph.needs["biller"]

    assert [it.node for it in needs] == ["charger", "pricer"]
    assert needs[1] == Need("pricer", "body", Place("specs/biller.py", 1, 1))


def test_what_a_body_imports_must_be_there(chain: Sandbox) -> None:
    chain.write("specs/biller.py", f"\nimport acme.nodes.node_pricr_compute.models\n{BILLER_BODY}")

    (problem,) = chain.open().survey().problems

    assert (problem.message, problem.at) == (
        "there is no package `acme.nodes.node_pricr_compute`",
        Place("specs/biller.py", 2, 1),
    )
    assert problem.hint == "did you mean `acme.nodes.node_pricer_compute`?"


def test_manifests_hold_everything_that_a_node_depends_on(chain: Sandbox) -> None:
    workspace = chain.open()
    world = workspace._world()
    found = workspace.survey()

    made = manifests(found, world, workspace.settings, Templates(world.templates))

    assert set(made) == {"money", "charger", "biller", "pricer", "."}
    labels = {name: [label for label, _ in it.entries] for name, it in made.items()}
    assert [it for it in labels["charger"] if it.startswith("interface")] == ["interface of money"]
    assert {
        "gates",
        "settings",
        "template contract.yaml.j2",
        "template header.py.j2",
        "tool omnibuild",
        "tool ruff",
    } <= set(labels["charger"])
    assert "template contract.yaml.j2" not in labels["money"]
    assert "template pyproject.toml.j2" in labels["."]


def test_decisions_come_from_manifests_traces_and_what_is_there(chain: Sandbox) -> None:
    chain.build()
    chain.remove("out/src/acme/shared/money/model_amount.py")
    chain.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    workspace = chain.open()
    world = workspace._world()

    found = decisions(workspace.survey(), world, workspace.settings, Templates(world.templates))

    assert {name: it.status for name, it in found.items()} == {
        "money": Status.RESTORED,
        "charger": Status.UP_TO_DATE,
        "biller": Status.UP_TO_DATE,
        "pricer": Status.BUILT,
        ".": Status.UP_TO_DATE,
    }
    assert found["money"].because == ("src/acme/shared/money/model_amount.py is missing",)


def test_a_topic_of_another_node_is_in_the_manifest(make: Make) -> None:
    listener = PRICER.replace("pricer", "listener") + "events: {consumes: [pricer]}\n"
    sandbox = make({"specs/pricer.yaml": PRICER, "specs/listener.yaml": listener})
    sandbox.build()
    sandbox.replace("specs/pricer.yaml", "tags: [pricing]", "version: 2.0.0")

    report = sandbox.build()

    assert report.outcomes["listener"].because == ("topics changed",)
    assert "onex.evt.acme.pricer-completed.v2" in sandbox.read("out/src/acme/nodes/node_listener_compute/contract.yaml")


@pytest.mark.parametrize("text", ["node: charger\nkind: [\n", "\n- a list\n"])
def test_what_may_stand_in_a_file_that_cannot_be_read_is_no_problem_of_others(chain: Sandbox, text: str) -> None:
    chain.write("specs/charger.yaml", text)

    found = chain.open().survey()

    assert not found.whole
    assert [place(found.place(it)).partition(":")[0] for it in found.problems] == ["specs/charger.yaml"]
    assert (found.graph.order, found.skipped) == (("money", "pricer"), frozenset({"biller"}))


def test_what_stands_nowhere_is_a_problem_if_all_can_be_read(chain: Sandbox) -> None:
    chain.remove("specs/charger.yaml")

    found = chain.open().survey()

    assert found.whole
    assert [it.code for it in found.problems] == ["unknown-reference"]


def test_nothing_is_left_over_while_a_file_cannot_be_read(chain: Sandbox) -> None:
    chain.build()
    chain.write("specs/charger.yaml", "node: charger\nkind: [\n")

    assert told(chain.check()) == [("specs/charger.yaml:3:1", "yaml")]


CALLING_BODY = f"from acme.nodes.node_pricer_compute.handlers import HandlerPricer\n{BILLER_BODY}"


def entries(sandbox: Sandbox, node: str, mode: Mode = Mode.FAST) -> dict[str, str]:
    workspace = sandbox.open(mode)
    world = workspace._world()
    found = workspace.survey()
    return dict(manifests(found, world, workspace.settings, Templates(world.templates))[node].entries)


def test_whose_body_runs_another_node_depends_on_all_of_it(chain: Sandbox) -> None:
    chain.write("specs/biller.py", CALLING_BODY)
    before = entries(chain, "biller")
    chain.replace("specs/pricer.yaml", "quantity * price", "price * quantity")

    after = entries(chain, "biller")

    assert {label for label in after if before.get(label) != after[label]} == {"code of pricer"}
    assert "code of charger" not in after


def test_what_the_called_node_runs_counts_too(chain: Sandbox) -> None:
    chain.write("specs/biller.py", CALLING_BODY)
    seller = BILLER.replace("biller", "seller").replace("bill:", "sale:")
    chain.write("specs/seller.yaml", seller)
    called = CALLING_BODY.replace("Biller", "Seller").replace("node_biller", "node_seller").replace(".bill", ".sale")
    chain.write(
        "specs/seller.py", called.replace("HandlerPricer", "HandlerBiller").replace("pricer_compute", "biller_effect")
    )
    before = entries(chain, "seller")["code of biller"]
    chain.replace("specs/pricer.yaml", "quantity * price", "price * quantity")

    assert entries(chain, "seller")["code of biller"] != before


def test_models_alone_leave_a_body_with_the_interface(chain: Sandbox) -> None:
    models = "from acme.nodes.node_pricer_compute import models\nfrom acme.shared import money\n"
    chain.write("specs/biller.py", f"{models}{BILLER_BODY}")

    needs = chain.open().survey().graph.needs["biller"]

    assert [(it.node, it.why) for it in needs] == [("charger", "models"), ("money", "models"), ("pricer", "models")]
    assert not [it for it in entries(chain, "biller") if it.startswith("code of")]


def test_a_package_may_be_imported_by_its_name(chain: Sandbox) -> None:
    chain.write("specs/biller.py", f"from acme.nodes import node_charger_compute, node_pricer_compute\n{BILLER_BODY}")

    needs = chain.open().survey().graph.needs["biller"]

    assert [(it.node, it.why) for it in needs] == [("charger", "body"), ("pricer", "body")]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("import acme", "acme"),
        ("import acme.nodes", "acme.nodes"),
        ("import acme.shared as given", "acme.shared"),
        ("from acme import nodes", "acme.nodes"),
        ("from acme.shared import *", "acme.shared"),
    ],
)
def test_a_body_says_what_it_imports(chain: Sandbox, line: str, path: str) -> None:
    chain.write("specs/biller.py", f"{line}\n{BILLER_BODY}")

    (problem,) = chain.open().survey().problems

    assert (problem.message, problem.at) == (
        f"`{path}` as a whole does not say what of it is needed",
        Place("specs/biller.py", 1, 1),
    )
    assert problem.hint == f"import the names: `from {path}.… import …`"


def test_own_modules_behind_a_body_are_in_its_manifest(chain: Sandbox) -> None:
    chain.write("rates.py", "from tables import FULL\n")
    chain.write("src/tables.py", "FULL = 1\n")
    chain.write("specs/biller.py", f"from rates import FULL\n{BILLER_BODY}")
    before = entries(chain, "biller")
    chain.write("src/tables.py", "FULL = 2\n")

    after = entries(chain, "biller")

    assert {label for label in after if before.get(label) != after[label]} == {"code tables"}
    assert "code rates" in after


def test_what_the_trial_runs_with_is_in_the_manifest(chain: Sandbox) -> None:
    chain.write("omnibuild.toml", f'{TOML}dependencies = ["pydantic>=2", "not-installed-here"]\n')

    found = entries(chain, "pricer", Mode.BALANCED)

    assert {"tool jinja2", "tool pyyaml", "tool pytest", "tool hypothesis"} <= set(found)
    assert found["installed not-installed-here"] == "none"
    assert found["installed pydantic>=2"] == version("pydantic")
    assert not [it for it in entries(chain, "pricer", Mode.FAST) if it.startswith("installed")]


def test_what_is_explained_is_what_changed_since_the_last_build(chain: Sandbox) -> None:
    assert chain.build().ok
    chain.replace("specs/pricer.yaml", "Price a number", "Price some")
    assert chain.build().ok
    chain.replace("specs/pricer.yaml", "Price some", "Price a number")
    assert chain.build().outcomes["pricer"].status is Status.RESTORED
    chain.replace("specs/pricer.yaml", "quantity * price", "price * quantity")

    assert chain.build().outcomes["pricer"].because == ("spec.logic changed",)
