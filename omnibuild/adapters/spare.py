"""Processes that are prepared for one piece of work each: what they need is imported before it is known.

Nothing that one has read outlives its work, so that none ever goes on from what is no longer so.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from omnibuild import noop
from omnibuild.core.values import Json

_PATIENCE = 10.0
"""How many seconds a process may take to end after it was asked to."""

type Code = tuple[tuple[str, int], ...]
"""The files and folders that code is imported from, with their times of change."""


class Spare:
    """A prepared process, which calls `MODULE:FUNCTION` with its work and sends back the answer.

    It is in a group of its own: an interrupt of the terminal goes to this process, which hands it on.
    """

    def __init__(self, function: str) -> None:
        reading, writing = os.pipe()
        module, _, name = function.partition(":")
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; from omnibuild.adapters.spare import serve; "
            f"serve({writing}, {module!r}, {name!r})"
        )
        # Python's own folder first, as -c would have it, could hide its modules behind others of the same names.
        waiting, ordering = os.pipe()
        self._process = subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-P", "-c", code], stdin=waiting, pass_fds=[writing], start_new_session=True
        )
        os.close(waiting)
        os.close(writing)
        self._orders: IO[bytes] = os.fdopen(ordering, "wb")
        self._answers: IO[bytes] = os.fdopen(reading, "rb")

    def do(self, work: Mapping[str, Json]) -> dict[str, Json] | None:
        """Have the work done and return the answer; None if the code that was imported is no longer what is there.

        If the process ends without an answer, that is its exit code, as `code`.
        """
        try:
            with suppress(BrokenPipeError):
                self._orders.write(json.dumps(work).encode() + b"\n")
                self._orders.flush()
            line = self._answers.readline()
            code = self._process.wait()
        except BaseException:
            self.interrupt()
            raise
        finally:
            self._close()
        answer: dict[str, Json] | None = json.loads(line) if line else {"code": abs(code) or 1}
        return answer

    def interrupt(self) -> None:
        """End the process as an interrupt does, and wait until it has left everything in order."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def dismiss(self) -> None:
        """End a process that has no work."""
        self._process.kill()
        self._process.wait()
        self._close()

    def _close(self) -> None:
        self._answers.close()
        with suppress(BrokenPipeError):
            self._orders.close()


def serve(writing: int, module: str, name: str) -> None:
    """Import what the work needs, wait for it, do it, and send the answer: what a prepared process runs."""
    os.set_inheritable(writing, False)
    for it in (signal.SIGINT, signal.SIGTERM):  # whoever started the watch may have them ignored
        signal.signal(it, signal.default_int_handler)
    before = _code()
    with suppress(KeyboardInterrupt):
        from importlib import import_module

        work_on: Callable[[dict[str, Json]], dict[str, Json]] = getattr(import_module(module), name)
        line = sys.stdin.buffer.readline()
        if not line:
            return
        answer = work_on(json.loads(line)) if _code() == before else None
        os.write(writing, json.dumps(answer).encode() + b"\n")
        return
    sys.exit(130)


def _code() -> Code:
    """Return what omnibuild's own code is now, and what is installed beside it."""
    package = Path(__file__).resolve().parents[1]
    found = [str(it) for it in sorted(package.rglob("*.py"))]
    found += [it for it in sys.path if it and Path(it).exists()]
    return tuple((it, noop.changed(os.stat(it))) for it in found)  # noqa: PTH116
