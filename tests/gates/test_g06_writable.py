from __future__ import annotations

from omnibuild.core.values import Problem
from omnibuild.gates.g06_writable import check
from omnibuild.gates.gate import WorkspaceSubject


def test_a_folder_that_can_be_written_passes() -> None:
    assert list(check(WorkspaceSubject("out", None))) == []


def test_an_obstacle_is_told() -> None:
    assert list(check(WorkspaceSubject("out", "the disk is full"))) == [
        Problem(
            "G6",
            "`out` cannot be written: the disk is full",
            None,
            "make room or correct its permissions, or name another folder as `out` in omnibuild.toml",
        )
    ]
