"""G13: the output passes the strict type check."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.core.values import Level, Place, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.source import short


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield every finding of the type checker, once for each place that caused it."""
    told: set[tuple[object, str]] = set()
    for finding in sorted(subject.findings, key=lambda it: (it.file, it.line, it.column)):
        at = subject.origin(finding.file, finding.line, finding.column)
        message = f"{finding.message} [{finding.code}]" if finding.code else finding.message
        if (at, message) in told:
            continue
        told.add((at, message))
        inside = isinstance(at, Place) or not finding.file
        seen = "" if inside else f"seen in the generated `{short(finding.file)}`, line {finding.line}"
        yield Problem(GATE.code, message, at, seen)


GATE = Gate(
    code="G13",
    name="types",
    what="`mypy --strict`, or ty where it is chosen, finds nothing in the generated code, bodies included.",
    why="What the types rule out does not have to be found by a test, or by a customer.",
    example="def handle(request: ModelOrderPricerInput) -> ModelOrderPricerOutput:\n    return request.total",
    step=Step.COMPILE,
    level=Level.BLOCK,
    check=check,
)
