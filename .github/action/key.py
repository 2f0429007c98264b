"""Name the entry of the cache: after the tool chain, then what nodes run with, then what nodes are made from.

An entry is never written twice, so its name says all that decides about it; the nearest one of the same tools is
good for the nodes that did not change.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from omnibuild import Workspace
from omnibuild.workspace import FILE, ConfigurationError

_PARTS = ("store", "mypy", "mypy-whole")
"""What of the cache folder holds on another machine: all else belongs to one checkout."""


def main() -> None:
    """Write the outputs of the step."""
    try:
        space = Workspace.open(os.environ["FOLDER"], environment=os.environ["ENVIRONMENT"] or None)
    except ConfigurationError:
        return  # the next step tells what is wrong
    where = hashlib.sha256(os.path.relpath(space.root).encode()).hexdigest()[:8]
    tools = f"omnibuild-{platform.system()}-{platform.machine()}-{where}-{_digest(_tools())}-"
    lock = f"{tools}{_digest(_lock())}-"
    paths = [space.root / space.settings.cache / it for it in _PARTS]
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"key={lock}{_digest(_sources(space))}\n")
        file.write(f"restore-keys<<END\n{lock}\n{tools}\nEND\n")
        file.write("path<<END\n" + "".join(f"{it}\n" for it in paths) + "END\n")


def _tools() -> Iterator[bytes]:
    yield sys.version.encode()
    yield from sorted(f"{it.name}=={it.version}".encode() for it in distributions())


def _lock() -> Iterator[bytes]:
    if os.environ["REQUIREMENTS"]:
        yield Path(os.environ["REQUIREMENTS"]).read_bytes()


def _sources(space: Workspace) -> Iterator[bytes]:
    settings = space.settings
    folders = (settings.specs, settings.templates, "src")
    files = (it for folder in folders for it in (space.root / folder).rglob("*") if "__pycache__" not in it.parts)
    for file in (space.root / FILE, *sorted(files)):
        if file.is_file():
            yield file.relative_to(space.root).as_posix().encode()
            yield file.read_bytes()


def _digest(parts: Iterator[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]


if __name__ == "__main__":
    main()
