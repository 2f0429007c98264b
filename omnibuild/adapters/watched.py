"""What of a workspace is watched: the folders, and which changes in them can matter to a build."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from omnibuild import noop
from omnibuild.adapters.output import is_made_by_python
from omnibuild.adapters.promotion import STAGED, digest_of, read_ledger

_SOURCES = (".yaml", ".yml", ".py")
"""How the names of specs and bodies end."""
_TEMPLATES = (".j2", ".yaml", ".yml")

type Identity = tuple[int, int]
"""What tells a folder from another one that took its place under the same name: its device and its number there."""


@dataclass(frozen=True)
class Watched:
    """The folders of a workspace by their names in the settings, as far as they are known.

    `elsewhere` are the paths that the last build looked at in the workspace, but outside of these folders, whether
    they are there or not. `was_fine` says that the last build left everything in step.
    """

    root: Path
    specs: str = "specs"
    templates: str = "templates"
    out: str = "out"
    elsewhere: frozenset[str] = frozenset()
    was_fine: bool = False

    def folders(self) -> dict[str, Identity]:
        """Return the folders to watch, each without those in it."""
        inputs = [str(self.root / it) for it in (self.specs, self.templates)]
        found = {it: identity for it in (str(self.root), *self._above()) if (identity := _identity(it))}
        _add_below(inputs, found, follow=True)
        _add_below([str(self.root / self.out)], found, follow=False)
        return found

    def concerns(self, path: str) -> bool:
        """Return whether a build can give another answer since this path changed."""
        name = path.removeprefix(f"{self.root}/")
        if name == self.out and self.was_fine:
            return not (self.root / self.out / noop.LEDGER).is_file()
        if name == noop.SETTINGS or name in self._roots or name in self.elsewhere:
            return True
        if any(it.startswith(f"{name}/") for it in (*self._roots, *self.elsewhere)):
            return True
        if name.startswith(f"{self.out}/"):
            return self._is_edit(name.removeprefix(f"{self.out}/"))
        endings = next((it for folder, it in self._endings if name.startswith(f"{folder}/")), None)
        if endings is None or _is_temporary(name.rpartition("/")[2]):
            return False
        return name.endswith(endings) or os.path.isdir(path)  # noqa: PTH112

    def may_differ(self, folders: Iterable[str]) -> bool:
        """Return whether something in these folders may be other than the last build has seen or left it."""
        out, written = f"{self.root}/{self.out}", self._ledger_changed()
        for folder in folders:
            if not f"{folder}/".startswith(f"{out}/"):
                return True
            with suppress(OSError), os.scandir(folder) as entries:
                for it in entries:
                    late = noop.changed(it.stat(follow_symlinks=False)) >= written
                    if late and self._is_edit(it.path.removeprefix(f"{out}/")):
                        return True
        return False

    def _ledger_changed(self) -> int:
        """Return when the ledger was written, which a build does last."""
        with suppress(OSError):
            return noop.changed((self.root / self.out / noop.LEDGER).stat())
        return 0

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        return (self.specs, self.templates, self.out)

    @cached_property
    def _endings(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return ((self.specs, _SOURCES), (self.templates, _TEMPLATES))

    def _is_edit(self, path: str) -> bool:
        """Return whether a file below `out/` is none that omnibuild left there.

        After a build that found something wrong, whatever changes there may have mended it.
        """
        if path.partition("/")[0] == STAGED or any(is_made_by_python(it) for it in _lead(path)):
            return False
        place = self.root / self.out / path
        if place.is_dir() and not place.is_symlink():
            return False
        return not self.was_fine or digest_of(place) != self._ledger().get(path)

    def _ledger(self) -> Mapping[str, str]:
        """Return the ledger as it is now: another omnibuild may have been at work."""
        folder = self.root / self.out
        try:
            status = (folder / noop.LEDGER).stat()
        except OSError:
            return {}
        return _read_ledger(folder, (noop.changed(status), status.st_size, status.st_ino))

    def _above(self) -> Iterator[str]:
        """Yield the folders in which the paths elsewhere are, or from which on they would have to be made."""
        for path in (*self.elsewhere, *self._roots):
            folder = str(self.root / path)
            while len(folder) > len(str(self.root)):
                folder = folder.rpartition("/")[0]
                if os.path.isdir(folder):  # noqa: PTH112
                    yield folder
                    break


@lru_cache(maxsize=1)
def _read_ledger(folder: Path, _seen: tuple[int, ...]) -> Mapping[str, str]:
    return read_ledger(folder)


def _identity(folder: str) -> Identity | None:
    """Return what tells a folder from any other, None if there is none."""
    try:
        status = os.stat(folder)  # noqa: PTH116 - there are thousands of them: no Path objects
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def _add_below(folders: Iterable[str], found: dict[str, Identity], *, follow: bool) -> None:
    """Add folders and all that are in them, at any depth, but not what is hidden or made by Python.

    Links are followed where that is asked for, but no folder is added twice.
    """
    pending, seen = list(folders), set(found.values())
    while pending:
        folder = pending.pop()
        identity = _identity(folder)
        if identity is None or identity in seen:
            continue
        seen.add(identity)
        found[folder] = identity
        with suppress(OSError), os.scandir(folder) as entries:
            for it in entries:
                if it.name[0] != "." and it.is_dir(follow_symlinks=follow) and not is_made_by_python(it.name):
                    pending.append(it.path)  # noqa: PERF401


def _lead(path: str) -> Iterator[str]:
    """Yield a path and those of the folders that it is in."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _is_temporary(name: str) -> bool:
    """Return whether a file has one of the names that editors give to theirs: locks, backups, half-written files."""
    return name.startswith((".", "#")) or name.endswith(("~", "#")) or "~." in name or name.isdecimal()
