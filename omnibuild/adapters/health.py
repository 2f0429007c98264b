"""What can be wrong with the set-up of a workspace: the interpreter, the tools, the folders, git."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from omnibuild.adapters.fresh import SCHEMA, schema_current, schema_text
from omnibuild.adapters.output import OutputFolder
from omnibuild.core.values import Problem, Settings

_OLDEST = (3, 12)
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)[^;]*?(?:>=\s*([\d.]+))?[^;]*(;.*extra.*)?$")


class Health(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, how it came out, what was found, and how to mend it."""

    name: str
    health: Health
    found: str
    mend: str = ""


def check_installation() -> Iterator[Check]:
    """Yield what there is to say of Python and of the packages that omnibuild stands on."""
    version = sys.version_info
    shown = f"{version.major}.{version.minor}.{version.micro}"
    old = (version.major, version.minor) < _OLDEST
    yield Check("python", Health.FAIL if old else Health.OK, shown, "install Python 3.12 or newer" if old else "")
    yield from _packages()
    for name, command in _tools():
        yield _tool(name, command)


def _packages() -> Iterator[Check]:
    try:
        wanted = metadata.requires("omnibuild") or []
    except metadata.PackageNotFoundError:
        mend = "install it: python3 -m pip install omnibuild"
        yield Check("omnibuild", Health.WARN, "its files are there, but it is not installed", mend)
        wanted = ["omnibase-core"]
    for requirement in wanted:
        found = _REQUIREMENT.match(requirement)
        if found and not found[3]:
            yield _package(found[1], found[2] or "")


def _package(name: str, oldest: str) -> Check:
    mend = f"python3 -m pip install '{name}{f'>={oldest}' if oldest else ''}'"
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name, Health.FAIL, "is not installed", mend)
    if oldest and _numbers(version) < _numbers(oldest):
        return Check(name, Health.FAIL, f"{version} is older than {oldest}", mend)
    missing = [it for it in _modules(name) if importlib.util.find_spec(it) is None]
    if missing:
        return Check(name, Health.FAIL, f"{version}, but {missing[0]} cannot be imported", f"{mend} --force-reinstall")
    return Check(name, Health.OK, version)


def _modules(distribution: str) -> list[str]:
    text = metadata.distribution(distribution).read_text("top_level.txt") or ""
    return [it for it in text.split() if it.isidentifier() and not it.startswith("_")]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(it) for it in re.findall(r"\d+", version.partition("+")[0])[:3])


def _tools() -> Iterator[tuple[str, list[str] | None]]:
    try:
        from ruff import find_ruff_bin  # type: ignore[import-untyped]

        yield "ruff", [find_ruff_bin(), "--version"]
    except (ImportError, FileNotFoundError):
        yield "ruff", None
    yield "mypy", [sys.executable, "-m", "mypy", "--version"]


def _ty() -> Check:
    from omnibuild.adapters.ty_check import find_ty

    program = find_ty()
    if program is None:
        return Check("ty runs", Health.FAIL, "it is not installed", "python3 -m pip install 'omnibuild[ty]'")
    return _tool("ty", [program, "--version"])


def _tool(name: str, command: list[str] | None) -> Check:
    said = _output(command) if command else None
    if said is None:
        return Check(f"{name} runs", Health.FAIL, "it does not", f"python3 -m pip install --force-reinstall {name}")
    return Check(f"{name} runs", Health.OK, said.strip())


