"""What an orchestrator's example says that the called nodes answer."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Example, Json, Model, NodeSpec, Pointer, Problem, Type
from omnibuild.onex.orchestrator.steps import Step, Steps
from omnibuild.spec.conformity import check_value

FAILS = "fails"
"""In place of an answer: `{fails: ConnectionError}`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a called node; with `fails` it is an exception of this class."""

    value: Json
    at: Pointer
    fails: str = ""


def answers(step: Step, example: Example, steps: Steps) -> list[Answer]:
    """Return what a step's node answers, call by call; nothing if the step is not to be called."""
    if step.name not in example.steps:
        return []
    written, at = example.steps[step.name], example.at.to("steps", step.name)
    many = isinstance(written, list) and (step.call.for_each or step.call.retry)
    listed: Sequence[Json] = written if isinstance(written, list) and many else [written]
    found = [answer(it, at.to(index) if many else at, step.called, steps) for index, it in enumerate(listed)]
    if step.call.retry is None or (many and not step.call.for_each):
        return found
    # What fails does so however often it is tried.
    return [again for it in found for again in [it] * (step.call.retry.attempts if it.fails else 1)]


def answer(written: Json, at: Pointer, called: NodeSpec, steps: Steps) -> Answer:
    """Return one answer of a node."""
    output = steps.names.graph.lookup(called.output)
    own = isinstance(output, Model) and output.field(FAILS) is not None
    if isinstance(written, dict) and list(written) == [FAILS] and not own:
        return Answer(None, at.to(FAILS), str(written[FAILS]))
    return Answer(written, at)


def undone(example: Example, steps: Steps) -> list[tuple[Step, Answer]]:
    """Return the steps that are undone, in order, and what undoing each of them answers."""
    found = []
    for index, (name, written) in enumerate(example.undone):
        step = steps.by_name.get(name)
        called = steps.names.graph.specs.get(step.call.undo) if step else None
        if step and isinstance(called, NodeSpec):
            at = example.at.to("undone", index)
            found.append((step, answer(written, at if written is None else at.to(name), called, steps)))
    return found


def answer_problems(steps: Steps) -> Iterator[Problem]:
    """Yield what is wrong with the answers in all examples."""
    for example in steps.spec.examples:
        yield from _unknown(example, steps)
        for step in steps.order:
            if step.call.for_each and not isinstance(example.steps.get(step.name, []), list):
                at = example.at.to("steps", step.name)
                yield Problem("value", f"`{step.name}` answers once per item", at, "write a list of answers")
                continue
            for it in answers(step, example, steps)[:]:
                yield from _problems(it, step.called, steps)
        for step, it in undone(example, steps):
            called = steps.names.graph.specs[step.call.undo]
            if isinstance(called, NodeSpec) and (it.value is not None or it.fails or _is_asked(called, steps)):
                yield from _problems(it, called, steps)


def _is_asked(called: NodeSpec, steps: Steps) -> bool:
    """Return whether a step calls the node, too, so that its answers must be complete."""
    return any(it.called is called for it in steps.order)


def _unknown(example: Example, steps: Steps) -> Iterator[Problem]:
    at = example.at
    for name in example.steps:
        if name not in steps.by_name:
            yield _no_step(name, at.to("steps", name, key=True), steps.by_name)
    undoable = {it.name: it for it in steps.order if it.call.undo}
    for index, (name, _) in enumerate(example.undone):
        if name not in steps.by_name:
            yield _no_step(name, at.to("undone", index), undoable)
        elif name not in undoable:
            yield Problem("value", f"nothing undoes `{name}`", at.to("undone", index), "give the step an `undo:`")


def _no_step(name: str, at: Pointer, known: Mapping[str, Step]) -> Problem:
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else f"the steps are {', '.join(known)}"
    return Problem("unknown-name", f"there is no step `{name}`", at, hint)


def _problems(it: Answer, called: NodeSpec, steps: Steps) -> Iterator[Problem]:
    if it.fails:
        yield from _exception_problems(it)
    else:
        yield from check_value(Type("ref", ref=called.output), it.value, it.at, steps.names.graph.lookup)


def _exception_problems(it: Answer) -> Iterator[Problem]:
    if "." in it.fails and all(part.isidentifier() for part in it.fails.split(".")):
        return
    found = getattr(builtins, it.fails, None)
    if isinstance(found, type) and issubclass(found, Exception):
        try:
            found("")
        except TypeError:
            hint = "name one that needs no more than a message, such as RuntimeError"
            yield Problem("value", f"`{it.fails}` cannot be made of a message alone", it.at, hint)
        return
    known = [name for name, it in vars(builtins).items() if isinstance(it, type) and issubclass(it, Exception)]
    near = nearest(it.fails, known)
    hint = (
        f"did you mean `{near}`?" if near else "name a built-in exception, or one with its module: httpx.ConnectError"
    )
    yield Problem("value", f"there is no exception `{it.fails}`", it.at, hint)
