"""A build in a process of its own, killed at the n-th thing that it is about to do to the disk."""

from __future__ import annotations

import os
import select
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from traceback import format_exc
from typing import Any

_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_STATEMENTS = ("BEGIN", "COMMIT", "INSERT", "UPDATE", "DELETE", "CREATE", "PRAGMA", "ROLLBACK")
_LOG = b'{"v":'
_PATIENCE = 60


@dataclass(frozen=True)
class Ended:
    """How a process ended: killed, or after so many things done to the disk, or by an exception."""

    killed: bool
    done: int = 0
    error: str = ""


@dataclass
class Killer:
    """Counts what this process does to a folder, and kills it instead of the n-th thing; 0 kills nobody."""

    folder: Path
    last: int = 0
    database: bool = True
    """Whether the statements that change a database count, too."""
    done: int = 0
    process: int = 0

    def watch(self) -> None:
        """Begin to count; this cannot be undone in this process."""
        self.process = os.getpid()
        sys.addaudithook(self._audit)
        write, sync, connect = os.write, os.fsync, sqlite3.connect

        def torn(file: int, data: bytes) -> int:
            if not bytes(data[: len(_LOG)]).startswith(_LOG):
                self.tick(lambda: write(file, data[: len(data) // 2]))
            return write(file, data)

        def synced(file: int) -> None:
            self.tick()
            sync(file)

        def traced(*arguments: Any, **more: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **more)
            connection.set_trace_callback(lambda it: self.tick() if it.lstrip().startswith(_STATEMENTS) else None)
            return connection

        os.write, os.fsync = torn, synced  # type: ignore[assignment]
        if self.database:
            sqlite3.connect = traced  # type: ignore[assignment]

    def tick(self, half: Callable[[], object] = lambda: None) -> None:
        """Count one thing that is about to be done; of what is killed at, half may be done."""
        if os.getpid() != self.process:
            return
        self.done += 1
        if self.done == self.last:
            half()
            os.kill(self.process, signal.SIGKILL)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _CHANGES or (event == "open" and len(arguments) == 3 and arguments[2] & _WRITING):
            paths = [os.fsdecode(it) for it in arguments[:2] if isinstance(it, str | bytes | os.PathLike)]
            if any(it.startswith(f"{self.folder}/") for it in paths):
                self.tick()


def in_child(work: Callable[[], object], killer: Killer, delay: float | None = None) -> Ended:
    """Do some work in a forked child, which is killed by the killer or after a delay; wait for all that it forked."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _live(work, killer, writing)
    os.close(writing)
    if delay is not None:
        time.sleep(delay)
        os.kill(process, signal.SIGKILL)
    said = _all_of(reading)
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return Ended(killed=True)
    number, _, error = said.decode().partition("\n")
    return Ended(killed=False, done=int(number), error=error)


def _live(work: Callable[[], object], killer: Killer, writing: int) -> None:
    say, error = os.write, ""
    try:
        killer.watch()
        work()
    except BaseException:  # noqa: BLE001 - told to the parent
        error = format_exc()
    finally:
        say(writing, f"{killer.done}\n{error[-4000:]}".encode())
        os._exit(0)


def _all_of(reading: int) -> bytes:
    """Return what comes through a pipe before its last writer ends; whoever lives on for ever is found out."""
    data = b""
    while True:
        ready, _, _ = select.select([reading], [], [], _PATIENCE)
        assert ready, "a process of a killed build lives on"
        more = os.read(reading, 1 << 16)
        if not more:
            os.close(reading)
            return data
        data += more
