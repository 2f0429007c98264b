from __future__ import annotations

import pytest

from omnibuild.core.values import Level, Mode, Place, Problem, Settings
from omnibuild.spec.settings import read_settings

LEAST = '[workspace]\npackage = "acme"\n'
ALL = """\
[workspace]
package = "acme"
specs = "nodes"
templates = "own"
cache = ".cache"
out = "made"
dependencies = ["httpx>=0.28"]

[build]
mode = "strict"
jobs = 2

[gates]
G8 = "off"
G13 = "warn"

[check]
type_checker = "mypy"

[cache]
max_size = "1.5 MiB"

[env.production.build]
mode = "balanced"

[env.production.gates]
G7 = "block"
"""


def good(text: str, environment: str | None = None) -> Settings:
    settings, problems = read_settings(text, environment)
    assert problems == []
    assert settings is not None
    return settings


def wrong(text: str, environment: str | None = None) -> Problem:
    settings, (problem,) = read_settings(text, environment)
    assert settings is None
    return problem


def test_the_package_is_enough() -> None:
    assert good(LEAST) == Settings("acme")
    assert good(LEAST).mode is Mode.BALANCED
    assert good(LEAST).max_size == 2 * 1024**3


def test_everything_can_be_set() -> None:
    settings = good(ALL)

    assert (settings.specs, settings.templates, settings.cache, settings.out) == ("nodes", "own", ".cache", "made")
    assert settings.dependencies == ("httpx>=0.28",)
    assert (settings.mode, settings.jobs, settings.max_size) == (Mode.STRICT, 2, 1572864)
    assert settings.gates == {"G8": Level.OFF, "G13": Level.WARN}


def test_the_type_checker_can_be_chosen() -> None:
    assert good(LEAST).type_checker == "mypy"
    assert good(f'{LEAST}[check]\ntype_checker = "ty"\n').type_checker == "ty"


def test_an_environment_goes_on_top() -> None:
    settings = good(ALL, "production")

    assert settings.mode is Mode.BALANCED
    assert settings.jobs == 2
    assert settings.gates == {"G8": Level.OFF, "G13": Level.WARN, "G7": Level.BLOCK}


@pytest.mark.parametrize(
    ("size", "expected"),
    [("100", 100), ("100B", 100), ("2KB", 2000), ("2KiB", 2048), ("3MB", 3_000_000), ("1GB", 10**9), ("0.5GiB", 2**29)],
)
def test_sizes(size: str, expected: int) -> None:
    assert good(f'{LEAST}[cache]\nmax_size = "{size}"\n').max_size == expected


