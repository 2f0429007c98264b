"""G8: a node has what it takes to be run in production: examples, a policy, descriptions of its fields."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.core.values import Field, Level, Model, NodeSpec, Policy, Problem, Spec
from omnibuild.gates.gate import Gate, NodeSubject, Step

_SHOWN = 8


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield one problem for each kind of omission."""
    spec = subject.spec
    if isinstance(spec, NodeSpec) and not spec.adopted:  # an adopted node has been run before there was a spec
        if not spec.examples:
            yield Problem(
                GATE.code,
                f"`{spec.name}` has no examples",
                subject.pointer("examples", key=True),
                "write `examples:` with an input and its output; each becomes a test",
            )
        if spec.policy == Policy():
            yield Problem(
                GATE.code,
                f"`{spec.name}` has no policy",
                subject.pointer("policy", key=True),
                "write `policy: {timeout: 30s, idempotent: true}` with what is true of it",
            )
    yield from _undescribed(subject)


def _undescribed(subject: NodeSubject) -> Iterator[Problem]:
    silent = [
        (model, field)
        for model in subject.spec.models
        for field in model.fields
        if not (field.description or model.replaces or _is_derived(subject.spec, model, field))
    ]
    if not silent:
        return
    names = [f"`{model.ref.name}.{field.name}`" for model, field in silent]
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    first = silent[0][1]
    yield Problem(
        GATE.code,
        f"{len(names)} field{'' if len(names) == 1 else 's'} of `{subject.spec.name}` without a description: {shown}",
        first.at,
        f"write `{first.name}: {{type: …, description: …}}`",
    )


def _is_derived(spec: Spec, model: Model, field: Field) -> bool:
    """Return whether a field follows from a state machine: nobody has written it."""
    machine = spec.machine if isinstance(spec, NodeSpec) else None
    if machine is None:
        return False
    told_apart = (machine.state, *machine.messages, *machine.emits)
    return model.ref.name in ("Input", "Output") or (model.ref in told_apart and field == model.fields[0])


GATE = Gate(
    code="G8",
    name="production readiness",
    what="A node has examples and a policy, and every field of its models has a description.",
    why="Who runs a node at night needs to know what it may do, what its fields mean, and that it was ever tried; "
    "but a build is no worse for want of words, so that only `[gates]` can make this block.",
    example="input: {discount: Decimal}   # of what? from 0 to 1, or in percent?",
    step=Step.DRAFT,
    level=Level.WARN,
    check=check,
    advice=True,
)
