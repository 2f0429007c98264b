"""Small packages that stand for existing code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from omnibuild.adapters.sources import DiskSources
from omnibuild.adopt.code.library import Library
from omnibuild.adopt.code.lookup import Lookup


def lay(root: Path, files: Mapping[str, str]) -> Lookup:
    """Write modules below a folder, and return what looks names up in them."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
    return Lookup(Library(DiskSources([root])))
