"""Small disks in memory, which are full or cannot be written."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_READ_ONLY, _AGAIN = 1, 32


class SmallDisk:
    """A disk of some megabytes, with a file that takes up its room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, free: int = 0) -> None:
        """Leave so many bytes free."""
        self._filler.unlink(missing_ok=True)
        room = os.statvfs(self.folder)
        self._filler.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - free)))

    def free(self) -> None:
        """Take the filler away."""
        self._filler.unlink()

    def lock(self) -> None:
        """Make it a disk that can only be read."""
        assert _libc().mount(None, bytes(self.folder), None, _AGAIN | _READ_ONLY, None) == 0

    def unlock(self) -> None:
        assert _libc().mount(None, bytes(self.folder), None, _AGAIN, None) == 0


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Mount a small disk; skips the test where that cannot be."""
    libc = _libc()
    folder.mkdir(parents=True, exist_ok=True)
    if not hasattr(libc, "mount") or libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, b"size=4m"):
        pytest.skip("a small disk cannot be mounted here: that takes Linux, and root")
    try:
        yield SmallDisk(folder)
    finally:
        libc.umount2(bytes(folder), 2)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
