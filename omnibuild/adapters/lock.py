"""One build at a time in a workspace: a lock on a file in its cache folder."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = "lock"
PATIENCE = 1.0
"""After how many seconds a build that waits says so."""
_PAUSE = 0.05


@contextmanager
def locked(cache: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of a cache folder; `waiting` is called once if that takes longer than a moment.

    The system lets go of the lock when the process ends, however it ends. A file system that has no
    locks or cannot be written has none here either: then nothing is waited for.
    """
    said, start = False, time.monotonic()
    while (file := _attempt(cache / NAME)) is None:
        if not said and time.monotonic() - start >= PATIENCE:
            said = True
            waiting()
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        if file >= 0:
            os.close(file)


def _attempt(path: Path) -> int | None:
    """Return the open file that holds the lock, None if somebody else holds it, -1 if there can be none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o666)
    except OSError:
        return -1
    try:
        _lock(file)
        # Somebody may have removed the file meanwhile: then the next build would lock another one.
        free = _is_at(file, path)
    except BlockingIOError:
        free = False
    except OSError:
        os.close(file)
        return -1
    if free:
        return file
    os.close(file)
    return None


def _lock(file: int) -> None:
    """Lock an open file or raise: BlockingIOError if somebody else has, OSError if there are no locks here."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_at(file: int, path: Path) -> bool:
    with suppress(OSError):
        return os.path.samestat(os.fstat(file), path.stat())
    return False
