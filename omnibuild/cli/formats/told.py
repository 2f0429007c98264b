"""What every format is made of: a report, and where its files are in the repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omnibuild.core.values import Graph, Level, Outcome, Place, Problem, Report, Status

OUT_OF_STEP = frozenset({"edited", "missing", "stale", "stray"})
"""Problems of a whole file below `out/`: there can be hundreds of them, and one line of a spec behind them all."""

SETTINGS = "omnibuild.toml"


@dataclass(frozen=True, slots=True)
class Told:
    """What a build or a check ended with.

    `folder` is the path of the workspace in the repository, with a `/` at its end, and empty where both are one.
    The graph is there for formats that show it.
    """

    verb: str
    report: Report
    folder: str = ""
    package: str = ""
    graph: Graph | None = None

    @property
    def problems(self) -> Sequence[Problem]:
        """The problems, those that weigh most first; the order of places stays among equals."""
        return sorted(self.report.problems, key=lambda it: (it.level is not Level.BLOCK, it.code in OUT_OF_STEP))

    @property
    def changed(self) -> Sequence[Outcome]:
        """What became of the nodes that are not as they were."""
        return [it for it in self.report.outcomes.values() if it.status is not Status.UP_TO_DATE]

    def count(self, level: Level) -> int:
        """Return how many problems have a level."""
        return sum(it.level is level for it in self.report.problems)

    def place(self, problem: Problem) -> Place | None:
        """Return where a problem is, its file relative to the repository; None if it is nowhere."""
        at = problem.at
        return Place(f"{self.folder}{at.file}", at.line, at.column) if isinstance(at, Place) else None
