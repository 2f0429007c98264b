"""The files that users check in, read from a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from omnibuild.adapters.sightings import Sightings
from omnibuild.core.values import Place, Problem

LARGEST = 5 * 1024**2
"""The size in bytes beyond which a file is not read: nobody writes such a spec by hand."""

_BOM = b"\xef\xbb\xbf"


class FolderInputs:
    """Specs and the files beside them, in a workspace's folder.

    Each is read once: whoever edits it meanwhile, a build sees one state of it.
    """

    def __init__(self, root: Path, specs: str, sightings: Sightings | None = None) -> None:
        self._root = root
        self._real = root.resolve()
        self._specs = specs
        self._sightings = sightings or Sightings(root)
        self._inside: dict[str, bool] = {}
        self._texts: dict[str, str | Problem | None] = {}

    def specs(self) -> Sequence[str]:
        """Return the paths of all spec files, at any depth, relative to the workspace and sorted.

        What is hidden and what editors leave beside a file are no specs.
        """
        # Real folders first, so that a file that a link shows a second time has its own path.
        found: list[str] = []
        seen: set[tuple[int, int]] = set()
        links = [self._specs.strip("/")]
        while links:
            found += self._below(links.pop(0), seen, links)
        return sorted(found)

    def text(self, file: str) -> str | Problem | None:
        """Return a file's text, with LF as the end of every line and without a byte order mark.

        Gives None if there is no such file, and a problem with the code `encoding` or `unreadable`
        if there is one that cannot be read as UTF-8 text, or that lies outside the workspace.
        """
        if file not in self._texts:
            self._texts[file] = self._text(file)
        return self._texts[file]

    def _text(self, file: str) -> str | Problem | None:
        self._sightings.reading(self._root / file)
        if not self._is_inside(file):
            return _unreadable(file, "lies outside the workspace", "copy it into the workspace")
        try:
            data = _read(self._root / file)
        except (FileNotFoundError, NotADirectoryError):
            if not os.path.lexists(self._root / file):
                self._sightings.absent(file)
                return None
            return _unreadable(file, "is a symbolic link to nothing", "repair or remove the link")
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            return _unreadable(file, f"cannot be read: {reason}", "see that it is a file that you may read")
        if len(data) > LARGEST:
            return _unreadable(file, f"is larger than {LARGEST // 1024**2} MiB", "divide it into several files")
        return _decode(file, data)

    def _is_inside(self, file: str) -> bool:
        """Return whether a file lies in the workspace, wherever links lead."""
        path, folder = f"{self._root}/{file}", file.rpartition("/")[0]
        try:
            if os.path.islink(path) or ".." in file:  # noqa: PTH114 - called for every file: no Path objects
                return Path(path).resolve().is_relative_to(self._real)
            if folder not in self._inside:
                self._inside[folder] = (self._root / folder).resolve().is_relative_to(self._real)
            return self._inside[folder]
        except (OSError, ValueError, RuntimeError):  # what the path itself is wrong with, its reader tells
            return True

    def _below(self, name: str, seen: set[tuple[int, int]], links: list[str]) -> Iterator[str]:
        folder = self._root / name
        self._sightings.folder(folder)
        try:
            status = folder.stat()
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            return
        self._sightings.listing(folder, (entry.name for entry in entries))
        if (status.st_dev, status.st_ino) in seen:
            return
        seen.add((status.st_dev, status.st_ino))
        for entry in entries:
            path = f"{name}/{os.fsencode(entry.name).decode('utf-8', 'backslashreplace')}"
            if entry.name.startswith("."):
                continue
            if not _is_folder(entry):
                if path.endswith((".yaml", ".yml")) and not Path(path).stem.endswith("~"):
                    yield path
            elif entry.is_symlink():
                links.append(path)
            else:
                yield from self._below(path, seen, links)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _read(path: Path) -> bytes:
    # A pipe would wait for a writer for ever.
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
        raise ValueError("it is not a file")
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(LARGEST + 1)


def _decode(file: str, data: bytes) -> str | Problem:
    data = data.removeprefix(_BOM)
    try:
        return data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        begin = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[begin : error.start].decode()) + 1
        return Problem(
            code="encoding",
            message=f"{file} is not UTF-8: the byte 0x{data[error.start]:02x} has no meaning here",
            at=Place(file, line, column),
            hint="save the file as UTF-8",
        )


def _unreadable(file: str, what: str, hint: str) -> Problem:
    return Problem(code="unreadable", message=f"{file} {what}", at=Place(file, 1, 1), hint=hint)
