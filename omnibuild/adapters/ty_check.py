"""One run of ty over the stage."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from omnibuild.adapters.tool_run import Said, running
from omnibuild.core.values import Finding, Problem, Settings

_OPTIONS = (
    "--python-version=3.12",
    "--output-format=gitlab",
    "--no-progress",
    "--color=never",
    # The stage lies in a folder that git ignores.
    "--no-respect-ignore-files",
)
_ERRORS = ("major", "critical", "blocker")


class TyCheck:
    """ty with the rules that it has by itself and nobody's configuration; it keeps no cache."""

    def __init__(self, stage: Path, search: Sequence[Path]) -> None:
        self._stage = stage
        self._search = search

    @contextmanager
    def running(self, paths: Sequence[str]) -> Iterator[Callable[[], Sequence[Finding]]]:
        """Start ty; what is given waits for the errors that it finds in the files, columns from 1.

        If ty is missing or fails, that is a finding with the code `crash` and without a file.
        """
        program = find_ty()
        if not paths or program is None:
            missing = [Finding("", 0, 0, "crash", "ty is not installed")] if paths else []
            yield lambda: missing
            return
        environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("TY_")}
        with tempfile.TemporaryDirectory(prefix="omnibuild-") as folder:
            environment["XDG_CONFIG_HOME"] = environment["APPDATA"] = folder
            configuration = Path(folder) / "ty.toml"
            configuration.write_text("")
            places = [f"--extra-search-path={it}" for it in (self._stage / "src", *self._search) if it.is_dir()]
            where = [f"--project={self._stage}", f"--python={sys.executable}", f"--config-file={configuration}"]
            # The whole stage, which takes no longer: there may be more files than a command can name.
            with running([program, "check", *_OPTIONS, *where, *places, "."], self._stage, environment) as said:
                yield lambda: _findings(said(), frozenset(paths))


def lacks_ty(settings: Settings) -> Problem | None:
    """Return what is wrong if types are to be checked by ty, and it is not there."""
    from omnibuild.gates import at_compile

    asked = settings.type_checker == "ty" and any(gate.code == "G13" for gate in at_compile(settings))
    if not asked or find_ty() is not None:
        return None
    hint = "python3 -m pip install 'omnibuild[ty]', or set `type_checker = \"mypy\"`"
    return Problem("type-checker", "omnibuild.toml wants types checked by ty, which is not installed", hint=hint)


def find_ty() -> str | None:
    """Return the program, None if it is not installed beside omnibuild."""
    try:
        from ty import find_ty_bin
    except ImportError:
        return None
    try:
        return str(find_ty_bin())
    except FileNotFoundError:
        return None


def _findings(said: Said, paths: Collection[str]) -> list[Finding]:
    try:
        items = json.loads(said.out)
        found = [_finding(it) for it in items if it["severity"] in _ERRORS]
    except (ValueError, TypeError, LookupError):
        found = None
    if said.code not in (0, 1) or found is None:
        told = (said.err.strip() or said.out.strip())[-2000:]
        return [Finding("", 0, 0, "crash", f"ty ended with {said.code}: {told}")]
    return [it for it in found if it.file in paths]


def _finding(item: dict[str, Any]) -> Finding:
    begin = item["location"]["positions"]["begin"]
    code = str(item["check_name"])
    message = str(item["description"]).removeprefix(f"{code}: ")
    return Finding(Path(item["location"]["path"]).as_posix(), int(begin["line"]), int(begin["column"]), code, message)
