"""config: every effective setting, and where it comes from; variables in builds."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Space


def test_config_prints_every_setting_with_its_source(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_GATES_G8", "off")
    answer = space("--env", "production", "config")
    assert (answer.code, answer.err) == (0, "")
    rows = {name: " ".join(rest) for name, *rest in map(str.split, answer.out.splitlines())}
    assert rows["workspace.package"] == "acme omnibuild.toml:2"
    assert rows["build.mode"] == "strict [env.production] at omnibuild.toml:8"
    assert rows["build.jobs"] == "0 default"
    assert rows["cache.remote"] == '"" default'
    assert rows["gates.G8"] == "off OMNIBUILD_GATES_G8"
    assert rows["gates.G7"] == "block default"  # as the mode has it
    assert "gates.G1" not in rows


def test_config_of_one_key_prints_the_value_alone(space: Space) -> None:
    assert space("config", "build.mode").out == "fast\n"
    assert space("config", "build.mode", "--mode", "strict").out == "strict\n"
    assert space("config", "cache.remote").out == "\n"
    space.write("omnibuild.toml", '[workspace]\npackage = "acme"\ndependencies = ["httpx", "rich"]\n')
    assert space("config", "workspace.dependencies").out == "httpx\nrich\n"


def test_config_of_a_section(space: Space) -> None:
    assert space("config", "build").out == "build.mode  fast  omnibuild.toml:5\nbuild.jobs  0     default\n"
    (gate,) = [it for it in space("config", "gates", "--json").json["settings"] if it["key"] == "gates.G8"]
    assert (gate["source"], gate["variable"]) == ("default", "OMNIBUILD_GATES_G8")


def test_config_as_json(space: Space) -> None:
    assert space("--env", "production", "config", "build.mode", "--json").json == {
        "key": "build.mode",
        "value": "strict",
        "source": "environment",
        "name": "production",
        "file": "omnibuild.toml",
        "line": 8,
        "variable": "OMNIBUILD_BUILD_MODE",
    }
    whole = space("config", "--json", "--mode", "strict").json
    assert whole["problems"] == []
    (mode,) = [it for it in whole["settings"] if it["key"] == "build.mode"]
    assert (mode["value"], mode["source"], mode["name"]) == ("strict", "option", "--mode")


def test_config_of_what_is_no_setting(space: Space) -> None:
    answer = space("config", "build.mod")
    assert answer.code == 2
    assert "there is no setting `build.mod`: did you mean `build.mode`?" in answer.err


def test_a_wrong_variable_is_told_by_every_verb(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_BUILD_MODE", "quick")
    for verb in ("config", "build", "list"):
        answer = space(verb)
        assert answer.code == 2
        assert "`OMNIBUILD_BUILD_MODE`: input should be 'fast', 'balanced' or 'strict'" in answer.err


def test_an_unknown_variable_is_a_warning(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_GATE_G8", "off")
    told = "the variable OMNIBUILD_GATE_G8 means nothing to omnibuild"
    built = space("build")
    assert built.code == 0
    assert told in built.out
    assert "did you mean OMNIBUILD_GATES_G8?" in built.out
    assert built.out.splitlines()[-1].endswith("1 warning")
    assert [it["message"] for it in space("check", "--json").json["problems"]] == [told]
    assert [it["message"] for it in space("config", "--json").json["problems"]] == [told]
    shown = space("config", "build.mode")
    assert (shown.out, told in shown.err) == ("fast\n", True)


def test_a_variable_decides_what_is_built(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_WORKSPACE_PACKAGE", "other")
    monkeypatch.setenv("OMNIBUILD_WORKSPACE_OUT", "made")
    assert space("build").code == 0
    assert (space.root / "made/src/other/nodes/node_pricer_compute/node.py").is_file()
    assert not (space.root / "out").exists()


def test_a_number_from_a_variable_is_a_number(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_BUILD_JOBS", "4")
    found = json.loads(space("config", "build.jobs", "--json").out)
    assert (found["value"], found["source"]) == (4, "variable")
