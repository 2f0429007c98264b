"""G19: the contract that an adopted node was made of still says what its spec says."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.core.sameness import same
from omnibuild.core.values import Json, Level, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.names import folder


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield one problem if the original and the generated contract differ, with the keys that do."""
    adopted = subject.node.adopted if subject.node else None
    if not subject.node or not adopted or adopted.original is None:
        return
    file = str(adopted.sections.get("from"))
    at = subject.pointer("adopted", "from")
    original = _read(adopted.original)
    if original is None:
        yield Problem(GATE.code, f"{file} holds no mapping any more", at, _hint(subject, file))
        return
    made = subject.contract or {}
    both = original.keys() & made.keys()
    differs = [it for it in dict.fromkeys((*original, *made)) if it not in both or not same(original[it], made[it])]
    if differs:
        keys = ", ".join(f"`{it}`" for it in differs)
        yield Problem(GATE.code, f"{file} and the spec say different things: {keys}", at, _hint(subject, file))


def _hint(subject: NodeSubject, file: str) -> str:
    made = f"{subject.settings.out}/src/{subject.settings.package}/nodes/{folder(subject.spec)}/contract.yaml"
    return f"the spec is the truth: correct it, or copy {made} to {file}; remove `from` to keep them apart"


def _read(text: str) -> dict[str, Json] | None:
    """Return the contract as it was adopted: as ONEX reads it, but for what a spec can hold as text only."""
    from omnibuild.spec.yaml_values import Contents, composed  # YAML is read by those alone who have such nodes

    found = composed(text)
    return found.data if isinstance(found, Contents) and isinstance(found.data, dict) else None


GATE = Gate(
    code="G19",
    name="original",
    what="The contract that an adopted node was made of holds what its spec says.",
    why="Two contracts of one node drift apart, and the one that runs is the one that nobody checks.",
    example="adopted: {from: src/acme/nodes/node_pricer_compute/contract.yaml}   # and somebody edits that file",
    step=Step.DRAFT,
    level=Level.WARN,
    check=check,
)
