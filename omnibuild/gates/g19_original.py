"""G19: the contract that an adopted node was made of still says what its spec says."""

from __future__ import annotations

import json
from collections.abc import Iterator

from omnibuild.core.sameness import same
from omnibuild.core.values import Json, Level, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.names import folder


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield one problem if the original and the generated contract differ, with what each of them says."""
    adopted = subject.node.adopted if subject.node else None
    file = adopted.sections.get("from") if adopted else None
    if not adopted or not isinstance(file, str):
        return
    at = subject.pointer("adopted", "from")
    if adopted.original is None:
        hint = "remove `from` if the generated contract has taken its place"
        yield Problem(GATE.code, f"there is no {file} that could be read", at, hint)
        return
    original = _read(adopted.original)
    if original is None:
        yield Problem(GATE.code, f"{file} holds no mapping any more", at, _hint(subject))
        return
    if differs := list(_differences(original, dict(subject.contract or {}), "")):
        more = f"; and {len(differs) - _TOLD} more" if len(differs) > _TOLD else ""
        message = f"{file} and the spec say different things: {'; '.join(differs[:_TOLD])}{more}"
        yield Problem(GATE.code, message, at, _hint(subject))


_TOLD = 4
"""How many differences are told: whoever has more looks at the files."""

_LONGEST = 60


def _differences(there: Json, here: Json, path: str) -> Iterator[str]:
    """Yield what differs, each with its way from the root: what stands in the original, and what the spec says."""
    if isinstance(there, dict) and isinstance(here, dict):
        for key in dict.fromkeys((*there, *here)):
            way = f"{path}.{key}" if path else key
            if key not in here:
                yield f"`{way}` is only there"
            elif key not in there:
                yield f"`{way}` is only in the spec"
            else:
                yield from _differences(there[key], here[key], way)
    elif isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        for position, (one, other) in enumerate(zip(there, here, strict=True)):
            yield from _differences(one, other, f"{path}[{position}]")
    elif not same(there, here):
        yield f"`{path}` is {_shown(there)} there, {_shown(here)} in the spec"


def _shown(value: Json) -> str:
    text = " ".join(json.dumps(value, ensure_ascii=False).split())
    return f"`{text if len(text) <= _LONGEST else f'{text[:_LONGEST]}…'}`"


def _hint(subject: NodeSubject) -> str:
    made = f"{subject.settings.out}/src/{subject.settings.package}/nodes/{folder(subject.spec)}/contract.yaml"
    return f"correct one of the two; {made} is what the spec says; remove `from` to keep them apart"


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
