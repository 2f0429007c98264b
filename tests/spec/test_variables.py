from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from omnibuild import noop
from omnibuild.core.values import Level, Mode, Problem, RemoteMode, Settings
from omnibuild.spec.settings import SECTIONS, read_settings
from omnibuild.spec.variables import ENVIRONMENT, OTHERS, variable
from tests.workspaces import REPOSITORY

FILE = """\
[workspace]
package = "acme"
[build]
mode = "balanced"
[cache]
remote = "https://cache"
remote_mode = "read-write"
[gates]
G8 = "off"
[env.ci.build]
mode = "strict"
jobs = 3
"""
GATES = {"G1": False, "G7": True, "G8": True}


def read(environ: Mapping[str, str], environment: str | None = None) -> tuple[Settings, list[Problem]]:
    settings, problems = read_settings(FILE, environment, GATES, environ)
    assert settings is not None, problems
    return settings, problems


def refused(environ: Mapping[str, str]) -> Problem:
    settings, (problem,) = read_settings(FILE, None, GATES, environ)
    assert settings is None
    return problem


EVERY: dict[str, tuple[str, str, Any]] = {
    "OMNIBUILD_WORKSPACE_PACKAGE": ("package", "other", "other"),
    "OMNIBUILD_WORKSPACE_SPECS": ("specs", "nodes", "nodes"),
    "OMNIBUILD_WORKSPACE_TEMPLATES": ("templates", "own", "own"),
    "OMNIBUILD_WORKSPACE_CACHE": ("cache", ".cache", ".cache"),
    "OMNIBUILD_WORKSPACE_OUT": ("out", "made", "made"),
    "OMNIBUILD_WORKSPACE_DEPENDENCIES": ("dependencies", "httpx>=0.28 rich", ("httpx>=0.28", "rich")),
    "OMNIBUILD_BUILD_MODE": ("mode", "fast", Mode.FAST),
    "OMNIBUILD_BUILD_JOBS": ("jobs", "7", 7),
    "OMNIBUILD_CHECK_TYPE_CHECKER": ("type_checker", "ty", "ty"),
    "OMNIBUILD_CACHE_MAX_SIZE": ("max_size", "1KiB", 1024),
    "OMNIBUILD_CACHE_REMOTE": ("remote", "", ""),
    "OMNIBUILD_CACHE_REMOTE_MODE": ("remote_mode", "read", RemoteMode.READ),
    "OMNIBUILD_GATES_G7": ("gates", "block", {"G8": Level.OFF, "G7": Level.BLOCK}),
}


def test_every_setting_has_its_variable() -> None:
    assert {variable(section, key) for section, keys in SECTIONS.items() for key in keys} == {
        it for it in EVERY if "_GATES_" not in it
    }


@pytest.mark.parametrize("name", EVERY)
def test_a_variable_goes_above_the_file(name: str) -> None:
    attribute, text, value = EVERY[name]
    before, settings = read({})[0], read({name: text})[0]

    assert getattr(settings, attribute) == value != getattr(before, attribute)
    same = set(Settings.__slots__) - {attribute}
    assert {it: getattr(settings, it) for it in same} == {it: getattr(before, it) for it in same}


def written(name: str, text: str) -> str:
    """Return a variable as an environment of omnibuild.toml has it."""
    section, _, key = name.removeprefix("OMNIBUILD_").lower().partition("_")
    if section == "gates":
        key = key.upper()
    value = text.split() if key == "dependencies" else int(text) if key == "jobs" else text
    return f"[env.staging.{section}]\n{key} = {json.dumps(value)}\n"


@pytest.mark.parametrize("name", EVERY)
def test_an_environment_overrides_any_setting(name: str) -> None:
    attribute, text, value = EVERY[name]
    settings, problems = read_settings(FILE + written(name, text), "staging", GATES)

    assert settings is not None, problems
    assert settings == replace(read({})[0], **{attribute: value})


def test_a_variable_goes_above_an_environment() -> None:
    settings, _ = read({"OMNIBUILD_BUILD_MODE": "fast"}, "ci")
    assert (settings.mode, settings.jobs) == (Mode.FAST, 3)


def test_a_variable_names_the_environment() -> None:
    assert read({ENVIRONMENT: "ci"})[0].mode is Mode.STRICT
    assert read({ENVIRONMENT: ""})[0].mode is Mode.BALANCED
    assert read({ENVIRONMENT: "nonsense"}, "ci")[0].mode is Mode.STRICT
    problem = refused({ENVIRONMENT: "c"})
    assert problem.message == "`OMNIBUILD_ENV`: there is no environment `c`"


