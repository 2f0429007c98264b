"""Runs commands side by side and keeps what they took."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

_LAUNCHER = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
_PAGE = os.sysconf("SC_PAGE_SIZE")
_EVERY = 0.05
"""The time in seconds between two looks at the memory of a tree of processes."""
_FOREIGN = ("PYTHON", "OMNIBUILD", "MYPY", "MAKE", "NINJA", "SCONS", "DOIT", "VIRTUAL_ENV")
"""What a shell may have set that would make a tool work differently."""


class NotMeasuredError(Exception):
    """A run did not do what was to be measured; the text says what it did instead."""


@dataclass(frozen=True)
class Sample:
    """What one run took: seconds, and bytes."""

    wall: float
    cpu: float
    peak: int
    """Of its largest process."""
    tree: int
    """Of all its processes at the same time; pages that two of them share count twice."""


@dataclass(frozen=True)
class Side:
    """A command to be measured."""

    command: Sequence[str]
    folder: Path
    check: Callable[[str], str | None]
    """Gets what the command said; returns what is wrong if it was not the run that was meant."""
    prepare: Callable[[], object] = lambda: None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Figures:
    """The samples of one side."""

    samples: Sequence[Sample]

    @property
    def wall(self) -> float:
        """The median, in seconds."""
        return median(it.wall for it in self.samples)

    @property
    def fastest(self) -> float:
        """The shortest run, in seconds."""
        return min(it.wall for it in self.samples)

    @property
    def slowest(self) -> float:
        """The longest run, in seconds."""
        return max(it.wall for it in self.samples)

    @property
    def cpu(self) -> float:
        """The median of user and system time, in seconds."""
        return median(it.cpu for it in self.samples)

    @property
    def peak(self) -> int:
        """The most memory that one process ever had, in bytes."""
        return max(it.peak for it in self.samples)

    @property
    def tree(self) -> int:
        """The most memory that all processes had at the same time, in bytes."""
        return max(it.tree for it in self.samples)


def interleaved(sides: Mapping[str, Side], runs: int, warm_ups: int = 1) -> dict[str, Figures]:
    """Run every side in turn, again and again: A B A B, so that what slows the machine down slows all sides.

    Raises NotMeasuredError.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in sides}
    for round_ in range(warm_ups + runs):
        for name, side in sides.items():
            sample = run(side)
            if round_ >= warm_ups:
                samples[name].append(sample)
    return {name: Figures(it) for name, it in samples.items()}


def run(side: Side) -> Sample:
    """Prepare and run a command once. Raises NotMeasuredError if it fails or was not the run that was meant."""
    sample, code, said = _measured(side)
    if code:
        raise NotMeasuredError(f"{_name(side)} ended with {code}: {said[-800:]}")
    if wrong := side.check(said):
        raise NotMeasuredError(f"{_name(side)}: {wrong}: {said[-800:]}")
    return sample


def must_notice(side: Side) -> None:
    """Run a command after a change, and raise NotMeasuredError if it passes for a run that had nothing to do."""
    _, code, said = _measured(side)
    if code:
        raise NotMeasuredError(f"{_name(side)} ended with {code}: {said[-800:]}")
    if side.check(said) is None:
        raise NotMeasuredError(f"{_name(side)} does not notice that a file has changed, so its figures mean nothing")


def environment(side: Side) -> dict[str, str]:
    """Return the environment of a run, without what a shell may have set for its user."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**kept, "LC_ALL": "C.UTF-8", **side.environment}


def _measured(side: Side) -> tuple[Sample, int, str]:
    side.prepare()
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as output:
        launcher = subprocess.Popen(  # noqa: S603 - the commands are our own
            [*_LAUNCHER, str(side.folder), output.name, *side.command],
            env=environment(side),
            stdout=subprocess.PIPE,
            text=True,
        )
        tree = _most_memory(launcher)
        told, _ = launcher.communicate()
        if launcher.returncode:
            raise NotMeasuredError(f"{_name(side)} cannot be started")
        wall, cpu, peak, code = told.split()
        return Sample(float(wall), float(cpu), int(peak) * 1024, tree), int(code), output.read()


def _name(side: Side) -> str:
    return Path(side.command[0]).name


def _most_memory(launcher: subprocess.Popen[str]) -> int:
    """Wait for the launcher, and return the most memory that all below it had at the same time."""
    most = 0
    while True:
        try:
            launcher.wait(_EVERY)
        except subprocess.TimeoutExpired:
            most = max(most, sum(map(_memory, _below(launcher.pid))))
        else:
            return most


def _below(process: int) -> list[int]:
    """Return all that a process has started, directly or not, and that is still there."""
    found: list[int] = []
    pending = [process]
    for parent in pending:
        try:
            threads = [*Path(f"/proc/{parent}/task").glob("*/children")]
            new = [int(it) for children in threads for it in children.read_text().split()]
        except OSError:
            continue  # it has just ended
        pending += new
        found += new
    return found


def _memory(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0  # it has just ended
