"""What mypy found out about installed packages, kept for all workspaces of a user: the seed of a new cache.

A seed only saves time. mypy compares what it reads with the files of the packages, so that a seed
of another time or place leads to nothing false; what cannot be read or written is done without.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from omnibuild.core.values import digest_json
from omnibuild.spec.variables import USER_CACHE

_OFF = ("0", "false", "no", "off")
_DATABASES = "*/cache*.db"
_KEPT = 30 * 24 * 3600
"""How many seconds a seed stays that nobody uses."""

_PYTHON = frozenset({*sys.stdlib_module_names, "_typeshed", "mypy_extensions", "typing_extensions"})
_FAILURES = (OSError, sqlite3.Error, tarfile.TarError, EOFError)


class Seed:
    """The seed for one set of installed packages and one way to check; `way` tells that apart from others."""

    def __init__(self, way: Sequence[str]) -> None:
        folder = user_folder()
        self._file = folder and folder / "mypy" / f"{digest_json([*way, *_installed()])[:32]}.tar"
        self._planted = 0

    def plant(self, folder: Path) -> None:
        """Make a cache folder of the seed, if there is one."""
        if self._file is None:
            return
        with suppress(*_FAILURES):
            with (
                tarfile.open(self._file) as archive,
                tempfile.TemporaryDirectory(dir=_made(folder.parent), prefix=f"{folder.name}-") as place,
            ):
                new = Path(place) / "new"
                archive.extractall(new, filter="data")
                self._planted = sum(_count(it, _anything) for it in new.glob(_DATABASES))
                new.rename(folder)
            os.utime(self._file)

    def gather(self, folder: Path, workspace: Sequence[Path]) -> None:
        """Make a seed of a cache that was new, if it knows more than the seed that it grew from.

        `workspace` are the folders whose own modules are left out.
        """
        if self._file is None:
            return

        tops: dict[str, bool] = {}

        def is_common(path: str) -> bool:
            top = path.partition("/")[0].partition(".")[0]
            if top not in tops:
                tops[top] = _is_common(top, workspace)
            return tops[top]

        with suppress(*_FAILURES):
            databases = sorted(folder.glob(_DATABASES))
            if sum(_count(it, is_common) for it in databases) > self._planted:
                self._write(folder, databases, is_common)

    def _write(self, folder: Path, databases: Sequence[Path], is_common: Callable[[str], bool]) -> None:
        assert self._file is not None  # noqa: S101  # for the type checker: `gather` has looked
        home = _made(self._file.parent)
        with tempfile.TemporaryDirectory(dir=home, prefix=".") as place:
            new = Path(place) / "new.tar"
            with tarfile.open(new, "w") as archive:
                for it in databases:
                    copy = Path(place) / it.name
                    _copy(it, copy, is_common)
                    archive.add(copy, it.relative_to(folder).as_posix())
            new.replace(self._file)
        for it in home.glob("*.tar"):
            with suppress(OSError):
                if it.stat().st_mtime < time.time() - _KEPT:
                    it.unlink()


def user_folder() -> Path | None:
    """Return the folder of the user's cache; None if there is none, or it is turned off."""
    told = os.environ.get(USER_CACHE, "").strip()
    if told:
        return None if told.lower() in _OFF else Path(told).expanduser()
    with suppress(RuntimeError):  # a user without a home
        system = {"darwin": str(Path.home() / "Library" / "Caches"), "win32": os.environ.get("LOCALAPPDATA", "")}
        usual = system.get(sys.platform) or str(Path.home() / ".cache")
        for place in map(Path, (os.environ.get("XDG_CACHE_HOME", ""), usual)):
            if place.is_absolute():
                return place / "omnibuild"
    return None


def _installed() -> list[str]:
    """Return what is installed: the folders in which every distribution says its name and version."""
    return sorted({it.name for folder in sys.path if folder for it in Path(folder).glob("*.dist-info")})


def _is_common(top: str, workspace: Sequence[Path]) -> bool:
    if top in _PYTHON:
        return True
    own = any((folder / f"{top}{end}").exists() for folder in workspace for end in ("", ".py", ".pyi"))
    names = (top, f"{top}-stubs", f"{top}.py", f"{top}.pyi")
    sites = (Path(it) for it in sys.path if it.endswith("-packages"))
    return not own and any((folder / name).exists() for folder in sites for name in names)


def _count(database: Path, is_wanted: Callable[[str], bool]) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return sum(is_wanted(path) for (path,) in connection.execute("select path from files2"))


def _copy(database: Path, place: Path, is_wanted: Callable[[str], bool]) -> None:
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("attach ? as other", (str(database),))
        for (statement,) in connection.execute("select sql from other.sqlite_master where sql is not null").fetchall():
            connection.execute(statement)
        connection.create_function("is_wanted", 1, is_wanted)
        connection.execute("insert into main.files2 select * from other.files2 where is_wanted(path)")
        connection.commit()


def _anything(path: str) -> bool:
    return bool(path)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
