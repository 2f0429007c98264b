"""G1: a document has the keys without which it means nothing."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Level, Problem
from omnibuild.gates.gate import DocumentSubject, Gate, Step

DECLARATIONS = ("node", "shared", "blueprint")
"""What the first key of a document may be."""

_HINTS = {
    "node": "write `node: NAME` as the first key",
    "kind": "write `kind: compute`, `effect`, `reducer` or `orchestrator`",
    "description": "write `description:` and what it does, in a sentence",
    "input": "write `input:` with a type for every field, or the name of a model; `input: {}` if it takes nothing",
    "output": "write `output:` with a type for every field, or the name of a model",
    "recipe": "write `recipe: crud`, or the name of a folder of templates/recipes",
}
_SECTIONS = {
    "compute": ("logic", "an expression for every field of the output"),
    "reducer": ("transitions", "an entry for every event that it takes"),
    "effect": ("operations", "an entry for every operation, in order"),
    "orchestrator": ("steps", "an entry for every node that it calls"),
}
_OPTIONAL = frozenset(
    [
        "version",
        "domain",
        "tags",
        "enums",
        "models",
        "replaces",
        "logic",
        "body",
        "handler",
        "handlers",
        "examples",
        "events",
        "policy",
        "env",
        "uses",
        "contract",
        "adopted",
        "messages",
        "emits",
        "states",
        "terminal",
        "state",
        "transitions",
        "operations",
        "steps",
        "model",
        "store",
    ]
)
_DOINGS = ("logic", "body", "handler", "handlers", "adopted")


def check(subject: DocumentSubject) -> Iterator[Problem]:
    """Yield a problem for every key that the document needs and lacks."""
    match subject.declares:
        case "node":
            yield from _node(subject)
        case "shared":
            if not any(_has(subject, key) for key in ("models", "enums")):
                yield _missing(
                    subject, "it declares neither `models` nor `enums`", "write `models:` with at least one model"
                )
            yield from _lacks(subject, "shared")
        case "blueprint":
            yield from _lacks(subject, "blueprint", "recipe")
        case other:
            yield _undeclared(subject, other)


def _node(subject: DocumentSubject) -> Iterator[Problem]:
    kind = str(subject.data.get("kind"))
    derived = (kind == "reducer" and _has(subject, "transitions")) or _has(subject, "adopted")
    yield from _lacks(subject, "node", "kind", "description", *(() if derived else ("input", "output")))
    section, entries = _SECTIONS.get(kind, _SECTIONS["compute"])
    if not subject.body and not any(_has(subject, key) for key in (*_DOINGS, section)):
        yield _missing(
            subject,
            "nothing says what it does",
            f"write `{section}:` with {entries}, or a body `{subject.name or 'NAME'}.py` beside the spec",
        )


def _lacks(subject: DocumentSubject, *keys: str) -> Iterator[Problem]:
    for key in keys:
        if not _has(subject, key):
            # A key that is nearly right is the more likely mistake, and the reader of the spec reports it as unknown.
            near = nearest(key, (it for it in subject.data if it not in _OPTIONAL and it not in _HINTS))
            hint = f"did you mean `{key}` where it says `{near}`?" if near else _HINTS.get(key, f"write `{key}: NAME`")
            yield _missing(subject, f"the key `{key}` is missing", hint)


def _has(subject: DocumentSubject, key: str) -> bool:
    return subject.data.get(key) is not None


def _missing(subject: DocumentSubject, message: str, hint: str) -> Problem:
    name = f"`{subject.name}`: " if subject.name else ""
    return Problem(GATE.code, f"{name}{message}", subject.at, hint)


def _undeclared(subject: DocumentSubject, first: str) -> Problem:
    if not first:
        return _missing(subject, "the document is empty", "write `node: NAME` as its first key")
    declared = next((key for key in DECLARATIONS if key in subject.data), None)
    if declared:
        hint = f"move `{declared}` to the top"
    else:
        near = nearest(first, DECLARATIONS)
        hint = f"did you mean `{near}`?" if near else "write `node: NAME` or `shared: NAME` first"
    return _missing(subject, f"the first key is `{first}`, which does not say what the document declares", hint)


GATE = Gate(
    code="G1",
    name="required keys",
    what="A node has `node`, `kind`, `description`, `input`, `output` and one way to say what it does; "
    "a shared document has models or enums.",
    why="Without one of them there is nothing to generate, or nothing that its users could rely on.",
    example="node: order_pricer\nkind: compute\ndescription: Price an order from its lines.\ninput: {lines: int}",
    step=Step.DOCUMENT,
    level=Level.BLOCK,
    check=check,
    fixed=True,
)
