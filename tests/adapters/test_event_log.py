from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from omnibuild.adapters.event_log import EventLog, about
from omnibuild.core.events import (
    BuildFinished,
    BuildStarted,
    NodeAssembled,
    NodeFinished,
    ProblemFound,
    StepStarted,
    ToolRan,
    Waiting,
)
from omnibuild.core.values import Level, Mode, Outcome, Place, Problem, Report, Status
from tests.conftest import Make
from tests.workspaces import PRICER, REPOSITORY, Sandbox

ABOUT = about("build", "fast", ("a+",), "1.2.3")


def fail(problem: Problem) -> None:
    raise AssertionError(problem)


def lines(folder: Path, name: str = "events.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines() if line]


def test_every_event_is_a_line(tmp_path: Path) -> None:
    ticks = iter([1.0, 3.5])
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
    problem = Problem("G7", "shört\nindeed", Place("specs/a.yaml", 3, 1), "say more", "a", Level.WARN)
    outcome = Outcome("a", Status.BUILT, ("spec.logic changed", "tool mypy changed"), 12, 3.25)
    report = Report({"a": outcome, "b": Outcome("b", Status.FAILED)}, (problem, Problem("x", "y")), ("f", "g"), ("h",))
    with EventLog(tmp_path, ABOUT, fail, clock=lambda: next(ticks), now=lambda: moment) as log:
        log(BuildStarted(2))
        log(StepStarted("assemble", 1))
        log(NodeAssembled("a", 3.25))
        log(ToolRan("mypy", 12.34567))
        log(NodeFinished(outcome))
        log(ProblemFound(Problem("cache", "damaged", level=Level.WARN)))
        log(BuildFinished(report))
    log(NodeFinished(outcome))

    found = lines(tmp_path)
    assert {(it["v"], it["at"]) for it in found} == {(1, "2026-01-02T03:04:05.678Z")}
    [build] = {it["build"] for it in found}
    assert re.fullmatch("[0-9a-f]{16}", build)
    said = [{key: value for key, value in it.items() if key not in ("v", "at", "build")} for it in found]
    facts = {"command": "build", "mode": "fast", "selectors": ["a+"], "omnibuild": "1.2.3"}
    assert said[0] == {"event": "build_started", **facts}
    assert said[1] == {"event": "nodes_selected", "nodes": 2}
    assert said[2] == {"event": "step_started", "step": "assemble", "nodes": 1}
    assert said[3] == {"event": "tool_ran", "tool": "mypy", "ms": 12.346}
    because = ["spec.logic changed", "tool mypy changed"]
    assert said[4] == {
        "event": "node_finished",
        "node": "a",
        "outcome": "built",
        "because": because,
        "files": 12,
        "ms": 3.25,
    }
    assert [it["code"] for it in said[5:8]] == ["cache", "G7", "x"]
    assert said[6] == {
        "event": "problem",
        "code": "G7",
        "level": "warn",
        "message": "shört\nindeed",
        "hint": "say more",
        "node": "a",
        "file": "specs/a.yaml",
        "line": 3,
        "column": 1,
    }
    assert said[8] == {
        "event": "build_finished",
        **facts,
        "outcome": "failed",
        "duration_ms": 2500.0,
        "nodes": {"total": 2, "built": 1, "restored": 0, "up_to_date": 0, "failed": 1, "skipped": 0},
        "problems": 1,
        "warnings": 1,
        "written": 2,
        "removed": 1,
    }
    assert len(said) == 9


def test_every_event_and_every_key_is_documented(checked: Make) -> None:
    sandbox = checked({"specs/pricer.yaml": PRICER, "specs/broken.yaml": "node: broken\n"})
    sandbox.build("pricer", mode=Mode.BALANCED)
    sandbox.build()
    document = (REPOSITORY / "docs/events.md").read_text()

    found = lines(sandbox.root / "cache")

    events = set(re.findall(r"^\| `(\w+)` \|", document, re.MULTILINE))
    assert {it["event"] for it in found} == events
    assert all(f"`{key}`" in document for it in found for key in it)
    steps = {it["step"] for it in found if it["event"] == "step_started"}
    assert steps == {"read", "decide", "assemble", "compile", "keep", "promote"}
    assert all(f"`{it}`" in document for it in steps)


def test_what_is_for_bars_only_is_not_noted(tmp_path: Path) -> None:
    with EventLog(tmp_path, ABOUT, fail) as log:
        log(Waiting())
        log(BuildFinished(Report({}, ())))

    assert [it["event"] for it in lines(tmp_path)] == ["build_started", "build_finished"]
    assert lines(tmp_path)[-1]["outcome"] == "ok"


@pytest.mark.parametrize(("error", "outcome"), [(KeyboardInterrupt, "interrupted"), (ZeroDivisionError, "crashed")])
def test_a_build_that_breaks_off_is_noted(tmp_path: Path, error: type[BaseException], outcome: str) -> None:
    with pytest.raises(error), EventLog(tmp_path, ABOUT, fail):
        raise error

    assert lines(tmp_path)[-1]["event"] == "build_finished"
    assert lines(tmp_path)[-1]["outcome"] == outcome


def test_a_full_log_is_rotated_and_bounded(tmp_path: Path) -> None:
    for number in range(50):
        with EventLog(tmp_path, ABOUT, fail, largest=2_000) as log:
            log(StepStarted(f"step {number}"))

    kept = [*lines(tmp_path, "events.1.jsonl"), *lines(tmp_path)]
    assert all(it.stat().st_size <= 2_000 for it in tmp_path.iterdir())
    assert [it["step"] for it in kept if "step" in it][-3:] == ["step 47", "step 48", "step 49"]
    assert sorted(it.name for it in tmp_path.iterdir()) == ["events.1.jsonl", "events.jsonl"]


def test_a_torn_line_does_not_spoil_the_next(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text('{"v":1,"at":"20')
    with EventLog(tmp_path, ABOUT, fail):
        pass

    first, *others = (tmp_path / "events.jsonl").read_text().splitlines()
    assert first == '{"v":1,"at":"20'
    assert [json.loads(it)["event"] for it in others] == ["build_started", "build_finished"]


WRITER = """
import sys
from pathlib import Path
from omnibuild.adapters.event_log import EventLog
from omnibuild.core.events import StepStarted

with EventLog(Path(sys.argv[1]), {}, print) as log:
    for number in range(300):
        log(StepStarted(sys.argv[2] * 3_000, number))
"""


def test_two_processes_do_not_tear_each_others_lines(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), letter], env=environment) for letter in "ab"
    ]
    assert [it.wait() for it in running] == [0, 0]

    found = lines(tmp_path)
    for letter in "ab":
        mine = [it for it in found if it.get("step") == letter * 3_000]
        assert [it["nodes"] for it in mine] == list(range(300))
    assert len(found) == 2 * 302


