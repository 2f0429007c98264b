"""The cache on disk: traces of finished nodes, and the text of their files by digest."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from omnibuild.adapters.store_entry import read_content, read_trace
from omnibuild.adapters.store_rows import remove_store
from omnibuild.cache.trace import to_json
from omnibuild.core.values import Level, Problem, Trace, digest

_FILL = 0.9
"""How much of the limit is kept when room is made, so that the next trace need not make room again."""
_UNREADABLE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
"""How SQLite says that a file is not a database, or a broken one."""
_OTHER_TABLES = ("no such table", "no such column", "has no column", "values were supplied")
"""How SQLite says that a database is not of diskcache."""


class DiskCache:
    """A diskcache database in `folder`, opened when first used, that forgets what was unused longest.

    Nothing in the cache is trusted: each value stands under its digest or beside it, and what is
    damaged counts as missing. A database that cannot be read is replaced by an empty one. The first
    damage is told to `on_problem`, as a warning.
    """

    def __init__(self, folder: Path, max_size: int, on_problem: Callable[[Problem], None]) -> None:
        self._folder = folder
        self._max_size = max_size
        self._on_problem = on_problem
        self._opened: Any = None
        self._told = False
        self._renewed = False

    def prefetch(self, wanted: Mapping[str, str]) -> None:
        """Do nothing: a trace is on this disk, or it is not there."""

    def trace(self, node: str, key: str) -> Trace | None:
        """Return the trace of the node under the manifest's key."""
        data = self._read(f"trace {node} {key}")
        if data is None:
            return None
        with self._forgiving():
            return read_trace(data, node, key)
        return None

    def latest(self, node: str) -> Trace | None:
        """Return the trace that was kept last for the node, whatever its key."""
        key = self._read(f"latest {node}")
        return self.trace(node, key.decode(errors="replace")) if key else None

    def content(self, digest: str) -> str | None:
        """Return a file's text by its digest."""
        data = self._read(f"content {digest}")
        if data is None:
            return None
        with self._forgiving():
            return read_content(data, digest)
        return None

    def keep(self, trace: Trace, files: Mapping[str, str]) -> None:
        """Keep a trace and the text of its files; if the disk refuses, that is told and nothing else happens."""
        manifest = trace.manifest
        text = json.dumps(to_json(trace), separators=(",", ":"))
        with self._forgiving(), self._cache().transact(retry=True):
            for file in files.values():
                self._set(f"content {digest(file)}", file.encode())
            self._set(f"trace {manifest.node} {manifest.key}", f"{digest(text)}\n{text}".encode())
            self._set(f"latest {manifest.node}", manifest.key.encode())
        with self._forgiving():
            self._make_room()

    def note(self, node: str, key: str) -> None:
        """Take note of the trace that holds for a node now: what comes next is compared with it."""
        with self._forgiving():
            self._set(f"latest {node}", key.encode())

    def settle(self) -> None:
        """Let go of the database: whoever goes on living, an editor for instance, must not keep its files open."""
        with self._forgiving():
            self.close()

    def close(self) -> None:
        """Close the database; it opens again when it is used again."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _read(self, key: str) -> bytes | None:
        with self._forgiving():
            data = self._cache().get(key, retry=True)
            return data if isinstance(data, bytes) else None
        return None

    def _set(self, key: str, data: bytes) -> None:
        # A content that is there already is not written again, unless it is damaged.
        try:
            known = self._cache().get(key, retry=True) == data
        except ValueError:
            known = False
        if not known:
            self._cache().set(key, data, retry=True)

    def _make_room(self) -> None:
        """Forget the traces that were unused longest, with their contents, if the limit is passed.

        diskcache would forget entry by entry: of a node that is up to date only the trace is ever read,
        so that its contents would go first, and old traces last.
        """
        if self._cache().volume() > self._max_size:
            from omnibuild.adapters.store_eviction import make_room

            make_room(self._folder, int(self._max_size * _FILL))

    def _cache(self) -> Any:
        if self._opened is None:
            from diskcache import Cache  # type: ignore[import-untyped]

            from omnibuild.adapters.disk import PlainDisk

            folder = str(self._folder)
            if os.path.expandvars(os.path.expanduser(folder)) != folder:  # noqa: PTH111
                raise ValueError(f"diskcache reads the name of the folder {folder} as another one")
            try:
                # The policy notes when an entry was used; what goes is for `_make_room` to say.
                policy = {"eviction_policy": "least-recently-used", "cull_limit": 0}
                # Every entry is read or written once in a build: pages in memory would serve nobody.
                memory = {"sqlite_cache_size": 512, "sqlite_mmap_size": 0}
                self._opened = Cache(folder, disk=PlainDisk, size_limit=self._max_size, **policy, **memory)
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                raise _UnreadableError(f"its settings make no sense: {error}") from error
        return self._opened

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        from diskcache import Timeout

        try:
            yield
        except (
            sqlite3.Error,
            OSError,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RecursionError,
            Timeout,
        ) as error:
            if is_unreadable(error) and self._renew():
                hint = "it was replaced by an empty one, and nodes are built again"
                self._tell(f"the cache cannot be read: {error}", hint)
            else:
                hint = "the build goes on without what it cannot read; `omnibuild cache verify --repair` removes that"
                self._tell(f"the cache could not be used: {error}", hint)

    def _renew(self) -> bool:
        """Begin with an empty database, once; return whether that could be done."""
        if self._renewed:
            return False
        self._renewed = True
        try:
            self.close()
            remove_store(self._folder)
        except OSError:
            return False
        return True

    def _tell(self, message: str, hint: str) -> None:
        if not self._told:
            self._told = True
            self._on_problem(Problem("cache", message, hint=hint, level=Level.WARN))


class _UnreadableError(ValueError):
    """The database is none of ours; the message says why."""


def is_unreadable(error: Exception) -> bool:
    """Return whether the error says that the file is no database of ours, or a broken one."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    other = code == sqlite3.SQLITE_ERROR and any(it in str(error) for it in _OTHER_TABLES)
    return isinstance(error, _UnreadableError) or code in _UNREADABLE or other
