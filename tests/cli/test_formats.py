"""The formats of CI: annotations, summaries, SARIF, JUnit; whatever a spec says in them, it stays text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]
import pytest

from omnibuild.cli.formats import rendered
from omnibuild.cli.formats.github import MOST, escaped, escaped_property
from omnibuild.cli.formats.markdown import plain
from omnibuild.cli.formats.told import Told
from omnibuild.core.values import Place, Problem, Report
from tests.cli.conftest import BROKEN, MONEY, PRICER, Answer, Space, omnibuild
from tests.runner import Log
from tests.workspaces import REPOSITORY

SARIF = json.loads((REPOSITORY / "tests/schemas/sarif-2.1.0.json").read_text())

ATTACK = (
    "a\n::set-env name=PATH::/tmp\r\n##[add-mask]x\n```\n| `b` | <b>c</b> ${{ github.token }} [d](e) ]]> %0A \x1b[31m\n"
)
"""What somebody would write who wants more than a node."""
HOSTILE = f"""node: hostile
kind: compute
description: A node whose keys are not what they seem.
input: {{a: int}}
output: {{b: int}}
logic: {{b: a}}
{json.dumps(ATTACK)}: 1
"""


def broken(number: int) -> str:
    """Return a spec with as many unknown keys."""
    return BROKEN.replace("inptu: {a: int}\n", "".join(f"key{it}: 1\n" for it in range(number)))


def sarif(answer: Answer) -> Any:
    """Return the run of a log, which is valid."""
    log = answer.json
    jsonschema.Draft202012Validator(SARIF, format_checker=jsonschema.FormatChecker()).validate(log)
    [run] = log["runs"]
    return run


@pytest.fixture
def built(space: Space) -> Space:
    """Return the workspace, built, in a folder of a checkout."""
    (space.root.parent / ".git").mkdir()
    assert space("build").code == 0
    return space


# -------------------------------------------------------------------------------------- all formats


@pytest.mark.parametrize("verb", ["build", "check"])
@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
def test_every_format_has_the_same_exit_codes(built: Space, verb: str, form: str) -> None:
    assert built(verb, "--format", form).code == 0
    built.write("specs/broken.yaml", BROKEN)
    assert built(verb, "--format", form).code == 1
    assert built(verb, "--format", form, "nosuch").code == 2


def test_format_json_is_what_json_is(built: Space) -> None:
    built.write("specs/broken.yaml", BROKEN)
    assert built("check", "--format", "json").json["problems"] == built("check", "--json").json["problems"]


def test_two_formats_at_once_are_a_mistake_of_use(built: Space) -> None:
    answer = built.process("check", "--json", "--format", "sarif")
    assert answer.code == 2
    assert "--json and --format sarif contradict one another" in answer.json["problems"][0]["message"]
    assert built("check", "--json", "--format", "json").code == 0


@pytest.mark.parametrize("words", [["--format", "FORM", "--bogus"], ["--mode", "rash", "--format=FORM"]])
@pytest.mark.parametrize("form", ["json", "github", "sarif", "junit"])
def test_mistakes_of_use_are_told_in_the_format(built: Space, form: str, words: list[str]) -> None:
    answer = built.process("check", *(it.replace("FORM", form) for it in words))
    assert (answer.code, answer.err) == (2, "")
    match form:
        case "json":
            assert answer.json["problems"][0]["code"] == "usage"
        case "github":
            assert Log.read(answer.out).annotations[0][1] == {"title": "omnibuild usage"}
        case "sarif":
            assert sarif(answer)["results"][0]["ruleId"] == "usage"
        case "junit":
            assert ET.fromstring(answer.out).find(".//failure[@type='usage']") is not None


def test_reports_go_to_files_beside_the_text(built: Space, tmp_path: Path) -> None:
    built.write("specs/broken.yaml", BROKEN)
    files = {it: tmp_path / f"report.{it}" for it in ("json", "sarif", "junit", "markdown")}
    options = [word for form, file in files.items() for word in ("--report", f"{form}={file}")]

    answer = built("check", *options)

    assert answer.code == 1
    assert answer.out == built("check").out
    assert json.loads(files["json"].read_text())["status"] == "failed"
    assert json.loads(files["sarif"].read_text())["version"] == "2.1.0"
    assert ET.parse(files["junit"]).getroot().tag == "testsuites"
    assert files["markdown"].read_text().startswith("## omnibuild check in shop: failed")


@pytest.mark.parametrize(
    ("report", "told"),
    [("sarif", "is not FORMAT=FILE"), ("text=a", "is not FORMAT=FILE"), ("sarif=no/such/file", "there is no folder")],
)
def test_a_report_that_cannot_be_is_a_mistake_of_use(built: Space, report: str, told: str) -> None:
    answer = built("check", "--report", report)
    assert answer.code == 2
    assert told in answer.err


@pytest.mark.parametrize("form", ["github", "sarif", "junit", "json"])
def test_a_workspace_that_cannot_be_opened_is_told_in_the_format(tmp_path: Path, form: str) -> None:
    answer = omnibuild("-C", str(tmp_path), "check", "--format", form, "--report", f"junit={tmp_path / 'j.xml'}")
    assert answer.code == 2
    assert "there is no omnibuild.toml" in answer.out
    assert answer.err == ""
    assert ET.parse(tmp_path / "j.xml").find(".//failure[@type='workspace']") is not None
    if form == "sarif":
        assert sarif(answer)["results"][0]["ruleId"] == "workspace"


# ------------------------------------------------------------------------------------------- github


def test_texts_are_escaped_as_the_toolkit_of_the_runner_does() -> None:
    assert escaped("100% sure:\r\nyes, it is") == "100%25 sure:%0D%0Ayes, it is"
    assert escaped_property("a:b,c%\n") == "a%3Ab%2Cc%25%0A"


def test_an_annotation_is_at_the_line_of_the_file_in_the_repository(built: Space) -> None:
    built.write("specs/broken.yaml", BROKEN)
    log = Log.read(built("check", "--format", "github").out)
    assert log.annotations == [
        (
            "error",
            {"file": "shop/specs/broken.yaml", "line": "4", "col": "1", "title": "omnibuild unknown-key"},
            "the key `inptu` means nothing here\nhint: did you mean `input`?",
        )
    ]
    assert "specs/broken.yaml:4:1: error[unknown-key]" in log.text, "the log has it for people, too"


def test_without_a_repository_files_are_relative_to_what_the_runner_says(
    space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    space.write("specs/broken.yaml", BROKEN)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(space.root.parent))
    [annotation, *_] = Log.read(space("build", "--format", "github").out).annotations
    assert annotation[1]["file"] == "shop/specs/broken.yaml"


@pytest.mark.parametrize("number", [3, 40])
def test_what_weighs_most_is_annotated_and_the_rest_is_in_the_summary(
    built: Space, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int
) -> None:
    summary, outputs = tmp_path / "summary.md", tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    built.write("specs/aa.yaml", PRICER.replace("node: pricer", "node: aa").replace("Price a number of", "Some"))
    built.write("out/stray.txt", "hello")
    built.write("specs/broken.yaml", broken(number))

    answer = built("check", "--format", "github")

    log, text = Log.read(answer.out), summary.read_text()
    problems = built("check", "--json").json["problems"]
    assert len(log.annotations) == min(len(problems), MOST) == min(len(log.annotations), 10)
    assert [it[1]["file"] for it in log.annotations[: min(number, 10)]] == ["shop/specs/broken.yaml"] * min(number, 10)
    for it in range(number):
        assert f"the key \\`key{it}\\` means nothing here" in text
        assert f"the key `key{it}` means nothing here" in log.text
    more = len(problems) - MOST
    if more > 0:
        assert answer.out.endswith(f"10 problems are annotations, {more} more are in the summary of the job\n")
    blocking = sum(it["level"] == "block" for it in problems)
    assert outputs.read_text().count("\n") == 21
    assert Log.outputs(outputs) | {"problems": str(blocking), "status": "failed"} == Log.outputs(outputs)
    assert json.loads(Log.outputs(outputs)["changed"]) == ["aa", "broken"]


def test_a_spec_cannot_give_orders_to_the_runner(space: Space, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    summary, outputs = tmp_path / "summary.md", tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    space.write("specs/hostile.yaml", HOSTILE)

    answer = space("build", "--format", "github")

    log = Log.read(answer.out)
    assert {command for command, _, _ in log.commands} == {"error"}
    [message] = [it for _, _, it in log.annotations if "set-env" in it]
    assert "\n::set-env name=PATH::/tmp" in message
    assert "${{ github.token }}" in message
    assert "\x1b" not in answer.out
    assert len(Log.outputs(outputs)) == 7
    [row] = [it for it in summary.read_text().splitlines() if "set-env" in it and "unknown" in it]
    assert "\\:\\:set-env name=PATH\\:\\:/tmp" in row
    assert "\\`\\`\\`<br>\\| \\`b\\` \\| \\<b\\>c\\</b\\> \\$\\{\\{ github.token \\}\\} \\[d\\](e)" in row
    assert len(re.findall(r"(?<!\\)\|", row)) == 5


def test_the_log_without_a_summary_has_everything(built: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    built.write("specs/broken.yaml", broken(12))
    assert built("check", "--format", "github").out.endswith("10 problems are annotations, 2 more are above\n")


def test_a_build_says_in_the_log_what_it_did(space: Space) -> None:
    log = Log.read(space("build", "--format", "github").out)
    assert "built     pricer  (it was never built)\n" in log.text
    assert "out/: " in log.text
    assert not log.annotations


# ----------------------------------------------------------------------------------------- markdown


def test_the_summary_has_counts_problems_changes_and_the_graph(built: Space, tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    built.write("specs/pricer.yaml", PRICER.replace("quantity * piece.value", "piece.value * quantity"))

    built("check", "--report", f"markdown={file}")

    text = file.read_text()
    assert "| problems | warnings | nodes | built | restored | up-to-date | failed | skipped |\n" in text
    assert "| 1 | 0 | 2 | 0 | 0 | 1 | 0 | 1 |\n" in text
    assert "| pricer | skipped | spec.logic changed; nothing is written |" in text
    assert "```mermaid\ngraph LR\n" in text
    assert "  n_pricer -->|models| n_money\n  classDef marked stroke-width:4px\n  class n_pricer marked\n```" in text


def test_the_picture_of_a_large_graph_is_of_what_changed(space: Space, tmp_path: Path) -> None:
    for it in range(70):
        space.write(f"specs/n{it}.yaml", PRICER.replace("node: pricer", f"node: n{it}").replace("Price", f"Price {it}"))
    space.write("specs/tip.yaml", MONEY.replace("shared: money", "shared: tip"))
    space("build")
    file = tmp_path / "summary.md"
    space.write("specs/n7.yaml", PRICER.replace("node: pricer", "node: n7"))

    space("check", "--report", f"markdown={file}")

    picture = file.read_text().split("```")[1].splitlines()
    assert picture[1:4] == ["graph LR", "  n_money[/money/]", "  n_n7[n7]"]
    assert not [it for it in picture if "n8" in it or "tip" in it]


def test_a_text_is_shown_and_not_obeyed() -> None:
    assert plain("a | b\n# c `d` *e* <f> &g; @h $i$ ~j~ \\k") == (
        "a \\| b<br>\\# c \\`d\\` \\*e\\* \\<f\\> \\&g; \\@h \\$i\\$ \\~j\\~ \\\\k"
    )
    assert plain("WWW.example.org is no link") == "WWW\\.example.org is no link"
    assert len(plain("x" * 5000)) < 600


def test_a_summary_is_not_larger_than_github_takes(space: Space, tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    space.write("specs/broken.yaml", BROKEN + "".join(f"{'\u00e4|' * 300}{it}: 1\n" for it in range(150)))
    answer = space("build", "--report", f"markdown={file}")
    assert answer.code == 1
    assert "\nand 51 more\n" in file.read_text()
    assert 100_000 < file.stat().st_size < 1024**2


# -------------------------------------------------------------------------------------------- sarif


def test_sarif_is_valid_and_says_what_the_gates_are_for(built: Space) -> None:
    clean = sarif(built("check", "--format", "sarif"))
    assert clean["results"] == []
    built.write("specs/broken.yaml", BROKEN)
    built.write("specs/short.yaml", PRICER.replace("node: pricer", "node: short").replace("Price a number of", "Some"))
    built.write("specs/short.yaml", PRICER.replace("node: pricer", "node: short").replace("policy:", "# policy:"))

    run = sarif(built("check", "--format", "sarif"))

    rules = run["tool"]["driver"]["rules"]
    assert [rules[it["ruleIndex"]]["id"] for it in run["results"]] == [it["ruleId"] for it in run["results"]]
    [gate] = [it for it in rules if it["id"] == "G8"]
    assert "A node has examples and a policy" in gate["fullDescription"]["text"]
    [warning] = [it for it in run["results"] if it["ruleId"] == "G8"]
    assert warning["level"] == "warning"
    [error] = [it for it in run["results"] if it["ruleId"] == "unknown-key"]
    assert error["level"] == "error"
    assert error["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "shop/specs/broken.yaml"},
        "region": {"startLine": 4, "startColumn": 1},
    }
    assert run["automationDetails"] == {"id": "omnibuild/shop/"}


def test_a_result_of_sarif_stays_the_same_when_lines_move(built: Space) -> None:
    def prints() -> list[str]:
        return [
            it["partialFingerprints"]["omnibuild/v1"] for it in sarif(built("check", "--format", "sarif"))["results"]
        ]

    built.write("specs/broken.yaml", broken(3))
    before = prints()
    built.write("specs/broken.yaml", f"# one more line\n{broken(3)}")

    assert prints() == before
    assert len(set(before)) == 3


def test_sarif_of_a_hostile_spec_is_valid(space: Space) -> None:
    space.write("specs/hostile name, 100%.yaml", HOSTILE)
    [result] = sarif(space("build", "--format", "sarif"))["results"]
    assert "::set-env" in result["message"]["text"]
    assert "[d\\](e)" in result["message"]["text"]
    where = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert where.endswith("specs/hostile%20name%2C%20100%25.yaml")


def test_sarif_of_a_folder_whose_name_is_no_text() -> None:
    told = Told("check", Report({}, (Problem("G4", "wrong", Place("specs/a.yaml", 1, 1)),)), "caf\udce9/")
    [result] = json.loads(rendered("sarif", told))["runs"][0]["results"]
    where = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert where.endswith("/specs/a.yaml")


# -------------------------------------------------------------------------------------------- junit


def test_junit_has_a_case_per_node_and_per_file_with_problems(built: Space) -> None:
    built.write("specs/broken.yaml", broken(2))
    built.write("out/stray.txt", "hello")
    built.write("specs/short.yaml", PRICER.replace("node: pricer", "node: short").replace("policy:", "# policy:"))

    root = ET.fromstring(built("check", "--format", "junit").out)

    [suite] = root
    cases = {it.get("name"): it for it in suite}
    assert {"money", "pricer", "broken", "short", "shop/out/stray.txt"} <= set(cases)
    assert len(cases["pricer"]) == 0
    [failure] = cases["broken"]
    assert failure.get("type") == "unknown-key"
    assert failure.get("message") == "the key `key0` means nothing here"
    assert "shop/specs/broken.yaml:5:1: unknown-key: the key `key1`" in (failure.text or "")
    assert (cases["broken"].get("file"), cases["broken"].get("line")) == ("shop/specs/broken.yaml", "4")
    assert {it.tag for it in cases["short"]} == {"system-out", "skipped"}
    for each in (root, suite):
        assert each.get("tests") == str(len(cases))
        assert each.get("failures") == str(len(root.findall(".//failure")))
        assert each.get("skipped") == str(len(root.findall(".//skipped")))


def test_junit_of_a_hostile_spec_is_xml(space: Space) -> None:
    space.write("specs/hostile.yaml", HOSTILE.replace(json.dumps(ATTACK), json.dumps(f"\ufffe{ATTACK}")))
    failure = ET.fromstring(space("build", "--format", "junit").out).find(".//failure")
    assert failure is not None
    assert "\n::set-env name=PATH::/tmp" in (failure.text or "")
    assert "\x1b" not in (failure.text or "")
