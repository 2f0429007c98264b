"""What can be wrong with an installation: the interpreter, the packages, the tools."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from omnibuild.core.values import Settings

_OLDEST = (3, 12)
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)([^;]*)(;.*extra.*)?")


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
    yield _command()
    yield from _packages()
    for name, command in _tools():
        yield _tool(name, command)


def check_type_checker(settings: Settings) -> Iterator[Check]:
    """Yield what there is to say of a type checker that does not come with omnibuild."""
    if settings.type_checker == "ty":
        yield _ty()


def _command() -> Check:
    """Say whether the command that hooks and shells find is this one."""
    found, own = shutil.which("omnibuild"), Path(sys.executable).parent / "omnibuild"
    if found is None:
        return Check("command", Health.OK, f"not on the PATH; {sys.executable} -m omnibuild is there")
    if Path(found).resolve() == own.resolve():
        return Check("command", Health.OK, found)
    told = f"`omnibuild` is {found}, but this is that of {sys.executable}"
    return Check("command", Health.WARN, told, f"put {own.parent} first in the PATH, or remove the other one")


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
            yield _package(found[1], found[2])


def _package(name: str, versions: str) -> Check:
    """Say whether a package is there, in one of the versions: `>=0.47,<1.0`."""
    bounds = dict(re.findall(r"(>=|<)\s*([\d.]+)", versions))
    oldest, above = bounds.get(">=", ""), bounds.get("<", "")
    wanted = ",".join(f"{sign}{bounds[sign]}" for sign in (">=", "<") if sign in bounds)
    mend = f"python3 -m pip install '{name}{wanted}'"
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name, Health.FAIL, "is not installed", mend)
    if oldest and _numbers(version) < _numbers(oldest):
        return Check(name, Health.FAIL, f"{version} is older than {oldest}", mend)
    if above and _numbers(version) >= _numbers(above):
        return Check(name, Health.FAIL, f"{version} is not older than {above}, and not known to fit", mend)
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


def _output(command: list[str]) -> str | None:
    """Return what a command prints, None if it cannot be run or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
