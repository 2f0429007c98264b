"""A complete candidate for `out/` in the cache folder, where compile checks run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from glob import escape
from pathlib import Path, PurePosixPath

from omnibuild.adapters.trial_run import TrialRun
from omnibuild.adapters.ty_check import TyCheck
from omnibuild.adapters.type_check import TypeCheck
from omnibuild.cache.trace import stays_below
from omnibuild.core.ports import ExampleRun, ExampleTest, Trial
from omnibuild.core.values import Finding, digest

type _Stat = tuple[int, int, str]
"""A file's size, time of change in nanoseconds, and digest."""

_NAMES = 100
"""How many folders are tried before something must be wrong."""


class StageFolder:
    """The stage in `cache`/stage, where `src/` holds the packages; `search` is where else to import from.

    Types are checked by mypy, with `outlined` against outlines of ONEX where that finds the same, or
    by ty. `seconds` bounds the import of one module, and with `example_seconds` for each example the
    whole of `try_out`; `example_seconds` bounds one example.
    """

    def __init__(
        self,
        cache: Path,
        search: Sequence[Path] = (),
        *,
        type_checker: str = "mypy",
        outlined: bool = False,
        seconds: float = 60,
        example_seconds: float = 10,
    ) -> None:
        self._cache = Path(os.path.abspath(cache))  # noqa: PTH100  # links stay as the user sees them
        self._root = self._cache / "stage"
        self._search = [Path(os.path.abspath(it)) for it in search]  # noqa: PTH100
        self._files: Mapping[str, str] = {}
        self._type_checker = type_checker
        self._outlined = outlined
        self._seconds = seconds
        self._example_seconds = example_seconds

    def lay(self, files: Mapping[str, str]) -> None:
        """Make the stage hold exactly these files; those that are there already are not touched.

        What stands there and is not of an earlier stage stays: another folder becomes the stage if it is in the way.
        """
        self._cache.mkdir(parents=True, exist_ok=True)
        self._files = files
        for number in range(_NAMES):
            self._root = self._cache / (f"stage-{number}" if number else "stage")
            if self._root.is_symlink():
                self._root.unlink()
            if not is_stage(self._root) and _holds_anything(self._root):
                continue
            with suppress(FileExistsError, IsADirectoryError, NotADirectoryError):
                self._lay(files)
                return
        raise FileExistsError(f"there is no room for a stage in {self._cache}: all its names are taken")

    def _lay(self, files: Mapping[str, str]) -> None:
        record = _record(self._root) or {}
        self._cut_links({*record, *files})
        stale = {path for path, text in files.items() if self._stat(path, digest(text)) != record.get(path, ())}
        # Known before anything is written, so that a build that is killed leaves no file that nobody claims.
        self._keep_record({path: record.get(path, (0, 0, "")) for path in {*record, *files}})
        gone = stale | (set(record) - set(files))
        for path in gone:
            self._remove(path, known=path in record)
        self._remove_empty_folders(gone)
        self._root.mkdir(parents=True, exist_ok=True)
        try:
            self._write({path: files[path] for path in sorted(stale)})
        except OSError:
            # What stands in the way is not ours: it must not look so to the next build.
            ours = {path: (0, 0, "") for path in files if self._holds(path, digest(files[path]))}
            self._keep_record(ours | record)
            raise
        fresh = {path: self._stat(path, digest(text)) for path, text in sorted(files.items())}
        self._keep_record({path: it for path, it in fresh.items() if it is not None})

    def _write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            place = self._root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                file.write(text.encode())

    def _holds(self, path: str, sum_: str) -> bool:
        place = self._root / path
        return place.is_file() and not place.is_symlink() and digest(place.read_bytes()) == sum_

    def checking_types(self, paths: Sequence[str]) -> AbstractContextManager[Callable[[], Sequence[Finding]]]:
        """Start to type-check these files, in one process; what is given waits for the findings."""
        if self._type_checker == "ty":
            return TyCheck(self._root, self._search).running(paths)
        check = TypeCheck(self._root, self._files, self._cache, self._search, outlined=self._outlined)
        return check.running(paths)

    def try_out(
        self,
        classes: Mapping[str, Sequence[str]],
        examples: Sequence[ExampleRun],
        contracts: Sequence[str],
        tests: Sequence[ExampleTest] = (),
    ) -> Trial:
        """Import modules and look for their classes, run examples and tests, read contracts, in one process."""
        return TrialRun(self._root, self._search, self._seconds, self._example_seconds).run(
            classes, examples, contracts, tests
        )

    def _keep_record(self, record: Mapping[str, _Stat]) -> None:
        _record_of(self._root).write_text(json.dumps(dict(sorted(record.items())), indent=0))

    def _stat(self, path: str, sum_: str) -> _Stat | None:
        try:
            status = os.lstat(self._root / path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status.st_size, status.st_mtime_ns, sum_

    def _cut_links(self, paths: Iterable[str]) -> None:
        """Remove the links that stand where a folder of the stage belongs: what is behind them is not ours."""
        for folder in sorted({parent for path in paths for parent in PurePosixPath(path).parents}):
            place = self._root / folder
            if place.is_symlink():
                place.unlink()

    def _remove(self, path: str, *, known: bool) -> None:
        """Remove a file of an earlier stage, or a link in its place, with its byte code.

        Byte code is told from stale byte code by whole seconds and size only, so that of a file that
        is about to be written must go with it.
        """
        place = self._root / path
        if known or place.is_symlink():
            with suppress(FileNotFoundError, NotADirectoryError):
                place.unlink()
        compiled = place.parent / "__pycache__"
        if place.suffix == ".py" and not compiled.is_symlink():
            for file in compiled.glob(f"{escape(place.stem)}.*.pyc"):
                file.unlink()

    def _remove_empty_folders(self, paths: Iterable[str]) -> None:
        folders = {parent for path in paths for parent in PurePosixPath(path).parents}
        for folder in sorted(folders, reverse=True):
            for place in (self._root / folder / "__pycache__", self._root / folder):
                with suppress(OSError):  # not empty, or not there
                    place.rmdir()


def is_stage(folder: Path) -> bool:
    """Return whether a folder of a cache is a stage, by the record beside it."""
    return not folder.is_symlink() and _record(folder) is not None


def _record_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def _record(folder: Path) -> dict[str, _Stat] | None:
    """Return what was laid in a folder, None if nobody knows."""
    try:
        data = json.loads(_record_of(folder).read_bytes())
        record = {path: (int(size), int(time), str(sum_)) for path, (size, time, sum_) in data.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return record if all(map(stays_below, record)) else None


def _holds_anything(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        return True
