"""G15: every example runs and gives what it says."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.core.ports import Failure
from omnibuild.core.values import Level, NodeSpec, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for every example that failed, at the value of its output that differs."""
    if subject.node:
        for failure in subject.trial.examples:
            yield _problem(subject.node, failure)


def _problem(node: NodeSpec, failure: Failure) -> Problem:
    number = failure.subject.rpartition(":")[2]
    index = int(number) if number.isdigit() else -1
    if not 0 <= index < len(node.examples):
        return Problem(GATE.code, f"an example failed: {failure.message}", node.at, _HINT)
    example = node.examples[index]
    name = f"the example `{example.name}`" if example.name else f"example {index + 1}"
    at = example.at.to("output", *failure.path) if failure.path else example.at
    return Problem(GATE.code, f"{name}: {failure.message}", at, _HINT)


_HINT = "correct the example if it is wrong, the logic or the body if it is right"

GATE = Gate(
    code="G15",
    name="examples",
    what="Every example runs, and gives the output or the failure that it says.",
    why="An example is what its author meant; code that does something else is wrong, or the example misleads.",
    example='- {input: {lines: []}, output: {total: "1"}}   # gives "0"',
    step=Step.COMPILE,
    level=Level.BLOCK,
    check=check,
)