@pytest.mark.parametrize(
    ("text", "place", "code", "message", "hint"),
    [
        ('[workspace]\npackage = "acme\n', "2:16", "toml", "this is not TOML: ", ""),
        ("", "1:1", "missing-key", "`workspace` is missing", 'the least is: [workspace] package = "acme"'),
        (
            "[workspace]\n",
            "1:1",
            "missing-key",
            "`workspace.package` is missing",
            'the least is: [workspace] package = "acme"',
        ),
        (
            f'{LEAST}spec = "x"\n',
            "3:1",
            "unknown-key",
            "the key `workspace.spec` means nothing here",
            "did you mean `specs`?",
        ),
        (
            f"{LEAST}\n[biuld]\njobs = 1\n",
            "4:1",
            "unknown-key",
            "the key `biuld` means nothing here",
            "did you mean `build`?",
        ),
        (
            f"{LEAST}[build]\nworkers = 3\n",
            "4:1",
            "unknown-key",
            "the key `build.workers` means nothing here",
            "known here: mode, jobs",
        ),
        (
            f'{LEAST}[build]\nmode = "quick"\n',
            "4:1",
            "value",
            "`build.mode`: input should be 'fast', 'balanced' or 'strict'",
            "",
        ),
        (
            f'{LEAST}[check]\ntype_checker = "pyre"\n',
            "4:1",
            "value",
            "`check.type_checker`: input should be 'mypy' or 'ty'",
            "",
        ),
        (
            f"{LEAST}[build]\njobs = -1\n",
            "4:1",
            "value",
            "`build.jobs`: input should be greater than or equal to 0",
            "",
        ),
        (f'{LEAST}[gates]\nG7 = "never"\n', "4:1", "value", "`gates.G7`: input should be 'off', 'warn' or 'block'", ""),
        (
            '[workspace]\npackage = "Acme Inc"\n',
            "2:1",
            "value",
            "`workspace.package`: string should match pattern",
            "such as acme, or order_nodes",
        ),
        (
            f'{LEAST}[cache]\nmax_size = "much"\n',
            "4:1",
            "value",
            "`cache.max_size`: string should match pattern",
            "write a number and one of B, KB, MB, GB, KiB, MiB, GiB",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, place: str, code: str, message: str, hint: str) -> None:
    problem = wrong(text)

    assert isinstance(problem.at, Place)
    assert (problem.code, problem.at.file) == (code, "omnibuild.toml")
    assert f"{problem.at.line}:{problem.at.column}" == place
    assert problem.message.startswith(message)
    assert problem.hint == hint


def test_an_unknown_environment() -> None:
    assert wrong(ALL, "prodution").hint == "did you mean `production`?"
    assert wrong(LEAST, "ci").hint == "add [env.ci] to omnibuild.toml"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (f"{LEAST}[build]\n[env.ci.build]\njbos = 1\n", "5:1", "the key `build.jbos` means", "did you mean `jobs`?"),
        (f"{LEAST}[build]\njobs = 1\n[env.ci.build]\njobs = -1\n", "6:1", "`build.jobs`: input should be", ""),
        (f"{LEAST}[env.ci]\nbuild.jobs = -1\n", "4:1", "`build.jobs`: input should be", ""),
        ('env = "x"\n' + LEAST, "1:1", "`env` must be a table of environments", None),
        (f"{LEAST}[env]\nci = 1\n", "4:1", "`env.ci` must be a table", None),
        (f'{LEAST}[gates]\nG77 = "off"\n', "4:1", "there is no gate `G77`", "did you mean `G7`?"),
        (f'{LEAST}[gates]\ng7 = "off"\n', "4:1", "there is no gate `g7`", "did you mean `G7`?"),
        (f'{LEAST}[gates]\nG1 = "off"\n', "4:1", "the level of `G1` cannot be changed", None),
        (f'{LEAST}[env.ci.gates]\nG1 = "off"\n', "4:1", "the level of `G1` cannot be changed", None),
        (f'{LEAST}out = ""\n', "3:1", "`workspace.out`: `` is no folder inside the workspace", None),
        (f'{LEAST}out = "."\n', "3:1", "`workspace.out`: `.` is no folder inside the workspace", None),
        (f'{LEAST}out = "/tmp"\n', "3:1", "`workspace.out`: `/tmp` leads out of the workspace", None),
        (f'{LEAST}cache = "a/../.."\n', "3:1", "`workspace.cache`: `a/../..` leads out of the workspace", None),
        (f'{LEAST}out = "specs"\n', "3:1", "`workspace.out`: `specs` and the folder of `specs` lie in each", None),
        (f'{LEAST}out = "specs/a"\n', "3:1", "`workspace.out`: `specs/a` and the folder of `specs`", None),
        (f'{LEAST}cache = "x"\nout = "./x/"\n', "4:1", "`workspace.out`: `./x/` and the folder of `cache`", None),
        ('[workspace]\npackage = "class"\n', "2:1", "`workspace.package`: this is a keyword of Python", None),
        ('[workspace]\npackage = "json"\n', "2:1", "`workspace.package`: there is already a module of this", None),
        ('[workspace]\npackage = "pydantic"\n', "2:1", "`workspace.package`: there is already a module", None),
    ],
)
def test_names_gates_and_environments_are_checked(text: str, place: str, message: str, hint: str | None) -> None:
    settings, (problem,) = read_settings(text, None, {"G1": False, "G7": True})

    assert settings is None
    assert isinstance(problem.at, Place)
    assert f"{problem.at.line}:{problem.at.column}" == place
    assert problem.message.startswith(message)
    assert problem.hint == hint if hint is not None else problem.hint
