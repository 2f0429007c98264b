"""A repository of somebody who uses omnibuild: git, pre-commit, and the hooks of this repository."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.workspaces import REPOSITORY

HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"
_PEOPLE = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))
}


@dataclass(frozen=True)
class Clone:
    """A checkout, and the programs that are run in it."""

    root: Path
    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a shell there, with the omnibuild of the tests and nobody's configuration of git."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
        nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PRE_COMMIT_HOME": str(self.home)}
        return {**own, **_PEOPLE, **nobody, "PYTHONPATH": str(REPOSITORY), **self.settings}

    def run(self, *command: str, folder: str = ".") -> subprocess.CompletedProcess[str]:
        """Run a program; errors are in what it prints."""
        return subprocess.run(
            command,
            cwd=self.root / folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def omnibuild(self, *arguments: str, folder: str = ".") -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "omnibuild", *arguments, folder=folder)

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pre_commit", *arguments)

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, file: str) -> str:
        return (self.root / file).read_text()

    def replace(self, file: str, old: str, new: str) -> None:
        text = self.read(file)
        assert old in text
        self.write(file, text.replace(old, new, 1))

    def build(self, *arguments: str, folder: str = ".") -> None:
        done = self.omnibuild("build", *arguments, folder=folder)
        assert done.returncode == 0, done.stdout

    def use(self, hook: str, *arguments: str) -> None:
        """Have pre-commit run one of this repository's hooks before each commit, with the omnibuild of the tests."""
        [found] = [it for it in yaml.safe_load(HOOKS.read_text()) if it["id"] == hook]
        verb = found["entry"].removeprefix("omnibuild ")
        found |= {"language": "system", "entry": f"{sys.executable} -m omnibuild {verb}", "args": [*arguments]}
        self.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": [found]}]}))
        self.git("add", ".pre-commit-config.yaml")
        for kind in ("pre-commit", "pre-merge-commit"):
            done = self.pre_commit("install", "--hook-type", kind)
            assert done.returncode == 0, done.stdout

    def commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Try to commit what is staged."""
        return self.run("git", "commit", "--message", "change", *arguments)


def clone(root: Path, home: Path) -> Clone:
    """Make an empty repository; what pre-commit keeps goes to the folder `home`."""
    root.mkdir(parents=True, exist_ok=True)
    made = Clone(root, home)
    made.git("init", "--quiet", "--initial-branch=main")
    return made
