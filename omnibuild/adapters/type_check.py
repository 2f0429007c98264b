"""One run of mypy over the stage."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from omnibuild.adapters.outline import Outlines
from omnibuild.adapters.reach import reaches_only_outlines
from omnibuild.adapters.seed import Seed
from omnibuild.adapters.tool_run import Said, running
from omnibuild.core.values import Finding

_OPTIONS = (
    "--strict",
    "--python-version=3.12",
    # Only the files that were asked for are judged: what they import is checked when it is itself built,
    # and the workspace's own modules are the user's business.
    "--follow-imports=silent",
    "--explicit-package-bases",
    "--output=json",
    "--show-column-numbers",
    "--show-error-codes",
    "--no-error-summary",
    "--no-color-output",
)


class TypeCheck:
    """mypy with the strict rules and nobody's configuration; what it notes is in `cache`/mypy or mypy-whole.

    With `outlined`, what generated modules import of ONEX is checked against outlines, unless somebody's
    own code reaches ONEX, too: then all is checked against the modules themselves, as without it.
    """

    def __init__(
        self, stage: Path, files: Mapping[str, str], cache: Path, search: Sequence[Path], *, outlined: bool
    ) -> None:
        self._stage = stage
        self._cache = cache
        self._search = search
        outlines = Outlines().files() if outlined and reaches_only_outlines(files, search) else None
        self._outlines = outlines or {}

    @contextmanager
    def running(self, paths: Sequence[str]) -> Iterator[Callable[[], Sequence[Finding]]]:
        """Start mypy; what is given waits for what it says of the files, columns from 1.

        If mypy itself fails, or finds something wrong outside the stage, that is a finding with the
        code `crash` and without a file.
        """
        if not paths:
            yield tuple
            return
        seed = Seed(["mypy", metadata.version("mypy"), sys.version, *_OPTIONS, *self._outlines])
        is_new = not self._folder.exists()
        if is_new:
            seed.plant(self._folder)
        with self._mypy(paths) as said:

            def findings() -> Sequence[Finding]:
                found = self._after_crash(paths, _findings(said()))
                if is_new:
                    seed.gather(self._folder, [self._stage / "src", *self._search])
                return found

            yield findings

    def _after_crash(self, paths: Sequence[str], found: Sequence[Finding]) -> Sequence[Finding]:
        """Return what was found, or, if mypy failed, what it finds when it is asked again."""
        if all(finding.code != "crash" for finding in found):
            return found
        # A damaged cache makes mypy fail in many ways; without it the failure is real.
        shutil.rmtree(self._folder, ignore_errors=True)
        with self._mypy(paths) as said:
            return _findings(said())

    @property
    def _folder(self) -> Path:
        """The cache of this way to check: each knows other things of ONEX."""
        return self._cache / ("mypy" if self._outlines else "mypy-whole")

    @contextmanager
    def _mypy(self, paths: Sequence[str]) -> Iterator[Callable[[], Said]]:
        environment = {name: value for name, value in os.environ.items() if "MYPY" not in name.upper()}
        with tempfile.TemporaryDirectory(prefix="omnibuild-") as folder:
            configuration, arguments = Path(folder) / "mypy.ini", Path(folder) / "arguments"
            configuration.write_text("[mypy]\n")
            options = [*_OPTIONS, f"--config-file={configuration}", f"--cache-dir={self._folder}"]
            arguments.write_text("\n".join([*options, "--", *paths]), encoding="utf-8")
            # Last: a module that is also elsewhere is meant as it stands there.
            places = [self._stage / "src", *self._search, *_written(self._outlines, Path(folder) / "outlines")]
            environment["MYPYPATH"] = os.pathsep.join(map(str, places))
            # -P: nothing that lies in the stage may stand in for a module that mypy imports.
            with running([sys.executable, "-P", "-m", "mypy", f"@{arguments}"], self._stage, environment) as said:
                yield said


def _written(outlines: Mapping[str, str], folder: Path) -> list[Path]:
    for path, text in outlines.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return [folder] if outlines else []


def _findings(said: Said) -> list[Finding]:
    found = list(_read(said.out.splitlines()))
    if said.code not in (0, 1) and not found:
        told = (said.err.strip() or said.out.strip())[-2000:]
        found.append(Finding("", 0, 0, "crash", f"mypy ended with {said.code}: {told}"))
    return found


def _read(lines: Iterable[str]) -> Iterator[Finding]:
    """Turn mypy's lines into findings; a note belongs to the error before it on the same line."""
    found: Finding | None = None
    for item in filter(None, map(_item, lines)):
        hints = [it for it in str(item["hint"] or "").splitlines() if not it.startswith("See https://")]
        if item["severity"] == "error":
            if found:
                yield found
            found = _finding(item, hints)
        elif found and (found.file, found.line) == (item["file"], item["line"]) and not _is_variant(item):
            message = "; ".join([found.message, str(item["message"]), *hints])
            found = Finding(found.file, found.line, found.column, found.code, message)
    if found:
        yield found


def _is_variant(item: dict[str, Any]) -> bool:
    """Return whether a note lists the variants of an overloaded function, which for pydantic's Field is a page."""
    return str(item["message"]).startswith(("Possible overload variant", "    def "))


def _item(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    known = isinstance(value, dict) and {"file", "line", "column", "message", "hint", "code", "severity"} <= set(value)
    return value if known else None


def _finding(item: dict[str, Any], hints: Sequence[str]) -> Finding:
    message = "; ".join([str(item["message"]), *hints])
    file = Path(item["file"])
    if file.is_absolute() or ".." in file.parts:
        return Finding("", 0, 0, "crash", f"{file.name}:{item['line']}: {message}")
    # Columns count from 0 in mypy's JSON, and -1 stands for none.
    return Finding(file.as_posix(), max(1, item["line"]), max(1, item["column"] + 1), str(item["code"] or ""), message)
