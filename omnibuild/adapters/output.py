"""The tree below `out/`: what omnibuild wrote there, and how it changes."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from omnibuild.adapters.promotion import JOURNAL, LEDGER, STAGED, Journal, Promotion, digest_of, read_ledger
from omnibuild.adapters.sightings import Sightings
from omnibuild.cache.trace import stays_below

_MADE_BY_PYTHON = frozenset(
    ("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".onex_state", ".venv", ".git")
)
_MADE_AT_THE_TOP = frozenset({"build", "dist", LEDGER, JOURNAL, STAGED})


class OutputFolder:
    """The output of a workspace, with a ledger of what omnibuild wrote there.

    Copies of what would otherwise be lost go to the folder `aside`.
    """

    def __init__(self, root: Path, aside: Path, sightings: Sightings | None = None) -> None:
        self._root = root
        self._aside = aside
        self._sightings = sightings or Sightings(root)
        self._ledger: tuple[tuple[int, ...], Mapping[str, str]] = ((), {})

    def ledger(self) -> Mapping[str, str]:
        """Return what omnibuild wrote there: path to digest.

        What a killed build had already written counts as well, so that it does not look like an edit;
        a damaged ledger is empty.
        """
        ledger = dict(self._read_ledger())
        journal = Journal.read(self._root)
        if journal is not None:
            on_disk = self.digests([*journal.files, *journal.removed])
            ledger |= {path: value for path, value in journal.files.items() if on_disk.get(path) == value}
            for path in journal.removed:
                if path not in on_disk:
                    ledger.pop(path, None)
        return dict(sorted(ledger.items()))

    def digests(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Return the digests of those of the files that exist.

        A symbolic link has a digest of its own, which no file's text has: somebody put it there.
        """
        ledger = self._trusted_ledger()
        found: dict[str, str] = {}
        for path in paths:
            known = self._sightings.is_known(f"{self._root}/{path}") and ledger.get(path)
            value = known or digest_of(self._root / path)
            if value is not None:
                found[path] = value
        return found

    def _trusted_ledger(self) -> Mapping[str, str]:
        """Return the ledger if it is the one that the last build left, so that what it says of known files holds."""
        if self._sightings.is_known(f"{self._root}/{LEDGER}") and Journal.read(self._root) is None:
            return self._read_ledger()
        return {}

    def _read_ledger(self) -> Mapping[str, str]:
        """Return the ledger, which is read again only when it has changed."""
        try:
            found = os.stat(self._root / LEDGER)  # noqa: PTH116
        except OSError:
            return {}
        seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        if self._ledger[0] != seen:
            self._ledger = (seen, read_ledger(self._root))
        return self._ledger[1]

    def text(self, path: str) -> str | None:
        """Return a file's text, None if it does not exist or is not text."""
        try:
            return (self._root / path).read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return None

    def strays(self, known: Iterable[str]) -> Sequence[str]:
        """Return the files that are neither known nor made by running or checking Python, sorted."""
        return sorted(set(self._files(self._root, "", lambda _: None)) - set(known))

    def obstacle(self, size: int) -> str | None:
        """Return why `size` bytes cannot be written there, None if they can; leaves nothing behind."""
        folder = self._root
        while not os.path.lexists(folder) and folder != folder.parent:
            folder = folder.parent
        if not folder.is_dir():
            return f"{folder} is not a folder"
        return _no_room(folder, size) or _not_writable(folder, may_probe=folder == self._root)

    def is_unfinished(self) -> bool:
        """Return whether a build that was killed left its journal or its staged files behind."""
        return any(os.path.lexists(self._root / it) for it in (JOURNAL, STAGED))

    def set_aside(self, paths: Iterable[str]) -> None:
        """Copy files to where nothing is lost, before they are overwritten.

        The copy has the same path below the folder for copies, and a part of its digest behind its
        name, so that no copy takes the place of another one. Raises OSError if one cannot be made.
        """
        for path, value in self.digests(filter(stays_below, paths)).items():
            copy = self._aside / f"{path}.{value[:8]}"
            if not os.path.lexists(copy):
                copy.parent.mkdir(parents=True, exist_ok=True)
                # Whole or not there: half a copy, of a full disk or of a build that was killed, would pass for one.
                half = copy.with_name(f"{copy.name}.new")
                half.unlink(missing_ok=True)
                try:
                    shutil.copy2(self._root / path, half, follow_symlinks=False)
                    half.replace(copy)
                except OSError as error:
                    half.unlink(missing_ok=True)
                    error.filename = f"{copy}" if error.errno == errno.ENOSPC else error.filename
                    raise

    def promote(self, write: Mapping[str, str], remove: Iterable[str], ledger: Mapping[str, str]) -> None:
        """Write and remove files, each atomically, then the ledger; empty folders go too.

        A file that is already right is not touched. Raises OSError when the file system refuses, and
        for a path that leads out of the tree; unless the disk fails half-way, the tree is then as before.
        """
        if Journal.read(self._root) is not None:
            Promotion(self._root, {}, [], self.ledger()).run()
        Promotion(self._root, write, remove, ledger).run()
        for path in remove:
            self._sightings.forget(f"{self._root}/{path}")
        for path in (*write, LEDGER):
            self._sightings.file(f"{self._root}/{path}")

    def take_note(self) -> bool:
        """Take note of the folders; return whether every file was seen, and no stray one is there."""
        paths = self.ledger()
        for folder in {path.rpartition("/")[0] for path in paths}:
            self._sightings.folder(f"{self._root}/{folder}")
        # Every folder that is looked into, those without a file as well: a stray may appear in any of them.
        found = set(self._files(self._root, "", self._sightings.folder))
        seen = all(self._sightings.saw(f"{self._root}/{path}") for path in (*paths, LEDGER))
        return seen and found <= set(paths)

    def _files(self, folder: Path, prefix: str, enter: Callable[[Path], None]) -> Iterator[str]:
        enter(folder)
        try:
            entries = list(os.scandir(folder))
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            if is_made_by_python(f"{prefix}{entry.name}"):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._files(Path(entry.path), f"{prefix}{entry.name}/", enter)
            else:
                yield f"{prefix}{entry.name}"


def is_made_by_python(path: str) -> bool:
    """Return whether what has this path below `out/` is made by running, checking or packing Python, or our own."""
    name = path.rpartition("/")[2]
    if name in _MADE_BY_PYTHON or name.startswith(".coverage") or name.endswith((".pyc", ".egg-info")):
        return True
    return path in _MADE_AT_THE_TOP


def _not_writable(folder: Path, *, may_probe: bool) -> str | None:
    """Try it: root passes every check of modes, and only a write tells of a read-only file system."""
    try:
        unnamed = os.open(folder, os.O_TMPFILE | os.O_WRONLY) if hasattr(os, "O_TMPFILE") else None
        if unnamed is not None:
            os.close(unnamed)
            return None
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL):
            return f"{folder} cannot be written: {error.strerror}"
    if not may_probe:
        return None if os.access(folder, os.W_OK | os.X_OK) else f"{folder} cannot be written"
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".omnibuild-"):
            return None
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror}"


def _no_room(folder: Path, size: int) -> str | None:
    try:
        room = os.statvfs(folder)
    except OSError as error:
        return f"{folder} cannot be asked for its free space: {error.strerror}"
    free = room.f_bavail * room.f_frsize
    if free < size:
        return f"{folder} has room for {free} bytes, and {size} are to be written"
    # Some file systems do not count inodes; they say that they have none at all.
    if room.f_files and not room.f_favail:
        return f"{folder} has no room for another file (no free inodes)"
    return None
