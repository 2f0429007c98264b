"""build, check, plan and explain: their answers and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from omnibuild import noop
from omnibuild.cli.progress import MOST
from tests.cli.conftest import BROKEN, MONEY, PRICER, Answer, Space, omnibuild

NODES = {"total", "built", "restored", "up_to_date", "failed", "skipped"}
PROBLEM = {"code", "level", "message", "hint", "node", "file", "line", "column"}


def is_report(answer: Answer) -> bool:
    """Return whether the answer is one object in the shape that scripts rely on."""
    data = answer.json
    return (
        list(data) == ["status", "nodes", "problems", "outcomes"]
        and set(data["nodes"]) == NODES
        and all(set(it) == PROBLEM for it in data["problems"])
        and all(list(it) == ["outcome", "because", "files", "ms"] for it in data["outcomes"].values())
    )


def test_a_build_says_what_it_did(space: Space) -> None:
    answer = space("build")
    assert answer.code == 0, answer.out
    lines = answer.out.splitlines()
    assert lines[0] == "built     money  (it was never built)"
    assert lines[1] == "built     pricer  (it was never built)"
    assert lines[-1] == "2 nodes: 2 built"
    assert answer.err == ""
    assert space("build").out == "2 nodes: 2 up-to-date\n"


def test_build_json_is_one_object(space: Space) -> None:
    first, second = space("build", "--json"), space("build", "--json")
    assert is_report(first)
    assert first.json["status"] == "ok"
    assert first.json["nodes"] | {"built": 2, "total": 2} == first.json["nodes"]
    assert first.json["outcomes"]["pricer"]["files"] > 5
    assert second.json["nodes"] == dict.fromkeys(NODES, 0) | {"total": 2, "up_to_date": 2}


def test_problems_are_printed_and_end_with_1(space: Space) -> None:
    space.write("specs/broken.yaml", BROKEN)
    answer = space("build")
    assert answer.code == 1
    assert "failed    broken" in answer.out
    assert "specs/broken.yaml:4:1: error[unknown-key]:" in answer.out
    assert "    4 | inptu: {a: int}\n      | ^\n  hint: did you mean `input`?" in answer.out
    assert answer.out.splitlines()[-1].endswith("; 1 problem")
    assert not (space.root / "out").exists()
    as_json = space("build", "--json")
    assert as_json.code == 1
    assert is_report(as_json)
    assert as_json.json["status"] == "failed"
    problem = as_json.json["problems"][0]
    assert (problem["file"], problem["line"], problem["column"]) == ("specs/broken.yaml", 4, 1)
    assert (problem["level"], problem["node"]) == ("block", "broken")


def test_skipped_nodes_say_why(space: Space) -> None:
    space.write("specs/money.yaml", MONEY.replace("Decimal", "Decimel"))
    answer = space("build")
    assert "skipped   pricer  (it needs a node that has problems)\n" in answer.out
    assert answer.out.index("skipped   pricer") < answer.out.index("error[")
    assert answer.out.splitlines()[-1] == "2 nodes: 1 failed, 1 skipped; 1 problem"


def test_a_file_that_is_no_yaml_is_counted(space: Space) -> None:
    space.write("specs/broken.yaml", "node: broken\nkind: [\n")
    assert space("build").out.splitlines()[-1].endswith("; 1 file not read; 1 problem")


def test_warnings_do_not_bury_what_blocks(space: Space) -> None:
    space.write("specs/broken.yaml", BROKEN)
    space.write("specs/terse.yaml", PRICER.replace("node: pricer", "node: terse").replace("at the same price", "more"))
    space.write(
        "specs/zz.yaml", PRICER.replace("node: pricer", "node: zz").split("policy:")[0] + PRICER.split("}\n", 1)[1]
    )
    told = [line for line in space("build").out.splitlines() if "error[" in line or "warning[" in line]
    assert "error[" in told[-1]
    assert "warning[" in told[0]
    assert [it["file"] for it in space("build", "--json").json["problems"]] == sorted(
        it["file"] for it in space("build", "--json").json["problems"]
    )


@pytest.mark.parametrize(
    ("words", "told", "verb"),
    [
        (["build", "--bogus", "--json"], "--bogus", "omnibuild build"),
        (["--json", "build"], "--json", "omnibuild"),
        (["buidl", "--json"], "did you mean `build`?", "omnibuild"),
        (["build", "--json", "--mode", "rash"], "'rash' is not one of", "omnibuild build"),
        (["cache", "gc", "--json", "--max-size", "much"], "`much` is not a size", "omnibuild cache gc"),
        (["clean", "--json"], "say --yes", "omnibuild clean"),
        (["gates", "G99", "--json"], "there is no gate G99", ""),
    ],
)
def test_mistakes_of_use_are_json_where_json_is_wanted(space: Space, words: list[str], told: str, verb: str) -> None:
    answer = space.process(*words)
    assert (answer.code, answer.err) == (2, "")
    assert is_report(answer)
    [problem] = answer.json["problems"]
    assert (problem["code"], problem["level"]) == ("usage", "block")
    assert told in problem["message"]
    assert verb in problem["hint"]
    as_text = space.process(*(it for it in words if it != "--json"))
    assert not as_text.out.startswith("{")


def test_a_profile_is_written_however_the_build_ends(space: Space, tmp_path: Path) -> None:
    file = tmp_path / "build.json"
    assert space("build", "--profile", str(file)).code == 0
    steps = [it["name"] for it in json.loads(file.read_text())["traceEvents"] if it.get("cat") == "step"]
    assert steps[:3] == ["read", "decide", "assemble"]
    space.write("specs/broken.yaml", BROKEN)
    assert space("check", "--profile", str(file), "--json").code == 1
    again = json.loads(file.read_text())["traceEvents"]
    assert {it["name"] for it in again} >= {"omnibuild", "read", "promote"}


def test_a_profile_that_cannot_be_written_is_a_mistake_of_use(space: Space, tmp_path: Path) -> None:
    answer = space("build", "--profile", str(tmp_path / "no" / "build.json"))
    assert answer.code == 2
    assert "No such file or directory" in answer.err
    assert not (space.root / "out").exists()


def test_what_is_not_known_of_a_place_is_null(space: Space) -> None:
    answer = space("build", "nosuch", "--json")
    assert answer.code == 2
    problem = answer.json["problems"][0]
    assert (problem["file"], problem["line"], problem["column"]) == (None, None, None)


def test_check_lists_what_is_out_of_step(space: Space) -> None:
    assert space("check").code == 1
    space("build")
    assert space("check").code == 0
    node = space.root / "out/src/acme/nodes/node_pricer_compute"
    (node / "node.py").write_text("# mine\n")
    (node / "__init__.py").unlink()
    space.write("out/stray.txt", "hello")
    space.write("specs/money.yaml", MONEY.replace("How much", "So much"))
    answer = space("check", "--json")
    assert answer.code == 1
    assert is_report(answer)
    assert {it["code"] for it in answer.json["problems"]} == {"edited", "missing", "stale", "stray"}
    text = space("check")
    assert text.code == 1
    assert "error[stray]: out/stray.txt is a stray file" in text.out
    assert (node / "node.py").read_text() == "# mine\n"


def test_overwrite_takes_an_edit_away(space: Space) -> None:
    space("build")
    node = space.root / "out/src/acme/nodes/node_pricer_compute/node.py"
    before = node.read_text()
    node.write_text("# mine\n")
    assert space("build").code == 1
    answer = space("build", "--overwrite")
    assert answer.code == 0
    assert "restored  pricer" in answer.out
    assert node.read_text() == before
    assert [it.read_text() for it in (space.root / "cache/overwritten").rglob("*") if it.is_file()] == ["# mine\n"]


def test_plan_says_what_and_why_and_does_nothing(space: Space) -> None:
    before = space("plan", "--json")
    assert before.code == 0
    assert is_report(before)
    assert before.json["outcomes"]["pricer"] | {"outcome": "built"} == before.json["outcomes"]["pricer"]
    assert not (space.root / "out").exists()
    space("build")
    space.write("specs/pricer.yaml", PRICER.replace("quantity * piece.value", "piece.value * quantity"))
    answer = space("plan")
    assert answer.code == 0
    assert "pricer              built       spec.logic changed" in answer.out
    assert answer.out.splitlines()[-1] == "2 nodes: 1 built, 1 up-to-date"


def test_plan_names_broken_nodes(space: Space) -> None:
    space.write("specs/broken.yaml", BROKEN)
    answer = space("plan", "--json")
    assert answer.code == 1
    assert answer.json["outcomes"]["broken"]["outcome"] == "failed"


def test_explain_shows_digests_and_the_way_of_a_change(space: Space) -> None:
    space("build")
    space.write("specs/money.yaml", f"{MONEY}    note: {{type: str, default: x, description: Any words.}}\n")
    text = space("explain", "pricer")
    assert text.code == 0
    assert text.out.startswith("pricer: built\n  interface of money changed\n  by way of pricer <- money\n")
    data = space("explain", "pricer", "--json").json
    assert [it["label"] for it in data["differences"]] == ["interface of money"]
    assert data["differences"][0]["before"] != data["differences"][0]["now"]
    assert data["chains"] == [["pricer", "money"]]
    digests = {it["label"]: it["digest"] for it in data["manifest"]}
    assert f"{data['differences'][0]['now'][:12]}  was {data['differences'][0]['before'][:12]}" in text.out
    assert digests["interface of money"] == data["differences"][0]["now"]


def test_explain_of_what_is_not_there_is_a_mistake_of_use(space: Space) -> None:
    answer = space("explain", "pricr")
    assert answer.code == 2
    assert "did you mean `pricer`?" in answer.err
    assert answer.out == ""
    assert space("explain", "pricr", "--json").json["problems"][0]["code"] == "unknown-node"


def test_no_workspace_is_configuration(tmp_path: Path) -> None:
    answer = omnibuild("-C", str(tmp_path), "build")
    assert answer.code == 2
    assert "there is no omnibuild.toml" in answer.err
    assert "omnibuild init" in answer.err
    as_json = omnibuild("-C", str(tmp_path), "check", "--json")
    assert as_json.code == 2
    assert is_report(as_json)
    assert as_json.json["nodes"] == dict.fromkeys(NODES, 0)


def test_wrong_settings_are_shown_with_their_line(space: Space) -> None:
    space.write("omnibuild.toml", '[workspace]\npackage = "acme"\nspec = "specs"\n')
    answer = space("build")
    assert answer.code == 2
    assert "omnibuild.toml:3:1: error[unknown-key]" in answer.err
    assert '    3 | spec = "specs"' in answer.err


def test_options_of_omnibuild_work_behind_the_verb(space: Space) -> None:
    assert omnibuild("build", "-C", str(space.root)).code == 0
    gates = omnibuild("gates", "-C", str(space.root), "--env", "production", "--json").json["gates"]
    assert {it["code"]: it["level"] for it in gates}["G7"] == "block"
    assert space("build", "--env", "prodction").code == 2
    assert "did you mean `production`?" in space("build", "--env", "prodction").err


def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    space = Space(tmp_path)
    space.write("omnibuild.toml", '[workspace]\npackage = "acme"\n[build]\nmode = "fast"\n')
    answer = space("build")
    assert answer.code == 0
    assert "omnibuild new compute NAME" in answer.out


def test_a_folder_that_cannot_be_written_is_no_internal_error(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "out")

    monkeypatch.setattr("omnibuild.adapters.output.OutputFolder.promote", refuse)
    answer = space("build", "--json")
    assert answer.code == 1
    assert is_report(answer)
    assert answer.json["problems"][0]["code"] == "system"
    assert answer.json["problems"][0]["message"] == "Permission denied: out"


def test_of_very_many_nodes_the_first_are_told(space: Space) -> None:
    for number in range(MOST + 3):
        space.write(f"specs/shared_{number:03}.yaml", f"shared: shared_{number:03}\nmodels: {{A: {{b: int}}}}\n")

    lines = space("build", "--mode", "fast").out.splitlines()

    told = [it for it in lines if it.startswith("built ")]
    assert len(told) == MOST
    more = MOST + 3 + 2 - len(told)  # the two that were there already
    assert f"… and {more} more; --json has them all" in lines


def test_warnings_are_told_again_by_the_quick_answer_as_they_were(space: Space) -> None:
    space.write("specs/pricer.yaml", (space.root / "specs/pricer.yaml").read_text().replace("policy:", "# policy:", 1))
    space.process("build")
    first = space.process("check")

    assert "warning[G8]" in first.out
    text = noop.answer(["-C", str(space.root), "check"])
    assert text == first.out
    assert space.process("check").out == text
    as_json = noop.answer(["-C", str(space.root), "build", "--json"])
    assert as_json is not None
    assert [it["code"] for it in json.loads(as_json)["problems"]] == ["G8"]
    space.write("specs/pricer.yaml", (space.root / "specs/pricer.yaml").read_text() + "# touched\n")
    assert noop.answer(["-C", str(space.root), "check"]) is None
