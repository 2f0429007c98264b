"""G6: the output folder can be written, before any work is done for it."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.core.values import Level, Problem
from omnibuild.gates.gate import Gate, Step, WorkspaceSubject


def check(subject: WorkspaceSubject) -> Iterator[Problem]:
    """Yield a problem if something stands in the way of writing the output."""
    if subject.obstacle:
        yield Problem(
            GATE.code,
            f"`{subject.out}` cannot be written: {subject.obstacle}",
            None,
            "make room or correct its permissions, or name another folder as `out` in omnibuild.toml",
        )


GATE = Gate(
    code="G6",
    name="writable output",
    what="`out/` can be written, lies on the file system of the workspace, and has room.",
    why="A build that finds this out at the end has worked for nothing; a tree that is half written misleads.",
    example="chmod a-w out",
    step=Step.WORKSPACE,
    level=Level.BLOCK,
    check=check,
)
