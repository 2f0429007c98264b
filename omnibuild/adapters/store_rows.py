"""The rows of the store's database, for what looks at all of them: no entry counts as used by being looked at.

The store is a database of diskcache; this reads its table `Cache` by SQL, since diskcache itself can
neither list entries with their values nor tell which ones were unused longest.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATABASE = "cache.db"
_COLUMNS = "rowid, typeof(key), key, raw, access_time, size, mode, filename, typeof(value), value"
_FILES = "[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*.val"
_KEY = re.compile(r"content [0-9a-f]{64}|trace \S+ [0-9a-f]{64}|latest \S+")
_OVERHEAD = 100
"""What a row takes beside its key and its value, in bytes, by estimate."""

type Progress = Callable[[int, int], None]
"""Is told how many entries were looked at, and how many there are."""


class StoreError(Exception):
    """The database cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its number, key, when it was used last, about how many bytes it takes, and its value.

    `value` is what stands there, or the error that says why it cannot be read; the key is empty if it is none of ours.
    """

    number: int
    key: str
    used: float
    size: int
    value: bytes | ValueError
    file: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the key: `content` DIGEST, `trace` NODE KEY or `latest` NODE; nothing if it is none of ours."""
        return tuple(self.key.split(" ")) if self.key else ()


class StoreRows:
    """The rows of the database in `folder`, while `opened`; every method raises StoreError if it is damaged."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        from omnibuild.adapters.disk import PlainDisk

        self._folder = folder
        self._database = database
        self._disk = PlainDisk(str(folder))

    def __len__(self) -> int:
        """Return how many entries there are."""
        return int(self._one("SELECT COUNT(*) FROM Cache"))

    def __iter__(self) -> Iterator[Row]:
        """Yield every entry, in the order in which they were first kept."""
        try:
            for row in self._database.execute(f"SELECT {_COLUMNS} FROM Cache ORDER BY rowid"):  # noqa: S608 - constant
                yield self._row(row)
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def volume(self) -> int:
        """Return how many bytes the entries take."""
        pages = self._one("PRAGMA page_count") - self._one("PRAGMA freelist_count")
        in_files = self._one("SELECT COALESCE(SUM(size), 0) FROM Cache WHERE filename IS NOT NULL")
        return int(pages * self._one("PRAGMA page_size") + in_files)

    def remove(self, rows: Sequence[Row]) -> None:
        """Remove entries, all or none, with the files that hold their values."""
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("DELETE FROM Cache WHERE rowid = ?", ((it.number,) for it in rows))
            self._database.execute("COMMIT")
            # Else what was removed would take room once more, in the log of changes.
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:  # the transaction ends with the connection
            raise StoreError(str(error)) from error
        for row in rows:
            if row.file is not None:
                self._disk.remove(row.file)

    def orphans(self) -> Iterator[Path]:
        """Yield the files of values that no entry names."""
        named = self._all("SELECT filename FROM Cache WHERE filename IS NOT NULL")
        known = {str(name).replace("\\", "/") for (name,) in named}
        for path in self._folder.glob(_FILES):
            if path.relative_to(self._folder).as_posix() not in known:
                yield path

    def check(self) -> None:
        """Let SQLite look at every page of the database. Raises StoreError if it finds something wrong."""
        found = str(self._one("PRAGMA quick_check(1)"))
        if found != "ok":
            raise StoreError(found)

    def _row(self, row: tuple[Any, ...]) -> Row:
        number, key_type, key, raw, used, size, mode, file, value_type, value = row
        text = key.decode(errors="replace") if isinstance(key, bytes) and key_type == b"text" and raw else ""
        name = file.decode(errors="replace") if isinstance(file, bytes) else None
        found: bytes | ValueError
        try:
            found = self._disk.fetch(mode, name, value if value_type == b"blob" else None, False)
        except (OSError, ValueError) as error:
            found = ValueError(str(error))
        inline = len(value) if isinstance(value, bytes) else 0
        estimate = inline + (size if isinstance(size, int) else 0) + len(text) + _OVERHEAD
        known = text if _KEY.fullmatch(text) else ""
        return Row(number, known, used if isinstance(used, float) else 0.0, estimate, found, name)

    def _one(self, statement: str) -> Any:
        return next(iter(self._all(statement)), (0,))[0]

    def _all(self, statement: str) -> list[tuple[Any, ...]]:
        try:
            return [tuple(_text(it) for it in row) for row in self._database.execute(statement)]
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error


def _text(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


@contextmanager
def opened(folder: Path) -> Iterator[StoreRows | None]:
    """Open the store of a folder; give None if there is none. Raises StoreError if it is no database of ours."""
    path = folder / DATABASE
    if not path.is_file():
        yield None
        return
    try:
        database = sqlite3.connect(path, timeout=60, isolation_level=None)
        database.text_factory = bytes  # what is no UTF-8 is for us to judge
    except sqlite3.Error as error:
        raise StoreError(str(error)) from error
    with closing(database):
        rows = StoreRows(folder, database)
        if not path.stat().st_size:
            yield None
            return
        len(rows)  # another file than a database of ours is told here
        yield rows


def progressing(rows: StoreRows, said: Progress | None) -> Iterator[Row]:
    """Yield every entry, and tell how far that is."""
    total = len(rows) if said else 0
    for number, row in enumerate(rows, 1):
        yield row
        if said:
            said(number, total)


def remove_store(folder: Path) -> None:
    """Remove a store that cannot be read: only what is of the store. Raises OSError."""
    # The log of changes goes first: behind a new database SQLite would believe it.
    for name in (f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", DATABASE):
        (folder / name).unlink(missing_ok=True)
    _remove_files(folder.glob(_FILES))


def _remove_files(files: Iterable[Path]) -> None:
    for file in list(files):
        file.unlink(missing_ok=True)
        for above in (file.parent, file.parent.parent):
            with suppress(OSError):  # not empty
                above.rmdir()
