"""The Action: its steps, run as a runner would, with the same files; and the workflow that uses it here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import MONEY, PRICER
from tests.cli.test_formats import HOSTILE, broken
from tests.runner import Job, Log
from tests.test_repository import checked_in
from tests.workspaces import REPOSITORY

ACTION = REPOSITORY / "action.yml"
WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
TOML = '[workspace]\npackage = "acme"\n[build]\nmode = "fast"\n'


def steps() -> list[dict[str, Any]]:
    """Return the steps of the Action."""
    found: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    return found


class Repository:
    """Somebody's repository with a workspace in a folder, and the jobs that run in fresh checkouts of it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "repository"
        self._jobs = root
        self._saved = root / "saved"
        self._saved.mkdir()
        (self.root / ".git").mkdir(parents=True)
        for file, text in {"omnibuild.toml": TOML, "specs/pricer.yaml": PRICER, "specs/money.yaml": MONEY}.items():
            self.write(file, text)

    def write(self, file: str, text: str) -> None:
        path = self.root / "shop" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def job(self, **inputs: str) -> Job:
        """Run the Action in a checkout with nothing but what is checked in; omnibuild is the one of the tests."""
        temp, checkout = self._jobs / "temp", self._jobs / "checkout"
        for it in (temp, checkout):
            shutil.rmtree(it, ignore_errors=True)
        shutil.copytree(self.root, checkout)
        bin_ = temp / "omnibuild" / "bin"
        bin_.mkdir(parents=True)
        for name, command in (("python", f'"{sys.executable}"'), ("omnibuild", f'"{sys.executable}" -m omnibuild')):
            (bin_ / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
            (bin_ / name).chmod(0o755)
        # The first step stands in for itself: an installation takes minutes, and has a test of its own.
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "BASH_ENV": str(self._not_installing())}
        return Job(REPOSITORY, checkout, temp, self._saved, environment).use({"folder": "shop", **inputs})

    def _not_installing(self) -> Path:
        file = self._jobs / "functions"
        file.write_text('bash() { case "$1" in */install) ;; *) command bash "$@" ;; esac; }\n')
        return file


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return somebody's repository."""
    return Repository(tmp_path)


# ------------------------------------------------------------------------------------- as it is written


@pytest.mark.parametrize("file", [ACTION, *WORKFLOWS], ids=lambda it: it.name)
def test_it_fits_the_published_schema(file: Path) -> None:
    schema = f"vendor.github-{'actions' if file == ACTION else 'workflows'}"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_scripts_are_files_and_inputs_are_variables() -> None:
    for step in steps():
        if "run" not in step:
            continue
        assert "${{" not in step["run"]
        script = REPOSITORY / step["run"].removeprefix('bash "$GITHUB_ACTION_PATH/').removesuffix('"')
        assert script.stat().st_mode & 0o111
        text = script.read_text()
        subprocess.run(["bash", "-n", script], check=True)
        assert "eval" not in text
        # An empty list is an unset one to bash 3.2, which macOS has, and `set -u` ends the script there.
        for name in re.findall(r"^(\w+)=\(\)$", text, re.MULTILINE):
            assert f'"${{{name}[@]}}"' not in text.replace(f'${{{name}[@]+"${{{name}[@]}}"}}', "")
        for name in step["env"]:
            assert f"${name}" in text or f'os.environ["{name}"]' in script.with_suffix(".py").read_text()
    for file in WORKFLOWS:
        for job in yaml.safe_load(file.read_text())["jobs"].values():
            assert not [it for it in job["steps"] if "${{" in it.get("run", "")]


def test_the_workflow_uses_what_the_action_has() -> None:
    action = yaml.safe_load(ACTION.read_text())
    used = 0
    for file in WORKFLOWS:
        text = file.read_text()
        for job in yaml.safe_load(text)["jobs"].values():
            for step in job["steps"]:
                if step.get("uses") == "./":
                    used += 1
                    assert set(step["with"]) <= set(action["inputs"])
                    outputs = {it.split()[0] for it in text.split(f"steps.{step['id']}.outputs.")[1:]}
                    assert outputs <= set(action["outputs"])
    assert used


# ------------------------------------------------------------------------------------------ what it does


def test_a_clean_workspace_is_fine(repository: Repository) -> None:
    job = repository.job(verb="build", sarif="reports/o.sarif", junit="reports/o.xml")

    assert not job.failed, job.log
    assert not Log.read(job.log).annotations
    outputs = job.outputs["run"]
    assert outputs | {"status": "ok", "problems": "0", "nodes": "2", "sarif": "reports/o.sarif"} == outputs
    assert json.loads(outputs["changed"]) == ["money", "pricer"]
    assert int(outputs["written"]) > 10
    assert "## omnibuild build in shop: fine" in job.summary
    assert json.loads((job.workspace / "reports/o.sarif").read_text())["runs"][0]["results"] == []
    assert (job.workspace / "reports/o.xml").read_text().startswith("<?xml")


@pytest.mark.parametrize("number", [3, 40])
def test_problems_become_annotations_and_a_summary(repository: Repository, number: int) -> None:
    repository.write("specs/broken.yaml", broken(number))

    job = repository.job(verb="build", sarif="o.sarif")

    assert job.failed == "Run omnibuild: 1"
    log = Log.read(job.log)
    assert len(log.annotations) == min(number, 10)
    assert {(level, properties["file"]) for level, properties, _ in log.annotations} == {
        ("error", "shop/specs/broken.yaml")
    }
    assert job.summary.count("means nothing here") == number + 1  # and the reason of the node that failed
    assert job.outputs["run"]["problems"] == str(number)
    assert job.outputs["run"]["status"] == "failed"
    assert len(json.loads((job.workspace / "o.sarif").read_text())["runs"][0]["results"]) == number


