"""G14: every module of the output can be imported, and every class is there."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.core.values import Level, Place, Pointer, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.names import file_of


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for every module that failed, at the spec or, if it holds the body, there."""
    for failure in subject.trial.imports:
        yield Problem(
            GATE.code,
            f"importing `{failure.subject}` failed: {failure.message}",
            _cause(subject, failure.subject),
            "see that its dependencies are installed where omnibuild runs: `omnibuild doctor`",
        )


def _cause(subject: NodeSubject, module: str) -> Place | Pointer:
    file = file_of(module, subject.draft.files)
    body = subject.draft.body
    if body and body[0] == file:
        return Place(body[1].file, 1, 1)
    return subject.origin(file or "")


GATE = Gate(
    code="G14",
    name="imports run",
    what="Every generated module can be imported, and has the classes that the contract and its names promise.",
    why="An import runs code: a constant that raises, a cycle, or a missing package shows only then.",
    example='RATES = json.loads(Path("/etc/rates.json").read_text())   # at the top of a body',
    step=Step.COMPILE,
    level=Level.WARN,
    check=check,
)
