"""The repository around the code: what is checked in, pinned, and promised."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.workspaces import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())

# Put together here, so that this file does not hold what it looks for.
_HOSTS = tuple(".".join(it) for it in (("pypi", "org"), ("pythonhosted", "org"), ("pypi", "python")))
_FOLDERS = ("root", "work", "home", "Users", "opt")
_FOREIGN = re.compile("|".join([*map(re.escape, _HOSTS), rf"(?<![\w.$}}/-])/(?:{'|'.join(_FOLDERS)})/\w"]))


@cache
def checked_in() -> tuple[str, ...]:
    """Return the paths of all files that are, or would be, checked in."""
    if not (REPOSITORY / ".git").exists():
        pytest.skip("this is not a clone")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(it for it in listing.stdout.split("\0") if it and (REPOSITORY / it).is_file())


def test_no_file_names_a_registry_or_a_folder_of_some_machine() -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in checked_in()
        for number, line in enumerate((REPOSITORY / path).read_text(errors="replace").splitlines(), 1)
        if _FOREIGN.search(line)
    ]

    assert not found


def test_what_is_generated_is_not_checked_in() -> None:
    assert not [it for it in checked_in() if it.startswith(("out/", "cache/", "dist/", ".venv"))]
    assert not [it for it in checked_in() if it.endswith(("uv.lock", ".pyc", ".oncp"))]


# ----------------------------------------------------------------------------------------- pins


def pins(file: str) -> dict[str, Requirement]:
    """Return the requirements of a compiled file, each with at least one hash."""
    found: dict[str, Requirement] = {}
    for entry in re.split(r"\n(?=\S)", (REPOSITORY / file).read_text()):
        first, _, hashes = entry.partition(" \\\n")
        if not first.startswith("#"):
            assert "--hash=sha256:" in hashes, first
            requirement = Requirement(first)
            found[canonicalize_name(requirement.name)] = requirement
    return found


@pytest.mark.parametrize("file", ["constraints.txt", ".ci/infra.txt"])
def test_every_version_is_pinned_with_hashes(file: str) -> None:
    for requirement in pins(file).values():
        assert str(requirement.specifier).startswith("=="), requirement


def test_the_pins_fit_what_the_project_declares() -> None:
    pinned = pins("constraints.txt")
    declared = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    declared += PROJECT["build-system"]["requires"]

    for requirement in map(Requirement, declared):
        pin = pinned.get(canonicalize_name(requirement.name))
        assert pin, f"{requirement} is not pinned: run .ci/pin"
        version = str(pin.specifier).removeprefix("==")
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement} is {version}: run .ci/pin"
        assert pin.marker is None or pin.marker == Marker("python_version >= '3.12'")


# ----------------------------------------------------------------------------------- the README


def test_ci_runs_the_commands_of_the_readme() -> None:
    readme = (REPOSITORY / "README.md").read_text()
    build, tests = re.findall(r"^```bash\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[:2]
    run = (REPOSITORY / ".ci/run").read_text().splitlines()

    for line in (*build.splitlines(), *tests.splitlines()):
        assert line.removesuffix(" &&") in run
    assert build.rstrip().endswith("omnibuild build")
    assert tests.strip() == ".venv/bin/pytest"


def test_ci_can_be_run() -> None:
    for script in (".ci/run", ".ci/pin"):
        assert (REPOSITORY / script).stat().st_mode & 0o111
        subprocess.run(["bash", "-n", script], cwd=REPOSITORY, check=True)


def test_the_changelog_says_what_is_new() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text()

    unreleased = re.search(r"^## \[Unreleased\]\n(.+?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert unreleased
    assert "\n- " in unreleased[1]