def test_check_tells_of_an_output_that_is_out_of_step(repository: Repository) -> None:
    job = repository.job()

    assert job.failed == "Run omnibuild: 1"
    assert all("is missing" in message for _, _, message in Log.read(job.log).annotations)


def test_a_spec_cannot_give_orders(repository: Repository) -> None:
    repository.write("specs/hostile.yaml", HOSTILE)

    job = repository.job(verb="build")

    log = Log.read(job.log)
    assert {command for command, _, _ in log.commands} == {"error"}
    assert any("\n::set-env name=PATH::/tmp" in message for _, _, message in log.annotations)
    assert "\\:\\:set-env name=PATH\\:\\:/tmp" in job.summary
    assert "\\$\\{\\{ github.token \\}\\}" in job.summary
    assert set(job.outputs["run"]) == {"status", "problems", "warnings", "nodes", "changed", "written", "removed"}


@pytest.mark.parametrize("name", ["verb", "folder", "mode", "environment", "sarif", "junit"])
@pytest.mark.parametrize("attack", ["$(touch taken)", "`touch taken`", "a; touch taken", '"; touch taken; "', "a\nb=c"])
def test_an_input_cannot_give_orders(repository: Repository, name: str, attack: str) -> None:
    job = repository.job(**{"verb": "build", "cache": "false", name: attack})

    assert not [*job.workspace.rglob("taken")]
    assert "b" not in job.outputs.get("run", {})
    if name in ("verb", "mode", "environment", "folder"):
        assert job.failed == "Run omnibuild: 2"


def test_a_workspace_that_cannot_be_opened_is_an_annotation(repository: Repository) -> None:
    repository.write("omnibuild.toml", "[workspace]\n")

    job = repository.job()

    assert job.failed == "Run omnibuild: 2"
    assert Log.read(job.log).annotations[0][1]["file"] == "shop/omnibuild.toml"
    assert job.outputs["key"] == {}


# ------------------------------------------------------------------------------------------------- cache


def test_what_was_built_is_restored_in_the_next_job(repository: Repository) -> None:
    first = repository.job(verb="build")
    second = repository.job(verb="build")

    assert "built     pricer" in first.log
    assert "restored  pricer" in second.log
    assert second.outputs["restore"] == {"cache-hit": "true"}
    assert first.outputs["key"] == second.outputs["key"]


def test_a_change_has_a_key_of_its_own_and_begins_with_the_nearest_entry(repository: Repository) -> None:
    first = repository.job(verb="build")
    repository.write("specs/pricer.yaml", PRICER.replace("quantity * piece.value", "piece.value * quantity"))
    second = repository.job(verb="build")
    third = repository.job(verb="build")

    assert second.outputs["key"]["key"] != first.outputs["key"]["key"]
    assert second.outputs["key"]["restore-keys"] == first.outputs["key"]["restore-keys"]
    assert second.outputs["restore"] == {"cache-hit": "false"}
    assert "restored  money" in second.log
    assert "built     pricer" in second.log
    assert third.outputs["restore"] == {"cache-hit": "true"}
    assert "restored  pricer" in third.log


def test_other_versions_have_another_key(repository: Repository) -> None:
    (repository.root / "lock.txt").write_text("httpx==0.28.1\n")
    first = repository.job(verb="build", requirements="lock.txt")
    (repository.root / "lock.txt").write_text("httpx==0.28.0\n")
    second = repository.job(verb="build", requirements="lock.txt")

    [own, tools], [other, same] = (it.outputs["key"]["restore-keys"].split() for it in (first, second))
    assert own != other
    assert tools == same
    assert own.startswith(tools)


def test_what_failed_keeps_what_was_finished(repository: Repository) -> None:
    repository.write("specs/broken.yaml", broken(1))
    first = repository.job(verb="build")
    repository.write("specs/broken.yaml", PRICER.replace("node: pricer", "node: broken").replace("Price", "Cost"))
    second = repository.job(verb="build")

    assert first.failed
    assert not second.failed, second.log
    assert "restored  pricer" in second.log


def test_without_a_cache_nothing_is_kept(repository: Repository) -> None:
    repository.job(verb="build", cache="false")

    assert "built     pricer" in repository.job(verb="build").log


# --------------------------------------------------------------------------------------------- for real


@pytest.mark.slow
def test_the_workflow_of_this_repository(tmp_path: Path) -> None:
    """Install and build as the workflow does: only the actions of others are left out."""
    checkout, temp, saved = tmp_path / "checkout", tmp_path / "temp", tmp_path / "saved"
    for it in checked_in():
        (checkout / it).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / it, checkout / it)
    temp.mkdir()
    saved.mkdir()
    [workflow] = WORKFLOWS
    [step] = [it for it in yaml.safe_load(workflow.read_text())["jobs"]["specs"]["steps"] if it.get("uses") == "./"]
    environment = {name: it for name, it in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}

    job = Job(checkout, checkout, temp, saved, environment).use(step["with"])

    assert not job.failed, job.log
    assert job.outputs["run"]["status"] == "ok"
    assert job.outputs["run"]["nodes"] == "8"
    assert (checkout / "out/src/acme/nodes").is_dir()
    assert len([*saved.iterdir()]) == 1
    [path] = [it for it in temp.glob("path*") if it.read_text()]
    assert [it.name for it in Path(path.read_text().strip()).iterdir()] == ["omnibuild"]
