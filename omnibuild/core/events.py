"""What happens during a build, told to whoever listens: progress bars, logs, metrics."""

from __future__ import annotations

from dataclasses import dataclass

from omnibuild.core.values import Outcome, Problem


@dataclass(frozen=True, slots=True)
class BuildStarted:
    """The graph is known: this many nodes are looked at."""

    nodes: int


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A named step of the build begins; `nodes` is how many it has work for."""

    step: str
    nodes: int


@dataclass(frozen=True, slots=True)
class NodeAssembled:
    """A node's draft is in memory."""

    node: str


@dataclass(frozen=True, slots=True)
class NodeFinished:
    """A node has its outcome."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ProblemFound:
    """A problem that does not wait for the end of the build, such as a damaged cache entry."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another build is at work in the same workspace; this one begins when that one has ended."""


type Event = BuildStarted | StepStarted | NodeAssembled | NodeFinished | ProblemFound | Waiting
