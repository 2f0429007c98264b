"""What adopting shows of nodes: contracts that contradict themselves, one another, or their code."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from omnibuild.adopt.findings import handlers, inline, machine, strays, topics
from omnibuild.adopt.findings.subject import Subject
from omnibuild.core.values import Place, Problem

_ALONE = (handlers.check, inline.check, machine.check, strays.check)
"""The checks that look at one contract at a time."""

type Progress = Callable[[int, int], None]
"""What is told how many of how many contracts are done."""


def findings(subjects: Sequence[Subject], progress: Progress | None = None) -> list[Problem]:
    """Return everything that is to be told of these contracts, by their places."""
    found: list[Problem] = []
    for count, subject in enumerate(subjects, 1):
        found += (problem for check in _ALONE for problem in check(subject))
        if progress:
            progress(count, len(subjects))
    found += topics.check(subjects)
    order = {it.original.file: position for position, it in enumerate(subjects)}

    def place(problem: Problem) -> tuple[int, int]:
        return (order[problem.at.file], problem.at.line) if isinstance(problem.at, Place) else (0, 0)

    return sorted(found, key=place)
