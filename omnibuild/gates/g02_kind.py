"""G2: a node's kind is one of the four that ONEX knows."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Kind, Level, Problem
from omnibuild.gates.gate import DocumentSubject, Gate, Step

_KINDS = tuple(Kind)


def check(subject: DocumentSubject) -> Iterator[Problem]:
    """Yield a problem if the kind is not known; that it is missing is for G1 to say."""
    kind = subject.data.get("kind")
    if subject.declares != "node" or kind is None or kind in _KINDS:
        return
    near = nearest(kind.lower(), _KINDS) if isinstance(kind, str) else None
    yield Problem(
        GATE.code,
        f"`{kind}` is not a kind of node",
        subject.pointer("kind"),
        f"did you mean `{near}`?" if near else "write `effect`, `compute`, `reducer` or `orchestrator`",
    )


GATE = Gate(
    code="G2",
    name="kind",
    what="`kind` is `effect`, `compute`, `reducer` or `orchestrator`.",
    why="The kind decides the base class, the contract's sections, and what the node may do.",
    example="kind: computer",
    step=Step.DOCUMENT,
    level=Level.BLOCK,
    check=check,
    fixed=True,
)
