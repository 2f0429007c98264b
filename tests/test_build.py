"""The build as its users see it: what it makes, when it makes it again, and what it leaves alone."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from omnibuild import Workspace
from omnibuild.build import Options, build
from omnibuild.core.events import BuildStarted, Event, NodeAssembled, NodeFinished, StepStarted
from omnibuild.core.ports import Trial
from omnibuild.core.values import Finding, Level, Mode, Status
from omnibuild.graph.selection import closure, dependents
from tests.conftest import Make
from tests.workspaces import BILLER_BODY, CHAIN, PRICER, TOML, Sandbox, blocking, built, place, statuses, told

HOME = "src/acme/nodes/node_pricer_compute"


def every(sandbox: Sandbox, status: Status) -> dict[str, Status]:
    return dict.fromkeys(sandbox.open().survey().graph.order, status)


# ------------------------------------------------------------------------- the repository's own specs


def test_a_second_build_of_the_repository_finds_everything_up_to_date(repository: Sandbox) -> None:
    before = repository.times()

    report = repository.build(mode=Mode.BALANCED)

    assert report.ok
    assert statuses(report) == every(repository, Status.UP_TO_DATE)
    assert len(report.outcomes) >= 7
    assert repository.times() == before
    assert (report.written, report.removed) == ((), ())


def test_a_lost_output_is_restored_from_the_cache(repository: Sandbox) -> None:
    before = repository.tree()
    repository.remove("out")

    report = repository.build(mode=Mode.BALANCED)

    assert statuses(report) == every(repository, Status.RESTORED)
    assert repository.tree() == before
    assert set(report.written) == set(before) - {".omnibuild.json"}


def test_a_build_without_cache_gives_the_same_bytes(repository: Sandbox) -> None:
    before = repository.tree()
    repository.remove("out", "cache/store", "cache/stage", "cache/stage.json")

    report = repository.build(mode=Mode.BALANCED)

    assert statuses(report) == every(repository, Status.BUILT)
    assert repository.tree() == before


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_order_of_python_s_sets_changes_nothing(repository: Sandbox, seed: str) -> None:
    before = repository.tree()
    repository.remove("out", "cache")

    done = repository.command("build", "--mode", "fast", PYTHONHASHSEED=seed)

    assert done.returncode == 0, done.stdout + done.stderr
    assert repository.tree() == before


def test_the_command_says_what_python_says(repository: Sandbox) -> None:
    done = repository.command("build", "--json")

    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["status"] == "ok"
    assert answer["problems"] == []
    total = len(repository.open().survey().graph.order)
    counts = {"built": 0, "restored": 0, "up_to_date": total, "failed": 0, "skipped": 0}
    assert answer["nodes"] == {"total": total, **counts}
    assert {name: it["outcome"] for name, it in answer["outcomes"].items()} == {
        name: status.value for name, status in every(repository, Status.UP_TO_DATE).items()
    }


def test_a_new_field_of_money_rebuilds_those_who_see_it(repository: Sandbox) -> None:
    repository.build()
    new = "models:\n  Amount:\n    note: {type: str, default: ''}\n"
    repository.replace("specs/money.yaml", "models:\n  Amount:\n", new)
    graph = repository.open().survey().graph

    explained = {name: repository.open().explain(name) for name in graph.order}
    report = repository.build()

    assert report.ok
    assert built(report) == closure({"money"}, dependents(graph))
    assert [str(it) for it in explained["money"].differences] == ["spec.models changed"]
    assert explained["order_pricer"].chains == (("order_pricer", "money"),)
    assert ("order_validator", "order_pricer", "money") in explained["order_validator"].chains
    assert {name for name, it in explained.items() if it.differences} == built(report)


# ----------------------------------------------------------------------------------- what is built again


def test_a_first_build_builds_everything(chain: Sandbox) -> None:
    report = chain.build()

    assert report.ok
    assert {(it.status, it.because) for it in report.outcomes.values()} == {(Status.BUILT, ("it was never built",))}
    assert report.outcomes["pricer"].files == sum(path.startswith(f"{HOME}/") for path in chain.tree())
    assert set(report.written) == set(chain.tree()) - {".omnibuild.json"}


def test_nothing_is_done_twice(chain: Sandbox) -> None:
    chain.build()
    before = chain.times()

    report = chain.build()

    assert statuses(report) == every(chain, Status.UP_TO_DATE)
    assert chain.times() == before


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("pricer.yaml", "quantity * price", "price * quantity", "pricer: spec.logic changed"),
        ("charger.yaml", "amount.value * 2", "amount.value * 3", "charger: spec.logic changed"),
        ("charger.yaml", "Charge an amount", "Ask for an amount", "charger: spec.description changed"),
        ("charger.yaml", "domain: sales\n", "domain: sales\ntags: [dear]\n", "charger: spec.tags is new"),
        ("money.yaml", "Amounts of money.", "Money, in amounts.", "money: spec.description changed"),
        ("money.yaml", "[EUR, USD]", "{EUR: the euro, USD: the dollar}", "money: spec.enums changed"),
        ("biller.py", "> 0", ">= 0", "biller: body changed"),
    ],
)
def test_a_change_that_no_other_node_sees_rebuilds_one_node(
    chain: Sandbox, file: str, old: str, new: str, told: str
) -> None:
    node, _, because = told.partition(": ")
    chain.build()
    chain.replace(f"specs/{file}", old, new)

    plan = chain.open().plan()
    report = chain.build()

    assert report.ok
    assert built(report) == {node}
    assert report.outcomes[node].because == (because,)
    assert plan.decisions[node].because == (because,)
    assert {it.status for name, it in plan.decisions.items() if name not in (node, ".")} == {Status.UP_TO_DATE}
    assert all(node in path for path in report.written if path != "README.md")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "money.yaml",
            "currency: Currency}",
            "currency: Currency, note: {type: str, default: ''}}",
            {"money", "charger", "biller"},
        ),
        ("money.yaml", "[EUR, USD]", "[EUR, USD, GBP]", {"money", "charger", "biller"}),
        ("money.yaml", "value: Decimal", "value: {type: Decimal, ge: 0}", {"money", "charger", "biller"}),
        (
            "charger.yaml",
            "amount: money.Amount}",
            "amount: money.Amount, times: {type: int, default: 2}}",
            {"charger", "biller"},
        ),
        ("charger.yaml", "domain: sales", "domain: finance", {"charger", "biller"}),
        ("charger.yaml", "domain: sales", "domain: sales\nversion: 2.0.0", {"charger", "biller"}),
        ("charger.yaml", "domain: sales", "domain: sales\nversion: 1.0.1", {"charger"}),
        ("biller.yaml", "sent: bool", "sent: bool | None", {"biller"}),
    ],
)
def test_a_change_of_what_others_see_rebuilds_them(
    chain: Sandbox, file: str, old: str, new: str, expected: set[str]
) -> None:
    chain.build()
    chain.replace(f"specs/{file}", old, new)

    report = chain.build()

    assert report.ok
    assert built(report) == expected
    assert statuses(report)["pricer"] is Status.UP_TO_DATE


def test_explain_leads_to_the_change_that_is_behind_it(chain: Sandbox) -> None:
    chain.build()
    chain.replace("specs/money.yaml", "value: Decimal", "value: {type: Decimal, ge: 0}")

    found = chain.open().explain("biller")

    assert found.decision.status is Status.BUILT
    assert [str(it) for it in found.differences] == ["interface of charger changed"]
    assert found.chains == (("biller", "charger", "money"),)


def test_explain_of_what_need_not_be_built(chain: Sandbox) -> None:
    chain.build()

    found = chain.open().explain("biller")

    assert (found.decision.status, found.differences, found.chains) == (Status.UP_TO_DATE, (), ())
    assert [label for label, _ in found.decision.manifest.entries][:8] == [
        "spec.description",
        "spec.input",
        "spec.kind",
        "spec.node",
        "spec.output",
        "spec.tags",
        "body",
        "interface of charger",
    ]


def test_the_other_way_of_writing_the_same_rebuilds_nothing(chain: Sandbox) -> None:
    chain.build()
    chain.replace("specs/pricer.yaml", "tags: [pricing]", "# A comment.\ntags:\n  - pricing")

    assert statuses(chain.build()) == every(chain, Status.UP_TO_DATE)


def test_a_spec_may_move_to_another_file(chain: Sandbox) -> None:
    chain.build()
    (chain.root / "specs" / "sales").mkdir()
    (chain.root / "specs" / "charger.yaml").rename(chain.root / "specs" / "sales" / "charging.yaml")

    assert statuses(chain.build()) == every(chain, Status.UP_TO_DATE)


def test_going_back_restores_what_was_built_before(chain: Sandbox) -> None:
    chain.build()
    before = chain.tree()
    chain.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    chain.build()
    chain.replace("specs/pricer.yaml", "price * quantity", "quantity * price")

    report = chain.build()

    assert statuses(report) == {**every(chain, Status.UP_TO_DATE), "pricer": Status.RESTORED}
    assert chain.tree() == before


def test_a_new_node_leaves_the_others_alone(chain: Sandbox) -> None:
    chain.build()
    chain.write("specs/doubler.yaml", PRICER.replace("pricer", "doubler"))

    report = chain.build()

    assert built(report) == {"doubler"}
    assert {path for path in report.written if "doubler" not in path} == {"README.md", "pyproject.toml"}


# -------------------------------------------------------------------------------------------- modes


def test_every_mode_gives_the_same_bytes(checked: Make) -> None:
    sandbox = checked({**CHAIN})
    sandbox.build(mode=Mode.FAST)
    fast = sandbox.tree()
    before = sandbox.times()

    balanced = sandbox.build(mode=Mode.BALANCED)

    assert balanced.ok
    assert built(balanced) == set(balanced.outcomes)
    assert balanced.outcomes["pricer"].because == ("gates changed",)
    assert sandbox.tree() == fast
    assert sandbox.times() == before


def test_fast_does_not_compile_and_balanced_does(checked: Make) -> None:
    steps: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, StepStarted):
            steps.append(event.step)

    sandbox = checked({"specs/pricer.yaml": PRICER.replace('"10.00"', '"11.00"')})

    assert Workspace.open(sandbox.root, mode="fast", listen=listen).build().ok
    assert "compile" not in steps
    report = Workspace.open(sandbox.root, mode="balanced", listen=listen).build()
    assert "compile" in steps
    assert told(report) == [("specs/pricer.yaml:12:21", "G15")]


def test_strict_blocks_on_what_balanced_warns_of(checked: Make) -> None:
    described = re.sub(r"(?m)^description: .*", "description: Prices.", PRICER)
    sandbox = checked({"specs/pricer.yaml": described})

    assert {it.level for it in sandbox.build(mode=Mode.BALANCED).problems} == {Level.WARN}
    report = sandbox.build(mode=Mode.STRICT)
    assert not report.ok
    # What G8 says is advice in every mode.
    assert {(it.code, it.level) for it in report.problems} == {("G7", Level.BLOCK), ("G8", Level.WARN)}


def test_warnings_are_told_again_when_nothing_is_built(chain: Sandbox) -> None:
    first, second = chain.build(), chain.build()

    assert first.problems
    assert second.problems == first.problems
    assert {it.code for it in second.problems} == {"G7", "G8"}


# ---------------------------------------------------------------------------------------- selectors


def test_a_selector_builds_what_it_picks_and_what_that_needs(chain: Sandbox) -> None:
    report = chain.build("charger")

    assert statuses(report) == {"money": Status.BUILT, "charger": Status.BUILT}
    folders = {"/".join(path.split("/")[2:4]) for path in report.written if path.count("/") > 3}
    assert folders == {"nodes/node_charger_compute", "shared/money"}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("pricer", {"pricer"}),
        ("charger+", {"money", "charger", "biller"}),
        ("+charger", {"money", "charger"}),
        ("tag:billing", {"money", "charger", "biller"}),
        ("kind:compute", {"money", "charger", "pricer"}),
        ("domain:sales", {"money", "charger"}),
        ("kind:shared", {"money"}),
    ],
)
def test_selectors(chain: Sandbox, selector: str, expected: set[str]) -> None:
    assert set(chain.build(selector).outcomes) == expected


def test_a_selection_leaves_the_files_of_others_alone(chain: Sandbox) -> None:
    chain.build()
    before = chain.tree()
    chain.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    chain.replace("specs/charger.yaml", "value * 2", "value * 3")
    chain.remove("specs/biller.yaml", "specs/biller.py")

    report = chain.build("charger")

    assert built(report) == {"charger"}
    assert report.removed == ()
    after = chain.tree()
    assert set(after) == set(before)
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {
        ".omnibuild.json",
        "README.md",
        "pyproject.toml",
        "src/acme/nodes/node_charger_compute/handlers/handler_charger.py",
    }


def test_a_selection_is_not_built_while_another_spec_is_broken(chain: Sandbox) -> None:
    chain.replace("specs/pricer.yaml", "quantity: int", "quantity: integer")

    report = chain.build("charger")

    assert report.outcomes["charger"].because == ("it was never built", "nothing is written while there are problems")
    assert told(report) == [("specs/pricer.yaml:5:19", "type")]
    assert not chain.out.exists()


def test_an_unknown_selector_is_told_with_the_nearest_name(chain: Sandbox) -> None:
    report = chain.build("charjer")

    assert [(it.message, it.hint) for it in report.problems] == [
        ("there is no node `charjer`", "did you mean `charger`?")
    ]
    assert not chain.out.exists()


# ------------------------------------------------------------------------------------------- events


def test_a_listener_is_told_what_happens(chain: Sandbox) -> None:
    events: list[Event] = []

    Workspace.open(chain.root, mode="fast", listen=events.append).build()

    assert events[:2] == [StepStarted("read"), BuildStarted(4)]
    assert StepStarted("assemble", 5) in events
    assert [it.node for it in events if isinstance(it, NodeAssembled)] == ["money", "charger", "biller", "pricer", "."]
    assert [it.outcome.node for it in events if isinstance(it, NodeFinished)] == [
        "money",
        "charger",
        "biller",
        "pricer",
    ]


# -------------------------------------------------------------------- what the type checker finds


def test_a_type_error_in_a_body_is_told_at_its_own_place(checked: Make) -> None:
    body = "# Bills.\n\n" + BILLER_BODY.replace("charged.value > 0", "charged.value > None")
    sandbox = checked({**CHAIN, "specs/biller.py": body})

    report = sandbox.build(mode=Mode.BALANCED)

    problems = [it for it in report.problems if it.code == "G13"]
    assert [place(it) for it in problems] == ["specs/biller.py:8:64"]
    assert body.splitlines()[7][63:] == "None)"
    assert problems[0].message == 'Unsupported operand types for > ("Decimal" and "None") [operator]'
    assert problems[0].node == "biller"
    assert not sandbox.out.exists()


class Grumbling:
    """A stage whose type checker does not like one text, wherever it stands; nothing is imported or run."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._files: Mapping[str, str] = {}

    def lay(self, files: Mapping[str, str]) -> None:
        self._files = files

    def checking_types(self, paths: Sequence[str]) -> AbstractContextManager[Callable[[], Sequence[Finding]]]:
        findings = [
            Finding(path, number, line.index(self._text) + 1, "operator", "I do not like it")
            for path in paths
            for number, line in enumerate(self._files[path].splitlines(), 1)
            if self._text in line
        ]
        return nullcontext(lambda: findings)

    def try_out(self, *_: object, **__: object) -> Trial:
        return Trial()