def test_a_log_that_cannot_be_written_is_one_warning(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").mkdir()
    told: list[Problem] = []
    with EventLog(tmp_path, ABOUT, told.append) as log:
        log(StepStarted("read"))
        log(BuildFinished(Report({}, ())))

    assert [(it.code, it.level) for it in told] == [("events", Level.WARN)]
    assert "events.jsonl cannot be written: Is a directory" in told[0].message


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_warning(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").symlink_to("/dev/full")
    told: list[Problem] = []
    with EventLog(tmp_path, ABOUT, told.append) as log:
        log(StepStarted("read"))

    assert len(told) == 1
    assert "No space left" in told[0].message


def test_builds_and_checks_are_logged_with_their_reasons(chain: Sandbox) -> None:
    chain.build()
    chain.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    chain.check("pricer")
    chain.replace("specs/charger.yaml", "amount.value * 2", "nothing * 2")
    chain.build()

    found = lines(chain.root / "cache")
    first, second, third = (
        [it for it in found if it["build"] == build] for build in dict.fromkeys(it["build"] for it in found)
    )
    assert [it["step"] for it in first if it["event"] == "step_started"][:3] == ["read", "decide", "assemble"]
    reasons = {it["node"]: (it["outcome"], it["because"]) for it in first if it["event"] == "node_finished"}
    assert reasons["biller"] == ("built", ["it was never built"])
    assert (first[-1]["outcome"], first[-1]["nodes"]["built"]) == ("ok", 4)
    assert (second[0]["command"], second[0]["selectors"]) == ("check", ["pricer"])
    [pricer] = [it for it in second if it.get("node") == "pricer" and it["event"] == "node_finished"]
    assert "spec.logic changed" in pricer["because"]
    assert (second[-1]["outcome"], second[-1]["problems"] > 0) == ("failed", True)
    [problem] = [it for it in third if it["event"] == "problem" and it["level"] == "block"]
    assert (problem["file"], problem["line"], problem["node"]) == ("specs/charger.yaml", 8, "charger")
    assert third[-1]["nodes"]["failed"] == 1


def test_a_build_without_a_log_is_a_build(chain: Sandbox) -> None:
    (chain.root / "cache/events.jsonl").mkdir(parents=True)

    report = chain.build()

    assert report.ok
    assert [it.code for it in report.problems].count("events") == 1
