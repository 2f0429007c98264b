"""What was before: revisions, and the last build."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from omnibuild.adapters.event_log import BEFORE, NAME
from omnibuild.adapters.past import Past
from omnibuild.core.values import Level, Problem
from tests.workspaces import CHAIN, Sandbox, workspace

FAST = '[workspace]\npackage = "acme"\n[build]\nmode = "fast"\n'


def git(folder: Path, *arguments: str) -> None:
    names = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", "-C", str(folder), *arguments], env={**os.environ, **names}, check=True, capture_output=True)


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return workspace(tmp_path / "repository" / "w", {**CHAIN, "omnibuild.toml": FAST})


def past(sandbox: Sandbox) -> Past:
    return Past(sandbox.root, sandbox.root / "cache")


def changed(sandbox: Sandbox, revision: str = "HEAD") -> frozenset[str]:
    found = past(sandbox).changed(revision)
    assert isinstance(found, frozenset), found
    return found


def test_changes_since_a_revision(sandbox: Sandbox) -> None:
    repository = sandbox.root.parent
    git(repository, "init", "-q", "-b", "main")
    assert changed(sandbox) == {*CHAIN, "omnibuild.toml"}
    git(repository, "add", "-A")
    assert changed(sandbox) == {*CHAIN, "omnibuild.toml"}
    git(repository, "commit", "-qm", "one")
    assert changed(sandbox) == frozenset()
    (repository / "elsewhere.txt").write_text("")
    sandbox.replace("specs/pricer.yaml", "two pieces", "2 pieces")
    sandbox.write("specs/naïve file.yaml", "")
    (sandbox.root / "specs/money.yaml").unlink()
    files = {"specs/pricer.yaml", "specs/naïve file.yaml", "specs/money.yaml"}
    assert changed(sandbox) == files
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "two")
    assert changed(sandbox) == frozenset()
    assert changed(sandbox, "HEAD~1") == changed(sandbox, "main^") == files


@pytest.mark.parametrize("revision", ["nosuch", "--output=x", "", "HEAD:specs"])
def test_what_is_no_revision_is_a_problem(sandbox: Sandbox, revision: str) -> None:
    git(sandbox.root, "init", "-q")
    git(sandbox.root, "add", "-A")
    git(sandbox.root, "commit", "-qm", "one")
    found = past(sandbox).changed(revision)
    assert isinstance(found, Problem)
    assert f"there is no revision `{revision}`" in found.message
    assert not (sandbox.root / "x").exists()


def test_without_a_repository_or_git_nobody_knows(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(sandbox.root.parent))
    found = past(sandbox).changed("HEAD")
    assert isinstance(found, Problem)
    assert "not a git repository" in found.message
    monkeypatch.setenv("PATH", "/nowhere")
    found = past(sandbox).changed("HEAD")
    assert isinstance(found, Problem)
    assert "not installed" in found.message


def test_the_last_build_that_came_to_an_end_counts(sandbox: Sandbox) -> None:
    assert past(sandbox).failed() == frozenset()
    sandbox.replace("specs/pricer.yaml", "quantity * price", "quantty * price")
    sandbox.build(mode=None)
    last = past(sandbox).last_build
    assert last.failed == {"pricer"}
    [problem] = [it for it in last.problems if it.level is Level.BLOCK]
    assert (problem.node, str(problem.at)) == ("pricer", "specs/pricer.yaml:8:10")
    log = sandbox.root / "cache" / NAME
    with log.open("a") as file:
        file.write('{"build": "killed", "event": "build_started"}\n{"build": "ki')
    assert past(sandbox).failed() == {"pricer"}
    # Where the log was full within a build, its beginning is in another file.
    lines = log.read_text().splitlines(keepends=True)
    (sandbox.root / "cache" / BEFORE).write_text("".join(lines[:-4]))
    log.write_text("".join(lines[-4:]))
    assert past(sandbox).failed() == {"pricer"}
    sandbox.replace("specs/pricer.yaml", "quantty * price", "quantity * price")
    assert sandbox.build(mode=None).ok
    assert past(sandbox).failed() == frozenset()
