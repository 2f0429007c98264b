"""The versions of the tools that a build depends on: they are part of every manifest."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_DISTRIBUTIONS = (
    "hypothesis",
    "jinja2",
    "omnibase-core",
    "pydantic",
    "pytest",
    "pyyaml",
    "ruff",
)


def tool_versions(templates: Path, type_checker: str) -> Mapping[str, str]:
    """Return name and version of every tool; omnibuild's own is a digest of its code and templates.

    Of the type checkers, only the one that is used counts.
    """
    return {
        "omnibuild": _own_digest(templates),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{name: _version(name) for name in (*_DISTRIBUTIONS, type_checker)},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _own_digest(templates: Path) -> str:
    package = Path(__file__).resolve().parents[1]
    found = hashlib.sha256()
    for folder, pattern in ((package, "**/*.py"), (templates, "**/*.j2")):
        for file in sorted(folder.glob(pattern)):
            found.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            found.update(file.read_bytes())
    return found.hexdigest()
