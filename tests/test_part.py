"""After a small change only what it is about is read, and the tree is that of a whole build."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from omnibuild import build, noop
from omnibuild.__main__ import run
from omnibuild.core.values import Report
from tests.workspaces import CHAIN, Sandbox, workspace

FAST = '[workspace]\npackage = "acme"\n[build]\nmode = "fast"\n[gates]\nG7 = "off"\nG8 = "off"\n'
FILES = {**CHAIN, "omnibuild.toml": FAST}
TESTER = """\
node: tester
kind: compute
description: Price twice, by the other's own code.
input: {quantity: int}
output: {total: Decimal}
"""
TESTER_BODY = """\
from decimal import Decimal

from acme.nodes.node_pricer_compute.handlers import HandlerPricer
from acme.nodes.node_pricer_compute.models import ModelPricerInput
from acme.nodes.node_tester_compute.models import ModelTesterInput, ModelTesterOutput


def handle(request: ModelTesterInput) -> ModelTesterOutput:
    asked = ModelPricerInput(quantity=request.quantity, price=Decimal(2))
    return ModelTesterOutput(total=HandlerPricer().handle(asked).total)
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    made = workspace(tmp_path / "w", {**FILES, "specs/tester.yaml": TESTER, "specs/tester.py": TESTER_BODY})
    assert run(["-C", str(made.root), "build"]) == 0
    return made


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Report | None]]:
    """Return what came of every build of a part that was tried."""
    found: list[Report | None] = []
    whole: Callable[..., Report | None] = build.build_part

    def told(*arguments: Any) -> Report | None:
        found.append(whole(*arguments))
        return found[-1]

    monkeypatch.setattr(build, "build_part", told)
    yield found
    monkeypatch.undo()


def clean(sandbox: Sandbox, folder: Path) -> dict[str, str]:
    """Return what a whole build of the same sources makes elsewhere."""
    shutil.copytree(sandbox.root, folder, ignore=shutil.ignore_patterns("out", "cache"))
    other = Sandbox(folder)
    assert other.build(mode=None).ok
    return other.tree()


def in_step(sandbox: Sandbox, folder: Path) -> None:
    assert sandbox.tree() == clean(sandbox, folder)
    assert noop.answer(["-C", str(sandbox.root), "build"]) == "5 nodes: 5 up-to-date\n"


SMALL = {
    "an expression": (
        "specs/pricer.yaml",
        "quantity * price",
        "price * quantity",
        {"pricer": "built", "tester": "built"},
    ),
    "an example": ("specs/pricer.yaml", "two pieces", "2 pieces", {"pricer": "built", "tester": "built"}),
    "a body": ("specs/biller.py", "value > 0", "value > 1", {"biller": "built"}),
    "a comment": ("specs/charger.yaml", "kind: compute", "kind: compute  # why", {"charger": "up-to-date"}),
    "a policy": ("specs/charger.yaml", "domain:", "policy: {timeout: 5s}\ndomain:", {"charger": "built"}),
}


@pytest.mark.parametrize(("file", "old", "new", "outcomes"), SMALL.values(), ids=SMALL.keys())
def test_a_small_change_is_built_alone(  # noqa: PLR0917 - the cases have four columns
    sandbox: Sandbox,
    parts: list[Report | None],
    tmp_path: Path,
    file: str,
    old: str,
    new: str,
    outcomes: dict[str, str],
) -> None:
    sandbox.replace(file, old, new)
    before = sandbox.times()

    assert run(["-C", str(sandbox.root), "build"]) == 0

    (report,) = parts
    assert report is not None
    assert {name: it.status.value for name, it in report.outcomes.items()} == outcomes
    changed = {file for file, time in sandbox.times().items() if before.get(file) != time} - {noop.LEDGER}
    homes = tuple(f"src/acme/nodes/node_{name}_" for name, it in outcomes.items() if it == "built")
    assert all(it.startswith(homes) for it in changed)
    in_step(sandbox, tmp_path / "other")
    sandbox.replace(file, new, old)
    assert run(["-C", str(sandbox.root), "build"]) == 0
    assert len(parts) == 2
    in_step(sandbox, tmp_path / "again")


def test_a_first_example_brings_files_of_its_own(sandbox: Sandbox, tmp_path: Path) -> None:
    example = "examples: [{input: {amount: {value: 1, currency: EUR}}, output: {charged: {value: 2, currency: EUR}}}]"
    sandbox.replace("specs/charger.yaml", "domain:", f"{example}\ndomain:")
    assert run(["-C", str(sandbox.root), "build"]) == 0
    assert sandbox.tree() == clean(sandbox, tmp_path / "other")
    assert run(["-C", str(sandbox.root), "build"]) == 0
    in_step(sandbox, tmp_path / "again")


def test_code_that_others_refer_to_is_no_small_change(sandbox: Sandbox, parts: list[Report | None]) -> None:
    config = 'model_config = ConfigDict(frozen=True, extra="forbid")'
    more = f"from pydantic import BaseModel, ConfigDict\n\n\nclass Same(BaseModel):\n    {config}\n    a: int\n"
    sandbox.write("specs/biller.py", f"{CHAIN['specs/biller.py']}\n\n{more}")
    sandbox.write("specs/things.yaml", 'shared: things\ndescription: Things.\nmodels: {Same: "specs.biller:Same"}\n')
    assert run(["-C", str(sandbox.root), "build"]) == 0
    sandbox.replace("specs/biller.py", "class Same", "class Other")
    assert run(["-C", str(sandbox.root), "build"]) == 1
    assert parts == []