@pytest.mark.parametrize(
    ("text", "node", "where", "hint"),
    [
        ("request.quantity * request.price", "pricer", "pricer.yaml:8:10", "handlers/handler_pricer.py`, line 11"),
        ("request.amount.value * 2", "charger", "charger.yaml:8:12", "handlers/handler_charger.py`, line 12"),
        ("price: Decimal", "pricer", "pricer.yaml:5:31", "models/model_pricer_input.py`, line 14"),
        ('"quantity": 2', "pricer", "pricer.yaml:10:5", "tests/test_handler_pricer.py`, line 11"),
        ("amount: ModelAmount", "charger", "charger.yaml:5:17", "models/model_charger_input.py`, line 13"),
    ],
)
def test_what_the_type_checker_finds_is_told_where_the_spec_caused_it(
    chain: Sandbox, text: str, node: str, where: str, hint: str
) -> None:
    workspace = chain.open(Mode.BALANCED)
    world = replace(workspace._world(), stage=Grumbling(text))

    report, _ = build(world, workspace.settings, Options())

    (problem,) = blocking(report)
    assert (problem.code, problem.message, problem.node) == ("G13", "I do not like it [operator]", node)
    assert place(problem) == f"specs/{where}"
    assert problem.hint == f"seen in the generated `{hint}"
    assert not chain.out.exists()


