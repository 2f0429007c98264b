"""What can be wrong with a workspace in git: what is checked in, what is ignored, which hook is run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from omnibuild.adapters.health import Check, Health
from omnibuild.adapters.output import is_made_by_python
from omnibuild.adapters.project import git_output, repository
from omnibuild.core.values import Settings

_HOOKS = ".pre-commit-config.yaml"
_NAMES_OMNIBUILD = re.compile(r"^\s*(?:-\s+)?(?:id|entry):\s*['\"]?omnibuild\b", re.MULTILINE)
_PYTHON = re.compile(r"^INSTALL_PYTHON=['\"]?([^'\"\n]+)", re.MULTILINE)


def check_git(root: Path, settings: Settings) -> Iterator[Check]:
    """Yield what there is to say of git."""
    top = repository(root)
    if top is None:
        yield Check("git", Health.OK, "not a git repository")
        return
    yield _cache(root, settings.cache)
    yield _out(root, settings.out)
    yield _hook(top)


def _is_tracked(root: Path, folder: str) -> bool:
    return bool(git_output(root, "ls-files", "--", folder))


def _is_ignored(root: Path, folder: str) -> bool:
    # A file that is not there, since a folder's own pattern ends with a slash.
    return git_output(root, "check-ignore", "--no-index", "-q", f"{folder}/x") is not None


def _cache(root: Path, folder: str) -> Check:
    name = f"{folder}/ in git"
    if _is_tracked(root, folder):
        mend = f"git rm -r --cached {folder}, and /{folder}/ in .gitignore"
        return Check(name, Health.WARN, "it is checked in", mend)
    if not _is_ignored(root, folder):
        return Check(name, Health.WARN, "it is not ignored", f"echo /{folder}/ >> .gitignore")
    return Check(name, Health.OK, "ignored")


def _out(root: Path, folder: str) -> Check:
    name = f"{folder}/ in git"
    tracked, ignored = _is_tracked(root, folder), _is_ignored(root, folder)
    if tracked and ignored:
        mend = f"git rm -r --cached {folder}, or take the line out of .gitignore"
        return Check(name, Health.WARN, "it is checked in and ignored: new files would be left out", mend)
    if not tracked and not ignored:
        mend = f"echo /{folder}/ >> .gitignore, or check all of it in"
        return Check(name, Health.WARN, "it is neither checked in nor ignored", mend)
    listed = (git_output(root, "ls-files", "--others", "--exclude-standard", "--", folder) or "").splitlines()
    others = [it for it in listed if not is_made_by_python(it.removeprefix(f"{folder}/"))]
    if tracked and others:
        found = f"only a part is checked in: {len(others)} of its files are not, such as {others[0]}"
        return Check(name, Health.WARN, found, f"git add {folder}")
    return Check(name, Health.OK, "checked in" if tracked else "ignored")


def _hook(top: Path) -> Check:
    """Say whether git runs the hook that the settings of pre-commit name."""
    name = "hook in git"
    try:
        wanted = bool(_NAMES_OMNIBUILD.search((top / _HOOKS).read_text(encoding="utf-8", errors="replace")))
    except OSError:
        wanted = False
    if not wanted:
        return Check(name, Health.OK, f"{_HOOKS} has none of omnibuild")
    folder = (git_output(top, "rev-parse", "--git-path", "hooks") or ".git/hooks").removesuffix("\n")
    script = top / folder / "pre-commit"
    if fault := _fault(script):
        elsewhere = (git_output(top, "config", "core.hooksPath") or "").strip()
        unset = "git config --unset-all core.hooksPath && " if elsewhere else ""
        return Check(name, Health.WARN, f"{_HOOKS} names omnibuild, but {fault}", f"{unset}pre-commit install")
    return Check(name, Health.OK, f"{script} runs pre-commit")


def _fault(script: Path) -> str:
    """Return why a hook does not run pre-commit, nothing if it does."""
    try:
        text = script.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"there is no {script}"
    if not os.access(script, os.X_OK):
        return f"{script} is not executable"
    if "pre-commit" not in text and "pre_commit" not in text:
        return f"{script} does not run pre-commit"
    python = _PYTHON.search(text)
    if python and not Path(python[1]).exists() and shutil.which("pre-commit") is None:
        return f"{script} points to {python[1]}, which is not there"
    return ""
