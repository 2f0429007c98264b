"""A tool at work in a process of its own, while the build does something else."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Said:
    """What a tool said, and the code that it ended with."""

    code: int
    out: str
    err: str


@contextmanager
def running(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Callable[[], Said]]:
    """Start a tool in a folder; what is given waits for its end. Who leaves before that ends it.

    Raises OSError if it cannot be started.
    """
    # Files take all that the tool says: nobody need read it while it runs.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(  # noqa: S603  # what callers say is fixed
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        try:
            yield lambda: Said(process.wait(), _text(out), _text(err))
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
