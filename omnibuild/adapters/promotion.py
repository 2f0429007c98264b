"""One change of the tree below `out/`: staged, journaled, made, and entered in the ledger.

The new files are first written to a folder inside `out/`, where a full disk does no harm, and then
moved to their places one by one. The journal says meanwhile what omnibuild is about to write, so that
a build that is killed leaves no file of which it is unknown who wrote it.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

from omnibuild.cache.trace import all_stay_below, stays_below
from omnibuild.core.values import Json, digest

LEDGER = ".omnibuild.json"
JOURNAL = ".omnibuild.journal"
STAGED = ".omnibuild.new"
_FOLDERS = "folders"

_OWN = (LEDGER, JOURNAL, STAGED)


def digest_of(path: Path) -> str | None:
    """Return the digest of a file's bytes, or of where a link leads; None if it is neither.

    What may not be read has a digest, too: one that no file has.
    """
    try:
        if path.is_symlink():
            return digest(f"symbolic link to {path.readlink()}")
        return digest(path.read_bytes()) if path.is_file() else None
    except FileNotFoundError:
        return None
    except PermissionError:
        return digest("unreadable")  # not what omnibuild left there


def read_ledger(root: Path) -> dict[str, str]:
    """Return the ledger as it stands on disk; entries that could not be omnibuild's are left out."""
    return _digests(_json(root / LEDGER).get("files"))


@dataclass(frozen=True, slots=True)
class Journal:
    """What a promotion is about to do: the digests of the files to write, and the files to remove."""

    files: Mapping[str, str]
    removed: tuple[str, ...]

    @classmethod
    def read(cls, root: Path) -> Journal | None:
        """Return the journal that a killed build left, None if there is none."""
        if not (root / JOURNAL).is_file():
            return None
        data = _json(root / JOURNAL)
        removed = data.get("removed")
        paths = removed if isinstance(removed, list) else []
        return cls(_digests(data.get("files")), tuple(it for it in paths if isinstance(it, str) and stays_below(it)))

    def write(self, root: Path) -> None:
        """Put the journal beside the ledger, whole or not at all."""
        more = f' "removed": {json.dumps(list(self.removed), ensure_ascii=False)},\n'
        _write(root / STAGED / "journal", _entries(self.files, more))
        (root / STAGED / "journal").replace(root / JOURNAL)


class Promotion:
    """One change of the tree: files to write, files to remove, and the ledger that holds afterwards.

    A text is asked for when it is written, so that not all need be in memory.
    """

    def __init__(self, root: Path, write: Mapping[str, str], remove: Iterable[str], ledger: Mapping[str, str]) -> None:
        self._root = root
        self._base = os.path.realpath(root)
        self._ledger = dict(sorted(ledger.items()))
        self._inside: dict[str, bool] = {}
        self._texts = write
        for path in write:
            self._check(path)
        gone = [path for path in sorted(set(remove) - set(write)) if _is_there(self._check(path))]
        # Where names that differ in case only are one file, removing the old name removes the new one.
        renamed = {path.casefold() for path in gone}
        self._write = [path for path in sorted(write) if path.casefold() in renamed or not self._is_right(path)]
        self._early = _in_the_way(gone, self._write)
        self._late = [path for path in gone if path not in self._early]

    def run(self) -> None:
        """Make the change. Raises OSError; before the first file is moved, that leaves the tree as it was."""
        leftovers = (self._root / JOURNAL).exists() or (self._root / STAGED).exists()
        changes = self._write or self._early or self._late or leftovers
        if not changes and self._holds(LEDGER, b"".join(_entries(self._ledger))):
            return
        self._root.mkdir(parents=True, exist_ok=True)
        self._check_room()
        self._remove_folders()
        self._stage()
        for path in self._early:
            self._remove(path)
        self._move()
        for path in self._late:
            self._remove(path)
        (self._root / STAGED / "ledger").replace(self._root / LEDGER)
        (self._root / JOURNAL).unlink(missing_ok=True)
        shutil.rmtree(self._root / STAGED, ignore_errors=True)

    def _stage(self) -> None:
        staged = f"{self._root}/{STAGED}"
        files: dict[str, str] = {}
        try:
            shutil.rmtree(staged, ignore_errors=True)
            os.mkdir(staged)  # noqa: PTH102 - here and below: for every file, and Path objects cost more than the calls
            self._make_folders()
            for number, path in enumerate(self._write):
                data = self._texts[path].encode()
                made, known = digest(data), self._ledger.get(path)
                files[path] = known if known == made else made  # one text in memory, not two
                _write(f"{staged}/{number}", [data])
            _write(f"{staged}/ledger", _entries(self._ledger), sync=True)
            journal = Journal(files, (*self._early, *self._late))
            if journal.files or journal.removed:
                journal.write(self._root)
        except OSError:
            self._remove_folders()
            shutil.rmtree(staged, ignore_errors=True)
            raise

    def _make_folders(self) -> None:
        """Make the folders of the files: a full disk has no room for them, either. Those that were made are listed."""
        gone = set(self._early)
        needed = {it for path in self._write for it in _parents(path)}
        free = (it for it in needed if gone.isdisjoint((it, *_parents(it))))
        missing = [it for it in sorted(free) if not os.path.lexists(f"{self._base}/{it}")]
        _write(f"{self._root}/{STAGED}/{_FOLDERS}", ["\0".join(missing).encode()])
        for folder in missing:
            os.mkdir(f"{self._base}/{folder}")  # noqa: PTH102

    def _remove_folders(self) -> None:
        """Remove the folders that were made for files which have not come."""
        try:
            made = (self._root / STAGED / _FOLDERS).read_text().split("\0")
        except (OSError, ValueError):
            return
        for folder in sorted(filter(stays_below, made), reverse=True):
            with suppress(OSError):
                os.rmdir(f"{self._base}/{folder}")  # noqa: PTH106

    def _move(self) -> None:
        # What was in the way of a folder is gone now.
        for folder in sorted({parent for path in self._write for parent in _parents(path)} if self._early else ()):
            os.makedirs(f"{self._base}/{folder}", exist_ok=True)  # noqa: PTH103
        for number, path in enumerate(self._write):
            os.replace(f"{self._root}/{STAGED}/{number}", f"{self._base}/{path}")  # noqa: PTH105

    def _check(self, path: str) -> str:
        """Return where the file is; raises OSError if that is not inside the tree."""
        if not stays_below(path) or path.split("/", 1)[0] in _OWN:
            raise OSError(errno.EINVAL, "not a path for a generated file", path)
        parent = path.rpartition("/")[0]
        if parent not in self._inside:
            self._inside[parent] = Path(os.path.realpath(f"{self._base}/{parent}")).is_relative_to(self._base)
        if not self._inside[parent]:
            raise OSError(errno.ELOOP, "a symbolic link leads out of the output folder", path)
        return f"{self._base}/{path}"

    def _check_room(self) -> None:
        """Raise OSError if something stands in a file's place that nobody said to remove."""
        gone = set(self._early)
        folders = {parent for path in self._write for parent in _parents(path)}
        for parent in sorted(folders):
            place = f"{self._base}/{parent}"
            if parent not in gone and os.path.lexists(place) and not os.path.isdir(place):  # noqa: PTH112
                raise NotADirectoryError(errno.ENOTDIR, "there is a file where a folder belongs", parent)
        for path in self._write:
            target = f"{self._base}/{path}"
            if _is_folder(target):
                kept = [it for it in Path(target).rglob("*") if not it.is_dir() and "__pycache__" not in it.parts]
                if any(it.relative_to(self._base).as_posix() not in gone for it in kept):
                    raise IsADirectoryError(errno.EISDIR, "there is a folder where a file belongs", path)

    def _is_right(self, path: str) -> bool:
        """Return whether a file holds its text already."""
        try:
            size = os.lstat(f"{self._base}/{path}").st_size
        except OSError:
            return False
        data = self._texts[path].encode()
        return size == len(data) and self._holds(path, data)

    def _holds(self, path: str, data: bytes) -> bool:
        place = Path(self._base) / path
        try:
            return not place.is_symlink() and place.stat().st_size == len(data) and place.read_bytes() == data
        except OSError:
            return False

    def _remove(self, path: str) -> None:
        target = Path(self._base) / path
        target.unlink(missing_ok=True)
        for parent in target.parents:
            if parent == Path(self._base) or not _remove_if_empty(parent):
                return


