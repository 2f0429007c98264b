"""G5: the templates of the kind are there and render.

That a template is missing, lacks a variable or a block is found while it is rendered, and reported
under this gate's code; the check here looks at what rendering left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from omnibuild.core.values import Level, NodeSpec, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.names import folder

RENDERED = ("contract.yaml", "metadata.yaml")
"""The files of every node that templates make."""

_LEFT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_FILLED_BY_NAME_ONLY = ("py.typed",)


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for every file of a template that is missing, empty, or not fully rendered."""
    files = subject.draft.files
    if isinstance(subject.spec, NodeSpec):
        for name in RENDERED:
            if not any(file.endswith(f"/{folder(subject.spec)}/{name}") for file in files):
                yield _problem(subject, f"no template made `{name}`")
    own = _own_words(subject)
    for file in sorted(files):
        name = file.rpartition("/")[2]
        if file.endswith(".py") or name in _FILLED_BY_NAME_ONLY:
            continue
        if not files[file].strip():
            yield _problem(subject, f"the template of `{name}` rendered to nothing")
        left = next((it.group() for it in _LEFT.finditer(files[file]) if it.group() not in own), None)
        if left:
            yield _problem(subject, f"`{name}` still holds `{left}`, which should have been rendered")


def _own_words(subject: NodeSubject) -> str:
    """Return what the user wrote that reaches such files, since it may hold braces of its own."""
    # The files around the nodes speak of all of them.
    specs = [subject.spec] if isinstance(subject.spec, NodeSpec) else [*subject.graph.specs.values()]
    return "\n".join(text for spec in specs if isinstance(spec, NodeSpec) for text in _words_of(spec))


def _words_of(node: NodeSpec) -> Iterator[str]:
    yield node.description
    yield json.dumps(node.contract, ensure_ascii=False)
    yield from (variable.description for variable in node.env)
    transitions = node.machine.transitions if node.machine else ()
    yield from (" ".join(it.condition.text.split()) for it in transitions if it.condition)


def _problem(subject: NodeSubject, message: str) -> Problem:
    templates = subject.settings.templates
    return Problem(GATE.code, message, subject.spec.at, f"look at the workspace's own templates in {templates}/")


GATE = Gate(
    code="G5",
    name="templates",
    what="The templates of the node's kind exist, render, and leave nothing unrendered.",
    why="A workspace may override templates; half a contract.yaml is worse than none, since ONEX may still read it.",
    example="description: {{ node.describtion }}",
    step=Step.DRAFT,
    level=Level.BLOCK,
    check=check,
)