def test_time_is_told_in_milliseconds(chain: Sandbox) -> None:
    start = time.perf_counter()
    report = chain.build()
    took = (time.perf_counter() - start) * 1000

    assert 0 < sum(it.ms for it in report.outcomes.values()) <= took


def test_a_workspace_without_specs_is_an_empty_package(make: Make, tmp_path: Path) -> None:
    sandbox = make({})

    report = sandbox.build()

    assert report.ok
    assert report.outcomes == {}
    assert set(sandbox.tree()) == {
        ".omnibuild.json",
        "README.md",
        "pyproject.toml",
        "src/acme/__init__.py",
        "src/acme/py.typed",
    }
    assert "onex.nodes" not in (tmp_path / "out" / "pyproject.toml").read_text()


# --------------------------------------------------------------------------------- a part of the workspace


def described(sandbox: Sandbox) -> set[str]:
    """Return the nodes that the package's own files tell of."""
    texts = [sandbox.read("out/pyproject.toml"), sandbox.read("out/README.md")]
    return {name for name in ("pricer", "charger", "biller") if any(f"node_{name}" in text for text in texts)}


def test_the_package_tells_of_nodes_that_are_there(chain: Sandbox) -> None:
    assert chain.build("pricer").ok
    assert described(chain) == {"pricer"}
    assert "acme/shared" not in " ".join(chain.tree())

    assert chain.build("charger").ok
    assert described(chain) == {"pricer", "charger"}

    assert chain.build().ok
    whole = chain.tree()
    assert described(chain) == {"pricer", "charger", "biller"}
    assert chain.build("pricer").ok
    assert chain.tree() == whole
    chain.remove("out", "cache")
    assert chain.build().ok
    assert chain.tree() == whole


def test_warnings_about_a_body_follow_it(chain: Sandbox) -> None:
    chain.write("omnibuild.toml", f'{TOML}[gates]\nG11 = "warn"\n')
    chain.write("specs/biller.py", f"import os\n{BILLER_BODY}")
    said = {(it.code, place(it)) for it in chain.build().problems if "biller.py" in place(it)}
    text, code = chain.read("specs/biller.yaml"), chain.read("specs/biller.py")
    chain.remove("specs/biller.yaml", "specs/biller.py")
    chain.write("specs/deep/biller.yaml", text)
    chain.write("specs/deep/biller.py", code)

    report = chain.build()

    assert said
    assert report.outcomes["biller"].status is Status.UP_TO_DATE
    moved = {(it.code, place(it)) for it in report.problems if "biller.py" in place(it)}
    assert moved == {(it, at.replace("specs/", "specs/deep/")) for it, at in said}