@pytest.mark.parametrize("events", ["external: [onex.evt.other.done.v1]", "publishes: [onex.evt.acme.priced.v1]"])
def test_topics_are_judged_over_all_nodes(sandbox: Sandbox, parts: list[Report | None], events: str) -> None:
    sandbox.replace("specs/pricer.yaml", "tags:", f"events: {{{events}}}\ntags:")
    assert run(["-C", str(sandbox.root), "build"]) == 0
    sandbox.replace("specs/pricer.yaml", f"events: {{{events}}}\n", "")
    assert run(["-C", str(sandbox.root), "build"]) == 0
    assert [it for it in parts if it] == []


WIDE = {
    "a field": ("specs/pricer.yaml", "quantity: int", "quantity: int, note: {type: str, default: none}"),
    "a description": ("specs/pricer.yaml", "Price a number", "Price some"),
    "a version": ("specs/charger.yaml", "kind: compute", "kind: compute\nversion: 2.0.0"),
    "a domain": ("specs/charger.yaml", "domain: sales", "domain: sale"),
    "a shared model": ("specs/money.yaml", "[EUR, USD]", "[EUR, USD, CHF]"),
    "tags": ("specs/biller.yaml", "[billing]", "[bills]"),
}


@pytest.mark.parametrize(("file", "old", "new"), WIDE.values(), ids=WIDE.keys())
def test_what_others_see_leads_to_the_whole_build_or_changes_nothing_else(
    sandbox: Sandbox, tmp_path: Path, file: str, old: str, new: str
) -> None:
    sandbox.replace(file, old, new)
    assert run(["-C", str(sandbox.root), "build"]) == 0
    in_step(sandbox, tmp_path / "other")


@pytest.mark.parametrize(("file", "old", "new"), list(WIDE.values())[:5], ids=list(WIDE)[:5])
def test_what_others_see_is_no_small_change(
    sandbox: Sandbox, parts: list[Report | None], file: str, old: str, new: str
) -> None:
    sandbox.replace(file, old, new)
    assert run(["-C", str(sandbox.root), "build"]) == 0
    assert parts in ([], [None])


def test_a_spec_that_breaks_and_is_mended(sandbox: Sandbox, tmp_path: Path, parts: list[Report | None]) -> None:
    before = sandbox.tree()
    sandbox.replace("specs/pricer.yaml", "quantity * price", "quantity * prize")
    assert run(["-C", str(sandbox.root), "build"]) == 1
    assert sandbox.tree() == before
    sandbox.replace("specs/pricer.yaml", "quantity * prize", "price * 2 * quantity")
    assert run(["-C", str(sandbox.root), "build"]) == 0
    assert sandbox.tree() == clean(sandbox, tmp_path / "other")
    assert len(parts) == 2


def test_a_file_that_appears_is_seen(sandbox: Sandbox, parts: list[Report | None]) -> None:
    sandbox.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    sandbox.write("specs/extra.yaml", CHAIN["specs/pricer.yaml"].replace("node: pricer", "node: extra"))
    assert run(["-C", str(sandbox.root), "build"]) == 0
    assert (sandbox.out / "src/acme/nodes/node_extra_compute/node.py").is_file()
    assert parts == []


def test_an_edit_of_the_output_is_seen(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    sandbox.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    file = sandbox.out / "src/acme/nodes/node_charger_compute/node.py"
    file.write_text("# mine\n")
    assert run(["-C", str(sandbox.root), "build"]) == 1
    assert "was edited by hand" in capsys.readouterr().out
    assert file.read_text() == "# mine\n"


@pytest.mark.parametrize("damage", ["gone", "cut", "another"])
def test_without_its_memory_the_whole_is_built(sandbox: Sandbox, parts: list[Report | None], damage: str) -> None:
    memory = sandbox.root / "cache/memory"
    match damage:
        case "gone":
            memory.unlink()
        case "cut":
            memory.write_bytes(memory.read_bytes()[:-1])
        case _:
            data = bytearray(memory.read_bytes())
            data[-1] ^= 1
            memory.write_bytes(data)
    sandbox.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    assert run(["-C", str(sandbox.root), "build"]) == 0
    assert parts == []


def test_a_change_between_the_look_and_the_build_is_not_lost(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    whole = build.build_part

    def late(*arguments: Any) -> Report | None:
        sandbox.replace("specs/charger.yaml", "amount.value * 2", "amount.value * 3")
        return whole(*arguments)

    monkeypatch.setattr(build, "build_part", late)
    assert run(["-C", str(sandbox.root), "build"]) == 0
    monkeypatch.undo()
    assert noop.answer(["-C", str(sandbox.root), "build"]) is None
    assert run(["-C", str(sandbox.root), "build"]) == 0
    in_step(sandbox, tmp_path / "other")
