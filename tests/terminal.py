"""A terminal with somebody in front of it who answers."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.workspaces import REPOSITORY

_END = b"\x04"
"""Nobody answers any further: another question ends the command rather than to wait for ever."""


def answered(arguments: Sequence[str], answers: str, cwd: Path) -> tuple[int, str]:
    """Run `omnibuild` on a terminal on which these answers are typed; return the exit code and what it shows."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "omnibuild", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, answers.encode() + _END)
    shown = b""
    while part := _part(ours):
        shown += part
    os.close(ours)
    return process.wait(timeout=60), shown.decode().replace("\r\n", "\n")


def _part(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody writes to it any more
        return b""
