"""What happens during a build, told to whoever listens: progress bars, logs, metrics."""

from __future__ import annotations

from dataclasses import dataclass

from omnibuild.core.values import Outcome, Problem, Report


@dataclass(frozen=True, slots=True)
class BuildStarted:
    """The graph is known: this many nodes are looked at."""

    nodes: int


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A named step of the build begins, and the one before it has ended; `nodes` is how many it has work for."""

    step: str
    nodes: int = 0


@dataclass(frozen=True, slots=True)
class NodeAssembled:
    """A node's draft is in memory; making it began at a time of the clock and took this many milliseconds.

    Several may be made at once; what has no draft took no time.
    """

    node: str
    ms: float = 0.0
    began: float = 0.0


@dataclass(frozen=True, slots=True)
class ToolRan:
    """A tool has ended, such as `mypy`: it took this many milliseconds. Several may run at once."""

    tool: str
    ms: float


@dataclass(frozen=True, slots=True)
class NodeFinished:
    """A node has its outcome."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ProblemFound:
    """A problem that does not wait for the end of the build, such as a damaged cache entry."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class BuildFinished:
    """The build or check is over; the report is what it says."""

    report: Report


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another build is at work in the same workspace; this one begins when that one has ended."""


type Event = (
    BuildStarted | StepStarted | NodeAssembled | ToolRan | NodeFinished | ProblemFound | BuildFinished | Waiting
)
