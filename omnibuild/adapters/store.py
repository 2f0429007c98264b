"""The cache on disk: traces of finished nodes, and the text of their files by digest."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from omnibuild.cache.trace import from_json, to_json
from omnibuild.core.values import Level, Problem, Trace, digest


class DiskCache:
    """A diskcache database in `folder`, opened when first used, that forgets what was unused longest.

    Nothing in the cache is trusted: each value stands under its digest or beside it, and what is
    damaged counts as missing. The first damage is told to `on_problem`, as a warning.
    """

    def __init__(self, folder: Path, max_size: int, on_problem: Callable[[Problem], None]) -> None:
        self._folder = folder
        self._max_size = max_size
        self._on_problem = on_problem
        self._opened: Any = None
        self._told = False

    def trace(self, node: str, key: str) -> Trace | None:
        """Return the trace of the node under the manifest's key."""
        data = self._read(f"trace {node} {key}")
        if data is None:
            return None
        with self._forgiving():
            sum_, _, text = data.decode().partition("\n")
            if digest(text) != sum_:
                raise ValueError(f"the trace of {node} is damaged")
            trace = from_json(json.loads(text))
            if (trace.manifest.node, trace.manifest.key) != (node, key):
                raise ValueError(f"the trace of {node} is another one's")
            return trace
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
            return _verified(data, digest)
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
        if self._cache().get(key, retry=True) != data:
            self._cache().set(key, data, retry=True)

    def _cache(self) -> Any:
        if self._opened is None:
            from diskcache import Cache  # type: ignore[import-untyped]

            from omnibuild.adapters.disk import PlainDisk

            folder = str(self._folder)
            if os.path.expandvars(os.path.expanduser(folder)) != folder:  # noqa: PTH111
                raise ValueError(f"diskcache reads the name of the folder {folder} as another one")
            self._opened = Cache(
                folder, disk=PlainDisk, size_limit=self._max_size, eviction_policy="least-recently-used"
            )
        return self._opened

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        import sqlite3

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
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if self._told:
            return
        self._told = True
        self._on_problem(
            Problem(
                code="cache",
                message=f"the cache could not be used: {error}",
                hint=f"the build goes on without what it cannot read; if this stays, remove {self._folder.name}/",
                level=Level.WARN,
            )
        )


def _verified(data: bytes, expected: str) -> str:
    if digest(data) != expected:
        raise ValueError(f"the content {expected[:12]} is damaged")
    return data.decode()
