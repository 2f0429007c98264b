from __future__ import annotations

import json

import pytest

from omnibuild import noop
from omnibuild.core.values import Level, Problem, Report, Status
from tests.conftest import Make
from tests.workspaces import Sandbox, place, statuses

CONTRACT = """\
name: node_stock_compute
node_type: compute
contract_version: {major: 1, minor: 0, patch: 0}
node_version: {major: 1, minor: 0, patch: 0}
description: Say what is in stock.
terminal_event: onex.evt.acme.stock-told.v1
metadata: {transport_type: kafka}
"""
FILE = "src/shop/nodes/node_stock_compute/contract.yaml"
SPEC = f"""\
node: stock
kind: compute
version: 1.0.0
description: Say what is in stock.
adopted:
  from: {FILE}
  terminal: onex.evt.acme.stock-told.v1
contract:
  metadata: {{transport_type: kafka}}
"""


def found(report: Report) -> list[Problem]:
    return [it for it in report.problems if it.code == "G19"]


@pytest.fixture
def stock(make: Make) -> Sandbox:
    return make({"specs/stock.yaml": SPEC, FILE: CONTRACT})


def test_an_original_that_says_the_same_is_fine(stock: Sandbox) -> None:
    report = stock.build()
    assert (report.ok, report.problems) == (True, ())
    stock.write(FILE, "# another comment, and another order\n" + "\n".join(reversed(CONTRACT.splitlines())))
    assert found(stock.build()) == []


def test_an_edit_past_the_spec_is_told_until_one_of_the_two_gives_way(stock: Sandbox) -> None:
    stock.build()
    stock.replace(FILE, "kafka", "http")
    stock.replace(FILE, "terminal_event: onex.evt.acme.stock-told.v1\n", "")

    report = stock.build()

    [problem] = found(report)
    assert (report.ok, problem.level, place(problem)) == (True, Level.WARN, "specs/stock.yaml:6:9")
    assert problem.message == (
        f"{FILE} and the spec say different things: "
        '`metadata.transport_type` is `"http"` there, `"kafka"` in the spec; `terminal_event` is only in the spec'
    )
    assert "out/src/acme/nodes/node_stock_compute/contract.yaml is what the spec says" in problem.hint
    assert found(stock.build()) == [problem], "it is told in every build"
    text = (stock.root / "out/src/acme/nodes/node_stock_compute/contract.yaml").read_text()
    stock.write(FILE, text)
    assert found(stock.build()) == []


def test_the_original_is_an_input_of_the_quick_answer(stock: Sandbox) -> None:
    stock.command("build")
    arguments = ["-C", str(stock.root), "build", "--json"]
    answer = noop.answer(arguments)
    assert answer is not None
    assert json.loads(answer)["nodes"]["up_to_date"] == 1
    stock.replace(FILE, "kafka", "http!")
    assert noop.answer(arguments) is None


def test_an_edit_rebuilds_its_node_alone(make: Make) -> None:
    stock = make(
        {
            "specs/stock.yaml": SPEC,
            FILE: CONTRACT,
            "specs/other.yaml": SPEC.replace("stock\n", "other\n", 1).replace(f"  from: {FILE}\n", ""),
        }
    )
    stock.build()
    stock.replace(FILE, "kafka", "http")
    assert statuses(stock.build()) == {"stock": Status.BUILT, "other": Status.UP_TO_DATE}


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "", f"a: {'[' * 9000}{']' * 9000}"])
def test_an_original_that_is_none_any_more(stock: Sandbox, text: str) -> None:
    stock.write(FILE, text)
    [problem] = found(stock.build())
    assert problem.message == f"{FILE} holds no mapping any more"


def test_an_original_that_is_gone(stock: Sandbox) -> None:
    (stock.root / FILE).unlink()
    [problem] = stock.build().problems
    assert (problem.code, problem.level, place(problem)) == ("G19", Level.WARN, "specs/stock.yaml:6:9")
    assert problem.message == f"there is no {FILE} that could be read"
    assert problem.hint == "remove `from` if the generated contract has taken its place"
    stock.write("omnibuild.toml", '[workspace]\npackage = "acme"\n[gates]\nG19 = "block"\n')
    assert not stock.check().ok
    stock.write(FILE, CONTRACT)
    assert stock.check().ok


def test_what_a_spec_holds_as_text_only_is_no_difference(make: Make) -> None:
    contract = f"\ufeff{CONTRACT}since: 2024-01-01\nlabels: {{on: 1, 2: two}}\n"
    spec = f"{SPEC}  since: '2024-01-01'\n  labels: {{'on': 1, '2': two}}\n"
    stock = make({"specs/stock.yaml": spec, FILE: contract})
    assert stock.build().problems == ()
    stock.replace(FILE, "2024-01-01", "2024-13-45")
    [problem] = found(stock.build())
    assert problem.message.endswith('things: `since` is `"2024-13-45"` there, `"2024-01-01"` in the spec')


def test_true_is_not_1(make: Make) -> None:
    stock = make({"specs/stock.yaml": f"{SPEC}  live: true\n", FILE: f"{CONTRACT}live: true\n"})
    assert stock.build().problems == ()
    stock.replace(FILE, "true", "1")
    assert len(found(stock.build())) == 1


def test_a_check_that_is_blocked_does_not_call_the_files_of_the_node_left_over(stock: Sandbox) -> None:
    stock.build()
    stock.write("omnibuild.toml", '[workspace]\npackage = "acme"\n[gates]\nG19 = "block"\n')
    stock.replace(FILE, "kafka", "http")

    assert [it.code for it in stock.check().problems] == ["G19"]


def test_of_many_differences_the_first_are_told(stock: Sandbox) -> None:
    stock.write(FILE, CONTRACT + "".join(f"key_{number}: {number}\n" for number in range(7)))
    [problem] = found(stock.build())
    assert problem.message.endswith("`key_3` is only there; and 3 more")
