"""The Python project that a folder holds before it becomes a workspace, and the repository that it lies in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from omnibuild.adapters.cleaning import looks_like_a_cache
from omnibuild.adapters.promotion import LEDGER
from omnibuild.spec.settings import FILE, read_settings
from omnibuild.spec.workspace_names import package_fault

_NO_PACKAGES = frozenset({"tests", "test", "docs", "examples", "scripts", "benchmarks", "build", "dist"})
_DOCUMENT = re.compile(r"^(?:node|shared|blueprint)\s*:", re.MULTILINE)
_OTHER_NAMES = {
    "specs": ("specs", "node_specs", "onex_specs"),
    "templates": ("templates", "node_templates", "onex_templates"),
    "cache": ("cache", "node_cache", "onex_cache"),
    "out": ("out", "generated", "onex_out"),
}
"""What the folders of a workspace are called; the first name that nobody else has taken."""


@dataclass(frozen=True, slots=True)
class Project:
    """What is there: the modules that can be imported from the folder, and what they need, as pyproject.toml says."""

    modules: tuple[str, ...]
    dependencies: tuple[str, ...]


def project(root: Path) -> Project:
    """Return what a folder holds, with its modules in `src/` or flat; nothing of it is imported."""
    return Project(
        tuple(sorted({*_modules(root / "src", bare=True), *_modules(root, bare=False)})), _dependencies(root)
    )


def _modules(folder: Path, *, bare: bool) -> Iterator[str]:
    """Yield the names that can be imported from a folder; with `bare`, of folders without `__init__.py` as well."""
    for it in sorted(folder.iterdir()) if folder.is_dir() else ():
        if it.is_dir() and it.name.isidentifier() and it.name not in _NO_PACKAGES:
            if bare or (it / "__init__.py").is_file():
                yield it.name
        elif it.suffix == ".py" and it.stem.isidentifier() and it.stem not in ("setup", "conftest"):
            yield it.stem


def _dependencies(root: Path) -> tuple[str, ...]:
    try:
        found = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(it for it in found if isinstance(it, str)) if isinstance(found, list) else ()


def package_name(root: Path) -> str:
    """Return an import package's name made of a folder's, one that hides nothing that is there or installed."""
    name = re.sub(r"[^a-z0-9]+", "_", root.resolve().name.lower()).strip("_").lstrip("0123456789_") or "acme"
    return f"{name}_nodes" if package_fault(name) or hidden_by(name, root) else name


def hidden_by(name: str, root: Path) -> str:
    """Return what a generated package of this name would hide, nothing if there is no such thing."""
    if name in project(root).modules:
        return f"{root.resolve().name}/ has a module `{name}` already"
    place = import_place(name)
    return f"`{name}` is installed already, in {place}" if place and not place.is_relative_to(root.resolve()) else ""


def import_place(package: str) -> Path | None:
    """Return where a package would be imported from if the current folder and `out/` were not first."""
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


def folders(root: Path) -> Mapping[str, str]:
    """Return what the folders of a workspace are to be called: as usual, but for names that others have taken."""
    return {
        key: next((it for it in names if not _is_taken(key, root / it, root)), names[-1])
        for key, names in _OTHER_NAMES.items()
    }


def _is_taken(key: str, folder: Path, root: Path) -> bool:
    """Return whether a folder holds something that is not a workspace's."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return folder.exists() and not folder.is_dir()
    match key:
        case "specs":
            found = [it for pattern in ("*.yaml", "*.yml") for it in folder.rglob(pattern)]
            return bool(found) and not any(_declares(it) for it in found)
        case "templates":
            return not any(folder.rglob("*.j2"))
        case "cache":
            return not looks_like_a_cache(folder, root)
        case _:
            return not (folder / LEDGER).is_file()


def _declares(file: Path) -> bool:
    """Return whether a YAML file looks like one of omnibuild's."""
    try:
        return bool(_DOCUMENT.search(file.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return True


def folder_of(outer: Path, folder: Path) -> str:
    """Return the folder of another workspace, as its settings name it, that this one lies in; nothing if in none."""
    try:
        settings, _ = read_settings((outer / FILE).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return ""
    used = (settings.specs, settings.templates, settings.cache, settings.out) if settings else ()
    return next((it for it in used if folder.resolve().is_relative_to((outer / it).resolve())), "")


def git_output(folder: Path, *arguments: str) -> str | None:
    """Return what git prints about a folder, None if it cannot be run or refuses."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def repository(folder: Path) -> Path | None:
    """Return the top of the git repository that a folder lies in, or would lie in if it were there."""
    there = next(it for it in (folder.resolve(), *folder.resolve().parents) if it.is_dir())
    found = git_output(there, "rev-parse", "--show-toplevel")
    return Path(found.removesuffix("\n")) if found else None
