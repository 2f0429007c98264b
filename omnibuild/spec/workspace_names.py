"""The names that a workspace chooses: of the package that it makes, and of its folders."""

from __future__ import annotations

import keyword
import posixpath
import re
import sys
from collections.abc import Iterator, Mapping

_TAKEN = frozenset(
    ("omnibase_core", "omnibase_infra", "omnibuild", "hypothesis", "mypy", "pydantic", "pytest", "tests", "yaml")
)
"""Modules that generated code or its tests import, which a package of the same name would hide."""


def package_fault(name: str) -> str:
    """Return what is wrong with a name for the generated package, nothing if nothing is."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return "a package's name is in snake_case, such as order_to_cash"
    if keyword.iskeyword(name):
        return "this is a keyword of Python"
    if name in sys.stdlib_module_names or name in _TAKEN:
        return "there is already a module of this name"
    return ""


def folder_faults(folders: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the folders of a workspace, by what they are for: each is its own, inside it."""
    sound: dict[str, str] = {}
    for key, written in folders.items():
        path = posixpath.normpath(written)
        other = next((it for it in sound if _overlap(sound[it], path)), None)
        if written.startswith("/") or "\\" in written or ":" in written or ".." in written.split("/"):
            yield key, f"`{written}` leads out of the workspace"
        elif not written.isprintable():
            yield key, "the name of a folder has no line breaks and no other invisible characters"
        elif not written.strip() or path == ".":
            yield key, f"`{written}` is no folder inside the workspace"
        elif other:
            yield key, f"`{written}` and the folder of `{other}` lie in each other"
        else:
            sound[key] = path


def _overlap(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
