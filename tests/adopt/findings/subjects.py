"""Contracts and the code beside them, to be looked at for findings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from omnibuild.adopt.findings import findings
from omnibuild.adopt.findings.subject import Subject
from omnibuild.adopt.models.reader import Models
from omnibuild.adopt.original import Original, read_original
from omnibuild.core.values import Level, Place
from tests.adopt.code.packages import lay


def found(
    root: Path, contracts: Mapping[str, str], code: Mapping[str, str] | None = None
) -> list[tuple[str, str, str]]:
    """Return every finding: its code, its place, and what it says."""
    lookup = lay(root, code or {})
    subjects = []
    for name, text in contracts.items():
        original = read_original(f"{name}/contract.yaml", dedent(text))
        assert isinstance(original, Original), original
        subjects.append(Subject(original, name, lookup, Models(lookup)))
    problems = findings(subjects)
    assert all(it.level is Level.WARN and it.hint and isinstance(it.at, Place) for it in problems)
    return [(it.code, str(it.at), it.message) for it in problems]
