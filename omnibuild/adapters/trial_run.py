"""The run of a trial: one child process that imports the candidate tree and runs its examples.

The child is killed when it hangs, and started again, behind what made it hang or die, for the rest.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from omnibuild.core.ports import ExampleRun, ExampleTest, Failure, Trial

_SCRIPT = Path(__file__).with_name("trial.py")
_PASSED_ON = ("PATH", "HOME", "LANG", "SYSTEMROOT", "VIRTUAL_ENV", "TMPDIR")
_GRACE = 5.0
"""How many seconds longer than its time an example has before its process is killed."""

type _Work = dict[str, list[dict[str, Any]]]
"""What is to be done, by group: `imports`, `examples`, `contracts`, `tests`; each item has its `subject`."""


class TrialRun:
    """A run over `stage`, where `src/` is the first on the path, and `search` the last."""

    def __init__(self, stage: Path, search: Sequence[Path], seconds: float, example_seconds: float) -> None:
        self._stage = stage
        self._search = search
        self._seconds = seconds
        self._example_seconds = example_seconds

    def run(
        self,
        classes: Mapping[str, Sequence[str]],
        examples: Sequence[ExampleRun],
        contracts: Sequence[str],
        tests: Sequence[ExampleTest] = (),
    ) -> Trial:
        """Return all failures, in the order of what was asked."""
        work: _Work = {
            "imports": [{"subject": module, "classes": list(names)} for module, names in classes.items()],
            "examples": [_example(it) for it in examples],
            "contracts": [{"subject": path} for path in contracts],
            "tests": [{"subject": f"{it.node}:{it.index}", "path": it.path, "function": it.function} for it in tests],
        }
        failures: dict[str, list[Failure]] = {group: [] for group in work}
        end = time.monotonic() + self._seconds + self._example_seconds * (len(examples) + len(tests))
        while any(work.values()):
            child = self._child(work, end)
            for group, failure in child.failures:
                failures[group].append(failure)
            if child.broke is None:
                break
            work = _behind(work, child.at)
            if child.at is None or time.monotonic() > end:
                for group, failure in _untried(work, child):
                    failures[group].append(failure)
                break
        ran = (*failures["examples"], *failures["tests"])
        return Trial(tuple(failures["imports"]), ran, tuple(failures["contracts"]))

    def _child(self, work: _Work, end: float) -> _Child:
        request = {
            "root": str(self._stage),
            "path": [str(self._stage / "src")],
            "search": [*map(str, self._search)],
            "seconds": self._example_seconds,
            "work": work,
        }
        with tempfile.TemporaryDirectory(prefix="omnibuild-", ignore_cleanup_errors=True) as folder:
            lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
            process = _start(folder)
            talk = threading.Thread(target=_talk, args=(process, json.dumps(request), lines), daemon=True)
            talk.start()
            try:
                child = self._listen(lines, end, self._places(folder))
                if not child.ended and child.broke is None:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(timeout=_GRACE)
            finally:
                _kill(process)
                talk.join(timeout=_GRACE)
        child.conclude(process.returncode)
        return child

    def _places(self, folder: str) -> tuple[str, ...]:
        """Return the folders of this machine that messages may name, the inner ones first."""
        places = [folder, str(self._stage), *map(str, self._search)]
        places += [*sys.path, sys.prefix, sys.base_prefix]
        known = {it for place in places if place for it in (place, os.path.realpath(place))}
        return tuple(f"{it.rstrip(os.sep)}{os.sep}" for it in sorted(known, key=len, reverse=True))

    def _listen(self, lines: queue.SimpleQueue[str | None], end: float, places: tuple[str, ...]) -> _Child:
        child = _Child(places)
        while True:
            in_example = child.at is not None and child.at[0] in ("examples", "tests")
            patience = self._example_seconds + _GRACE if in_example else self._seconds
            try:
                line = lines.get(timeout=max(0.0, min(patience, end + _GRACE - time.monotonic())))
            except queue.Empty:
                child.broke = f"did not finish within {self._example_seconds if in_example else self._seconds:g} s"
                return child
            if line is None or child.take(json.loads(line)):
                return child


@dataclass
class _Child:
    """What one child process said: failures, what it was at last, and why it broke off, if it did."""

    places: tuple[str, ...] = ()
    failures: list[tuple[str, Failure]] = field(default_factory=list)
    at: tuple[str, str] | None = None
    ended: bool = False
    broke: str | None = None

    def take(self, said: list[Any]) -> bool:
        """Take one line of the child; return whether it was the last."""
        match said:
            case ["at", str(group), str(subject)]:
                self.at = (group, subject)
            case ["failure", str(group), str(subject), str(message), list(path)]:
                self.failures.append((group, Failure(subject, self._portable(message), tuple(path))))
            case _:
                self.ended = True
        return self.ended

    def _portable(self, message: str) -> str:
        """Return a message as it would be on any machine: it is kept in the cache, which may go to others."""
        for place in self.places:
            message = message.replace(place, "")
        return message

    def conclude(self, code: int) -> None:
        """Say why the child broke off, once it is over, of the subject that it was at."""
        if self.ended:
            return
        self.broke = self.broke or _end(code)
        if self.at is not None:
            self.failures.append((self.at[0], Failure(self.at[1], self.broke)))


def _end(code: int) -> str:
    if code >= 0:
        return f"ended the Python process, with exit code {code}"
    with suppress(ValueError):
        return f"ended the Python process, by {signal.Signals(-code).name}"
    return f"ended the Python process, by signal {-code}"


def _example(run: ExampleRun) -> dict[str, Any]:
    values = {it.name: getattr(run, it.name) for it in fields(run)}
    return {**values, "env": dict(run.env), "subject": f"{run.node}:{run.index}"}


def _behind(work: _Work, at: tuple[str, str] | None) -> _Work:
    """Return the work that comes after this subject."""
    if at is None:
        return work
    rest: _Work = {}
    reached = False
    for group, items in work.items():
        if group == at[0]:
            subjects = [item["subject"] for item in items]
            rest[group] = items[subjects.index(at[1]) + 1 :]
            reached = True
        else:
            rest[group] = items if reached else []
    return rest


def _untried(work: _Work, child: _Child) -> Iterator[tuple[str, Failure]]:
    why = "was not tried: the time for the whole trial is over"
    if child.at is None:
        why = f"was not tried: something before it {child.broke}"
    for group, items in work.items():
        yield from ((group, Failure(item["subject"], why)) for item in items)


def _start(folder: str) -> subprocess.Popen[str]:
    """Start the child in a folder, a session and an environment of its own."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # The same order of sets in every run: a verdict must not depend on chance.
    environment |= {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    return subprocess.Popen(  # noqa: S603  # the interpreter that runs now, on our own script
        [sys.executable, "-P", str(_SCRIPT)],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        start_new_session=True,
    )


def _talk(process: subprocess.Popen[str], request: str, lines: queue.SimpleQueue[str | None]) -> None:
    """Hand the request to the child and its lines to the queue; None follows the last one."""
    if process.stdin and process.stdout:
        with suppress(OSError), process.stdin:
            process.stdin.write(request)
        with suppress(OSError), process.stdout:
            for line in process.stdout:
                if line.endswith("\n"):  # half a line comes from a child that was killed
                    lines.put(line)
    lines.put(None)


def _kill(process: subprocess.Popen[str]) -> None:
    """End the child and the processes that it started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
