"""How the cache's database holds keys and values: as text and bytes, never as pickles.

diskcache's own `Disk` and `JSONDisk` unpickle what a row declares to be a pickle, and follow any file
name that stands in a row. A cache may come from elsewhere, so neither may happen here.
"""

from __future__ import annotations

import re
from typing import Any

from diskcache import Disk  # type: ignore[import-untyped]
from diskcache.core import MODE_BINARY, MODE_RAW  # type: ignore[import-untyped]

_FILE = re.compile(r"[0-9a-f]{2}[/\\][0-9a-f]{2}[/\\][0-9a-f]{28}\.val")


class PlainDisk(Disk):  # type: ignore[misc]  # diskcache has no types
    """Keys are str, values bytes. Everything else raises ValueError."""

    def put(self, key: object) -> tuple[str, bool]:
        """Turn a key into what the database holds."""
        if not isinstance(key, str):
            raise ValueError(f"not a key of this cache: {key!r}")  # noqa: TRY004  # callers expect one error
        return key, True

    def get(self, key: object, raw: object) -> str:
        """Turn what the database holds into a key."""
        if not raw or not isinstance(key, str):
            raise ValueError("the cache holds a key that is not text")
        return key

    def store(self, value: object, read: object, key: object = None) -> Any:
        """Turn a value into what the database and its files hold."""
        if read or not isinstance(value, bytes):
            raise ValueError("this cache holds bytes")
        return super().store(value, False, key=key)

    def fetch(self, mode: object, filename: object, value: object, read: object) -> bytes:
        """Turn what the database and its files hold into a value."""
        if not read and mode == MODE_RAW and isinstance(value, bytes):
            return value
        if not read and mode == MODE_BINARY and isinstance(filename, str) and _FILE.fullmatch(filename):
            return bytes(super().fetch(mode, filename, None, False))
        raise ValueError("the cache holds something that is not bytes")

    def remove(self, file_path: object) -> None:
        """Remove a value's file; one that is not the cache's own is left, so that its entry can go."""
        if isinstance(file_path, str) and _FILE.fullmatch(file_path):
            super().remove(file_path)