def _output(command: list[str], cwd: Path | None = None) -> str | None:
    """Return what a command prints, None if it cannot be run or fails."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def check_workspace(root: Path, settings: Settings) -> Iterator[Check]:
    """Yield what there is to say of a workspace whose settings are in order."""
    yield _specs(root, settings)
    yield _schema(root, settings)
    if settings.type_checker == "ty":
        yield _ty()
    for folder in (settings.out, settings.cache):
        obstacle = OutputFolder(root / folder, root / folder).obstacle(1)
        mend = f"give yourself the right to write {folder}/, or name another folder in omnibuild.toml"
        yield (
            Check(f"{folder}/", Health.FAIL, obstacle, mend) if obstacle else Check(f"{folder}/", Health.OK, "writable")
        )
    yield from _git(root, settings)
    yield _templates(root, settings)
    yield _shadow(root, settings)


def _folder(name: str, obstacle: str | None) -> Check:
    if obstacle:
        mend = f"give yourself the right to write {name}, or name another folder in omnibuild.toml"
        return Check(name, Health.FAIL, obstacle, mend)
    return Check(name, Health.OK, "writable")


def _specs(root: Path, settings: Settings) -> Check:
    from omnibuild.adapters.folder import FolderInputs

    folder = f"{settings.specs}/"
    count = len(FolderInputs(root, settings.specs).specs())
    if count:
        return Check(folder, Health.OK, f"{count} spec file{'' if count == 1 else 's'}")
    found = "has no specs" if (root / settings.specs).is_dir() else "is not there"
    return Check(folder, Health.WARN, found, "omnibuild new compute NAME")


def _schema(root: Path, settings: Settings) -> Check:
    specs = root / settings.specs
    name = f"{settings.specs}/{SCHEMA}"
    if schema_current(specs):
        return Check(name, Health.OK, "up to date")
    found = "is not there" if schema_text(specs) is None else "is of another version of omnibuild"
    return Check(name, Health.WARN, f"{found}: editors check specs with it", "omnibuild schema --write")


def _git(root: Path, settings: Settings) -> Iterator[Check]:
    if _output(["git", "rev-parse", "--is-inside-work-tree"], root) is None:
        yield Check("git", Health.OK, "not a git repository")
        return
    for folder, said in ((settings.cache, _cache_in_git), (settings.out, _out_in_git)):
        tracked = bool(_output(["git", "ls-files", "--", folder], root))
        # A file that is not there, since a folder's own pattern ends with a slash.
        ignored = _output(["git", "check-ignore", "--no-index", "-q", f"{folder}/x"], root) is not None
        yield said(folder, tracked=tracked, ignored=ignored)


def _cache_in_git(folder: str, *, tracked: bool, ignored: bool) -> Check:
    name = f"{folder}/ in git"
    if tracked:
        return Check(
            name, Health.WARN, "it is checked in", f"git rm -r --cached {folder}, and /{folder}/ in .gitignore"
        )
    if not ignored:
        return Check(name, Health.WARN, "it is not ignored", f"echo /{folder}/ >> .gitignore")
    return Check(name, Health.OK, "ignored")


def _out_in_git(folder: str, *, tracked: bool, ignored: bool) -> Check:
    name = f"{folder}/ in git"
    if tracked and ignored:
        mend = f"git rm -r --cached {folder}, or take the line out of .gitignore"
        return Check(name, Health.WARN, "it is checked in and ignored: new files would be left out", mend)
    if not tracked and not ignored:
        mend = f"echo /{folder}/ >> .gitignore, or check all of it in"
        return Check(name, Health.WARN, "it is neither checked in nor ignored", mend)
    return Check(name, Health.OK, "checked in" if tracked else "ignored")


def _templates(root: Path, settings: Settings) -> Check:
    from omnibuild.adapters.templates import TemplateFolders, builtin_folder
    from omnibuild.assemble.template import Templates

    name = f"{settings.templates}/"
    try:
        sources = TemplateFolders(builtin_folder(), root / settings.templates, root)
    except FileNotFoundError as error:
        return Check(name, Health.FAIL, str(error), "python3 -m pip install --force-reinstall omnibuild")
    wrong: list[Problem] = list(Templates(sources).check())
    if wrong:
        return Check(name, Health.FAIL, wrong[0].message, wrong[0].hint)
    own = len(sources.overrides())
    return Check(name, Health.OK, f"{own} of your own" if own else "none of your own")


def _shadow(root: Path, settings: Settings) -> Check:
    name = f"package {settings.package}"
    place = _origin(settings.package)
    if settings.package in sys.stdlib_module_names:
        found = "Python itself has a module of this name"
    elif place is not None and not place.is_relative_to(root.resolve() / settings.out):
        found = f"{place} has the same name: only one of the two can be imported"
    else:
        return Check(name, Health.OK, "nothing else has this name")
    return Check(name, Health.FAIL, found, "give `package` in omnibuild.toml another name")


def _origin(package: str) -> Path | None:
    """Return where a package would be imported from if `out/` were not first."""
    # The current folder is there in tests and with `python -m`, but not where the package will be used.
    here = {"", str(Path.cwd())}
    search, sys.path[:] = sys.path[:], [it for it in sys.path if it not in here]
    try:
        # Not `importlib.util.find_spec`: that answers for what was imported already from wherever.
        found = (finder.find_spec(package, None) for finder in sys.meta_path)
        spec = next((it for it in found if it), None)
    except (ImportError, ValueError):
        return None
    finally:
        sys.path[:] = search
    if spec is None:
        return None
    own = [spec.origin] if spec.has_location and spec.origin else []
    places = [*own, *(spec.submodule_search_locations or ())]
    return Path(os.path.realpath(places[0])) if places else None
