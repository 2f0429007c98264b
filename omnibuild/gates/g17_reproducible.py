"""G17: the same inputs give the same bytes, in whatever order they come."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.core.values import Level, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.source import short


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for every file in which the draft and its twin differ."""
    if subject.twin is None:
        return
    first, second = subject.draft.files, subject.twin.files
    for file in sorted(first.keys() | second.keys()):
        if file not in first or file not in second:
            yield Problem(GATE.code, f"`{short(file)}` was made only once of two times", subject.spec.at, _HINT)
        elif first[file] != second[file]:
            line = _first_difference(first[file], second[file])
            yield Problem(
                GATE.code,
                f"`{short(file)}` differs from line {line} on when it is made again",
                subject.origin(file, line),
                _HINT,
            )


def _first_difference(one: str, other: str) -> int:
    """Return the first line, from 1, in which two texts differ."""
    pairs = zip(one.splitlines(keepends=True), other.splitlines(keepends=True), strict=False)
    same = 0
    for mine, theirs in pairs:
        if mine != theirs:
            break
        same += 1
    return same + 1


_HINT = "a template that loops over a set, or uses the time or a random value, makes this happen"

GATE = Gate(
    code="G17",
    name="reproducible",
    what="Assembling a node twice, with all that has no order of its own in another order, gives the same bytes. "
    "Looked at where templates of the workspace have a part in it, and always in the mode strict.",
    why="Otherwise every build shows up as a change, caches never hit, and nobody reads the differences any more.",
    example="{% for tag in tags | unique %}…{% endfor %}, where tags is a set",
    step=Step.DRAFT,
    level=Level.BLOCK,
    check=check,
)
