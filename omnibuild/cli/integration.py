"""What has others run omnibuild: a hook of pre-commit, and a workflow of GitHub."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from importlib import metadata
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from omnibuild import __version__

HOOKS = ".pre-commit-config.yaml"
WORKFLOWS = ".github/workflows"
_REVISION = re.compile(r"(.+)@([\w./-]*[\w-])")


@dataclass(frozen=True, slots=True)
class Origin:
    """The repository that omnibuild's hooks and its action come from, and the revision that is used."""

    url: str
    revision: str

    @property
    def action(self) -> str:
        """The action, as a step of a workflow names it."""
        owner, name = PurePosixPath(self.url.removesuffix(".git").replace(":", "/")).parts[-2:]
        return f"{owner}/{name}@{self.revision}"


def origin(text: str) -> Origin | None:
    """Return what `URL@REVISION` names, None if it is not of that form."""
    found = _REVISION.fullmatch(text.strip())
    if not found or ":" not in found[1] or "/" not in found[1]:
        return None
    return Origin(found[1], found[2])


def installed_origin() -> Origin | None:
    """Return where omnibuild was installed from, if that was a git repository that others can reach."""
    try:
        told = json.loads(metadata.distribution("omnibuild").read_text("direct_url.json") or "{}")
        url, revision = told["url"], told["vcs_info"].get("requested_revision") or told["vcs_info"]["commit_id"]
    except (metadata.PackageNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "ssh"):
        return None
    # What was checked in would show who installed it, and with which password.
    host = parts.netloc if parts.scheme == "ssh" else parts.netloc.rpartition("@")[2]
    return Origin(parts._replace(netloc=host).geturl(), str(revision))


def hook_text(source: Origin | None) -> str:
    """Return what pre-commit's settings have to say: the hook of the repository, or of what is installed."""
    if source:
        return f"  - repo: {source.url}\n    rev: {source.revision}\n    hooks:\n      - id: omnibuild\n"
    return """\
  - repo: local
    hooks:
      - id: omnibuild
        name: omnibuild
        entry: omnibuild hook
        language: system
        pass_filenames: false
        require_serial: true
        always_run: true
"""


def workflow_file(folder: str) -> str:
    """Return the workflow's path; `folder` is the workspace's in the repository, `.` for its top."""
    name = "" if folder == "." else f"-{re.sub(r'[^A-Za-z0-9]+', '-', folder).strip('-')}"
    return f"{WORKFLOWS}/omnibuild{name}.yml"


def workflow_text(source: Origin | None, folder: str, branch: str) -> str:
    """Return a workflow that builds a workspace with every push to the branch, and with every pull request."""
    return f"""\
name: omnibuild{"" if folder == "." else f" {folder}"}

on:
  push:
    branches: [{json.dumps(branch)}]
  pull_request:

permissions:
  contents: read

jobs:
  omnibuild:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
{_steps(source, folder)}"""


def _steps(source: Origin | None, folder: str) -> str:
    if source:
        where = "" if folder == "." else f"          folder: {json.dumps(folder)}\n"
        why = "# git ignores out/; check, where it is checked in"
        return f"      - uses: {source.action}\n        with:\n          verb: build  {why}\n{where}"
    where = "" if folder == "." else f"-C {shlex.quote(folder)} "
    return f"""\
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: python -m pip install omnibuild=={__version__}
      - run: omnibuild {where}build
"""