def _remove_if_empty(folder: Path) -> bool:
    try:
        if any(it.name != "__pycache__" for it in folder.iterdir()):
            return False
        if (folder / "__pycache__").is_dir():
            shutil.rmtree(folder / "__pycache__")
        folder.rmdir()
    except OSError:  # a link, or somebody else is faster
        return False
    return True


def _is_there(path: str) -> bool:
    return os.path.islink(path) or os.path.isfile(path)  # noqa: PTH113, PTH114


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _parents(path: str) -> Iterator[str]:
    """Yield the folders that a file stands in."""
    while path := path.rpartition("/")[0]:
        yield path


def _in_the_way(gone: Iterable[str], written: Iterable[str]) -> list[str]:
    """Return the files that must go before others come: one is a folder of the other, or differs in case."""
    files = {it.casefold() for it in written}
    folders = {parent for it in files for parent in _parents(it)}

    places = files | folders

    def collides(path: str) -> bool:
        own = Path(path.casefold())
        return own.as_posix() in places or any(parent.as_posix() in files for parent in own.parents)

    return [path for path in gone if collides(path)]


_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def _write(path: Path | str, pieces: Iterable[bytes], *, sync: bool = False) -> None:
    file = os.open(path, _FLAGS, 0o644)
    try:
        for piece in pieces:
            left = memoryview(piece)
            while left:
                left = left[os.write(file, left) :]
        if sync:
            os.fsync(file)
    except OSError as error:
        error.filename = error.filename or f"{path}"
        raise
    finally:
        os.close(file)


def _entries(files: Mapping[str, str], more: str = "") -> Iterator[bytes]:
    """Yield files with their digests as JSON, a line for each; all of a large tree at once would take much memory."""
    yield f'{{\n "version": 1,\n{more} "files": {{'.encode()
    before = "\n"
    for some in batched(files.items(), 1000):
        lines = (f"  {json.dumps(path, ensure_ascii=False)}: {json.dumps(it)}" for path, it in some)
        yield f"{before}{',\n'.join(lines)}".encode()
        before = ",\n"
    yield f"{'\n ' if files else ''}}}\n}}\n".encode()


def _json(path: Path) -> dict[str, Json]:
    try:
        value: Json = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _digests(value: Json) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    sound = all_stay_below(value)
    return {path: it for path, it in value.items() if isinstance(it, str) and (sound or stays_below(path))}
