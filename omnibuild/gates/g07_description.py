"""G7: the description says something that the name does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from omnibuild.core.values import Level, NodeSpec, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step

ENOUGH = 5
"""How many words a description has at least."""

_PLACEHOLDER = re.compile(
    r"\b(TODO|FIXME|XXX|TBD|WIP)\b|<[^<>]+>|\.\.\.|…|lorem ipsum|\b(placeholder|description here)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_FILLERS = frozenset(
    [
        "a",
        "an",
        "and",
        "the",
        "this",
        "that",
        "it",
        "its",
        "is",
        "does",
        "for",
        "of",
        "to",
        "node",
        "effect",
        "compute",
        "reducer",
        "orchestrator",
    ]
)


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem if a node's description, or the one that a shared document has, is empty talk."""
    spec = subject.spec
    if not isinstance(spec, NodeSpec) and not spec.description:
        return
    if isinstance(spec, NodeSpec) and spec.adopted:  # the contract has it, and has to keep it
        return
    fault = _fault(spec.description, spec.name)
    if fault:
        yield Problem(
            GATE.code,
            f"the description of `{spec.name}` {fault}",
            subject.pointer("description"),
            "say in a sentence what it does, to what, and for whom",
        )


def _fault(description: str, name: str) -> str:
    words = [word.lower() for word in _WORD.findall(description)]
    placeholder = _PLACEHOLDER.search(description)
    if placeholder:
        return f"is a placeholder: `{placeholder.group()}`"
    if len(words) < ENOUGH:
        return f"has {len(words)} word{'' if len(words) == 1 else 's'}, at least {ENOUGH} say something"
    if set(words) <= _FILLERS | set(name.split("_")):
        return "only repeats its name"
    return ""


GATE = Gate(
    code="G7",
    name="description",
    what=f"A description has at least {ENOUGH} words, more than the node's name, and no placeholder.",
    why="It becomes the docstring, the contract's description, and what people search by.",
    example="description: The order pricer.",
    step=Step.DRAFT,
    level=Level.WARN,
    check=check,
)