def test_requirements_with_spaces_stand_in_lines() -> None:
    text = "\nhttpx >= 0.28 ; python_version < '3.14'\nrich\n"
    assert read({"OMNIBUILD_WORKSPACE_DEPENDENCIES": text})[0].dependencies == (
        "httpx >= 0.28 ; python_version < '3.14'",
        "rich",
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("OMNIBUILD_BUILD_MODE", "quick", "input should be 'fast', 'balanced' or 'strict'"),
        ("OMNIBUILD_BUILD_MODE", "", "input should be 'fast', 'balanced' or 'strict'"),
        ("OMNIBUILD_BUILD_JOBS", "many", "input should be a valid integer"),
        ("OMNIBUILD_BUILD_JOBS", "-1", "input should be greater than or equal to 0"),
        ("OMNIBUILD_CACHE_REMOTE_MODE", "write", "input should be 'read' or 'read-write'"),
        ("OMNIBUILD_CACHE_REMOTE", "ftp://cache", "only http:// and https:// are spoken"),
        ("OMNIBUILD_WORKSPACE_PACKAGE", "class", "this is a keyword of Python"),
        ("OMNIBUILD_WORKSPACE_CACHE", "a\nEND\nkey=x", "the name of a folder has no line breaks"),
        ("OMNIBUILD_WORKSPACE_OUT", "specs", "`specs` and the folder of `specs` lie in each other"),
        ("OMNIBUILD_WORKSPACE_SPECS", "out", "`workspace.out`: `out` and the folder of `specs` lie in each other"),
        ("OMNIBUILD_GATES_G7", "never", "input should be 'off', 'warn' or 'block'"),
        ("OMNIBUILD_GATES_G1", "off", "the level of `G1` cannot be changed"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str, message: str) -> None:
    problem = refused({name: value})
    assert problem.message.startswith(f"`{name}`: {message}")
    assert problem.at is None


def test_a_secret_in_a_variable_is_not_shown() -> None:
    problem = refused({"OMNIBUILD_CACHE_REMOTE": "https://user:secret@cache"})
    assert "secret" not in f"{problem.message}{problem.hint}"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("OMNIBUILD_BUILD_MOD", "did you mean OMNIBUILD_BUILD_MODE?"),
        ("OMNIBUILD_MODE", "did you mean OMNIBUILD_BUILD_MODE?"),
        ("OMNIBUILD_GATES_G88", "did you mean OMNIBUILD_GATES_G8?"),
        ("OMNIBUILD_build_mode", "did you mean OMNIBUILD_BUILD_MODE?"),
        ("OMNIBUILD_CACHE_TOKN", "did you mean OMNIBUILD_CACHE_TOKEN?"),
        ("OMNIBUILD_1234567890123456789", "[build] mode is OMNIBUILD_BUILD_MODE; `omnibuild config` shows them all"),
    ],
)
def test_an_unknown_variable_is_a_warning(name: str, hint: str) -> None:
    settings, (warning,) = read({name: "x"})
    assert settings == read({})[0]
    assert (warning.level, warning.code, warning.hint) == (Level.WARN, "variable", hint)
    assert name in warning.message


def test_what_is_no_setting_and_what_is_not_ours_is_no_warning() -> None:
    environ = dict.fromkeys(OTHERS, "ci") | {"PATH": "x", "_OMNIBUILD_COMPLETE": "bash_complete", "OMNIBUS": "1"}
    assert read(environ)[1] == []


def test_the_variables_without_effect_are_no_settings() -> None:
    names = {it.decode() for it in noop.WITHOUT_EFFECT}
    assert names == set(OTHERS) - {ENVIRONMENT}
    assert not names & set(EVERY)


def test_the_page_of_the_settings_has_them_all() -> None:
    page = (REPOSITORY / "docs/settings.md").read_text()
    rows = re.findall(r"^\| `(\w+)\.(\w+)`[^|]*\| `(\w+)` \| (?:`([^`]*)`)?", page, re.MULTILINE)

    assert {(section, key) for section, key, *_ in rows if section != "gates"} == {
        (section, key) for section, keys in SECTIONS.items() for key in keys
    }
    assert all(variable(section, key) == name for section, key, name, _ in rows)
    assert all(f"`{it}`" in page for it in OTHERS)
