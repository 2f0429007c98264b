"""The log of what happens: `cache/events.jsonl`, one JSON object a line. docs/events.md has its form.

A listener: what is pure tells its events, and this writes them. A log that cannot be written costs a
warning, never a build.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from omnibuild.core.events import (
    BuildFinished,
    BuildStarted,
    Event,
    NodeFinished,
    ProblemFound,
    StepStarted,
    ToolRan,
)
from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Json, Level, Problem, Report, Status

NAME = "events.jsonl"
BEFORE = "events.1.jsonl"
"""Where the log goes when it is full; what was there goes."""
LARGEST = 10 * 1000**2
"""A log of more bytes than this is full."""
VERSION = 1
"""Counts the changes of the form; new keys and new events are none."""


class EventLog:
    """The log of one build or check: a context, which notes how it ended, and a listener while that is open.

    `about` is what the first line says of it; `on_problem` is told once if nothing can be written.
    """

    def __init__(
        self,
        folder: Path,
        about: Mapping[str, Json],
        on_problem: Callable[[Problem], None],
        *,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        largest: int = LARGEST,
    ) -> None:
        self._folder = folder
        self._about = about
        self._on_problem = on_problem
        self._clock = clock
        self._now = now
        self._largest = largest
        self._build = os.urandom(8).hex()
        self._start = 0.0
        self._file = -1
        self._size = 0
        self._open = False
        self._report: Report | None = None

    def __enter__(self) -> Self:
        self._open = True
        self._start = self._clock()
        self._write("build_started", self._about)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        how = "interrupted" if isinstance(error, KeyboardInterrupt) else "crashed"
        if error is None and self._report:
            how = "ok" if self._report.ok else "failed"
        end: dict[str, Json] = {"outcome": how, "duration_ms": round((self._clock() - self._start) * 1000, 3)}
        self._write("build_finished", {**self._about, **end, **(_sum(self._report) if self._report else {})})
        self._close()
        self._open = False

    def __call__(self, event: Event) -> None:
        """Note what happens; what is only for progress bars is not noted."""
        match event:
            case BuildStarted(nodes=nodes):
                self._write("nodes_selected", {"nodes": nodes})
            case StepStarted(step=step, nodes=nodes):
                self._write("step_started", {"step": step, "nodes": nodes})
            case ToolRan(tool=tool, ms=ms):
                self._write("tool_ran", {"tool": tool, "ms": round(ms, 3)})
            case NodeFinished(outcome=it):
                because: list[Json] = list(it.because)
                found = {"outcome": it.status.value, "because": because, "files": it.files, "ms": it.ms}
                self._write("node_finished", {"node": it.node, **found})
            case ProblemFound(problem=problem):
                self._write("problem", problem_json(problem))
            case BuildFinished(report=report):
                self._report = report
                for problem in report.problems:
                    self._write("problem", problem_json(problem))
            case _:
                return

    def _write(self, event: str, more: Mapping[str, Json]) -> None:
        if not self._open:
            return
        at = self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head: dict[str, Json] = {"v": VERSION, "at": at, "build": self._build, "event": event}
        line = json.dumps({**head, **more}, separators=(",", ":")).encode() + b"\n"
        try:
            self._append(line)
        except OSError as error:
            self._open = False
            self._close()
            message = f"the log {self._folder.name}/{NAME} cannot be written: {error.strerror or error}"
            self._on_problem(Problem("events", message, hint="the build goes on without it", level=Level.WARN))

    def _append(self, line: bytes) -> None:
        """Write a line in one piece: what is appended so is never torn by another process that appends."""
        if self._file < 0:
            self._reach()
        if self._size and self._size + len(line) > self._largest:
            self._close()
            (self._folder / NAME).replace(self._folder / BEFORE)
            self._reach()
        written = os.write(self._file, line)
        if written != len(line):
            raise OSError("the disk is full")
        self._size += written

    def _reach(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / NAME
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        self._size = os.fstat(self._file).st_size
        if self._size:
            os.lseek(self._file, -1, os.SEEK_END)
            if os.read(self._file, 1) != b"\n":  # a process was killed, or its disk full, within a line
                self._size += os.write(self._file, b"\n")

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def about(command: str, mode: str, selectors: Sequence[str], version: str) -> Mapping[str, Json]:
    """Return what the first and the last line of a build say of it."""
    return {"command": command, "mode": mode, "selectors": list(selectors), "omnibuild": version}


def _sum(report: Report) -> dict[str, Json]:
    statuses = [it.status for it in report.outcomes.values()]
    levels = [it.level for it in report.problems]
    counts: dict[str, Json] = {it.value.replace("-", "_"): statuses.count(it) for it in Status}
    return {
        "nodes": {"total": len(statuses), **counts},
        "problems": levels.count(Level.BLOCK),
        "warnings": levels.count(Level.WARN),
        "written": len(report.written),
        "removed": len(report.removed),
    }
