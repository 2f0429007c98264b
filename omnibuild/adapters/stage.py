"""A complete candidate for `out/` in the cache folder, where compile checks run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from omnibuild.adapters.trial_run import TrialRun
from omnibuild.adapters.type_check import TypeCheck
from omnibuild.core.ports import ExampleRun, ExampleTest, Trial
from omnibuild.core.values import Finding, digest

type _Stat = tuple[int, int, str]
"""A file's size, time of change in nanoseconds, and digest."""


class StageFolder:
    """The stage in `cache`/stage, where `src/` holds the packages; `search` is where else to import from.

    `seconds` bounds the import of one module, and with `example_seconds` for each example the whole
    of `try_out`; `example_seconds` bounds one example.
    """

    def __init__(
        self, cache: Path, search: Sequence[Path] = (), *, seconds: float = 60, example_seconds: float = 10
    ) -> None:
        self._cache = Path(os.path.abspath(cache))  # noqa: PTH100  # links stay as the user sees them
        self._root = self._cache / "stage"
        self._search = [Path(os.path.abspath(it)) for it in search]  # noqa: PTH100
        self._seconds = seconds
        self._example_seconds = example_seconds

    def lay(self, files: Mapping[str, str]) -> None:
        """Make the stage hold exactly these files; those that are there already are not touched."""
        record = self._record()
        stale = {path for path, text in files.items() if self._stat(path, digest(text)) != record.get(path, ())}
        self._clear(set(files) - stale)
        self._root.mkdir(parents=True, exist_ok=True)
        for path in stale:
            place = self._root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(files[path].encode())
        fresh = {path: self._stat(path, digest(text)) for path, text in sorted(files.items())}
        (self._cache / "stage.json").write_text(json.dumps(fresh, indent=0))

    def check_types(self, paths: Sequence[str]) -> Sequence[Finding]:
        """Type-check these files with `mypy --strict`, in one process."""
        return TypeCheck(self._root, self._cache, self._search).run(paths)

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

    def _record(self) -> dict[str, _Stat]:
        try:
            data = json.loads((self._cache / "stage.json").read_bytes())
            return {path: (int(size), int(time), str(sum_)) for path, (size, time, sum_) in data.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _stat(self, path: str, sum_: str) -> _Stat | None:
        try:
            status = os.lstat(self._root / path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status.st_size, status.st_mtime_ns, sum_

    def _clear(self, keep: set[str]) -> None:
        """Remove all files but these and their byte code.

        Byte code is told from stale byte code by whole seconds and size only, so that of a file that
        is about to be written must go with it.
        """
        for name, folders, files in os.walk(self._root, topdown=False):
            parent = Path(name)
            for link in (it for it in folders if (parent / it).is_symlink()):
                (parent / link).unlink()
            for file in files:
                if _source_of(parent.relative_to(self._root) / file) not in keep:
                    (parent / file).unlink()
            with suppress(OSError):  # not empty
                parent.rmdir()


def _source_of(path: Path) -> str:
    """Return the path of the file that byte code was made of, of any other file its own."""
    if path.parent.name == "__pycache__" and path.suffix == ".pyc":
        return (path.parent.parent / f"{path.name.partition('.')[0]}.py").as_posix()
    return path.as_posix()
