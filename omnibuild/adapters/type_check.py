"""One run of mypy over the stage."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

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
    """mypy with the strict rules and nobody's configuration; its cache is in `cache`/mypy."""

    def __init__(self, stage: Path, cache: Path, search: Sequence[Path]) -> None:
        self._stage = stage
        self._cache = cache
        self._search = search

    def run(self, paths: Sequence[str]) -> Sequence[Finding]:
        """Return what mypy says of the files, columns from 1.

        If mypy itself fails, or finds something wrong outside the stage, that is a finding with the
        code `crash` and without a file.
        """
        if not paths:
            return ()
        findings = self._findings(paths)
        if any(finding.code == "crash" for finding in findings):
            # A damaged cache makes mypy fail in many ways; without it the failure is real.
            shutil.rmtree(self._cache / "mypy", ignore_errors=True)
            findings = self._findings(paths)
        return findings

    def _findings(self, paths: Sequence[str]) -> list[Finding]:
        done = self._mypy(paths)
        findings = list(_read(done.stdout.splitlines()))
        if done.returncode not in (0, 1) and not findings:
            said = (done.stderr.strip() or done.stdout.strip())[-2000:]
            findings.append(Finding("", 0, 0, "crash", f"mypy ended with {done.returncode}: {said}"))
        return findings

    def _mypy(self, paths: Sequence[str]) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if "MYPY" not in name.upper()}
        environment["MYPYPATH"] = os.pathsep.join(map(str, [self._stage / "src", *self._search]))
        with tempfile.TemporaryDirectory(prefix="omnibuild-") as folder:
            configuration, arguments = Path(folder) / "mypy.ini", Path(folder) / "arguments"
            configuration.write_text("[mypy]\n")
            options = [*_OPTIONS, f"--config-file={configuration}", f"--cache-dir={self._cache / 'mypy'}"]
            arguments.write_text("\n".join([*options, "--", *paths]), encoding="utf-8")
            return subprocess.run(  # noqa: S603  # the interpreter that runs now, fixed arguments
                # -P: nothing that lies in the stage may stand in for a module that mypy imports.
                [sys.executable, "-P", "-m", "mypy", f"@{arguments}"],
                cwd=self._stage,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
            )


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
