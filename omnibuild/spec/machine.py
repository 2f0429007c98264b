"""A reducer's sections: messages, events, states and transitions, and the models that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from omnibuild.core.values import DISCRIMINATOR, Enum, Field, Json, Machine, Model, Pointer, Ref, Transition, Type
from omnibuild.spec.reading import Reading
from omnibuild.spec.written import WrittenNode, WrittenTransition

TAG = "type"
"""The field that tells messages apart in JSON."""


def read_machine(reading: Reading, written: WrittenNode) -> tuple[Machine, list[Model], list[Enum]]:
    """Return the state machine, and the models and the enum that it declares beside the document's own."""
    name, at = reading.name, reading.at
    messages = [_tagged(reading, it) for it in reading.models(written.messages, "messages")]
    emits = [_tagged(reading, it) for it in reading.models(written.emits, "emits")]
    status = Enum(Ref(name, "Status"), tuple((it, "") for it in written.states), at.to("states"))
    state = _state(reading, written, status)
    _incomplete(reading, written)
    _not_written(reading, written)
    machine = Machine(
        states=tuple(written.states),
        terminal=tuple(written.terminal),
        messages=tuple(it.ref for it in messages),
        emits=tuple(it.ref for it in emits),
        state=state.ref,
        status=status.ref,
        transitions=tuple(_transition(reading, index, it) for index, it in enumerate(written.transitions)),
        at=at.to("transitions"),
    )
    return machine, [*messages, *emits, state, *_ends(machine, name, at)], [status]


def _tagged(reading: Reading, model: Model) -> Model:
    """Return a message with the field that tells it from others."""
    tag = model.ref.name
    own = model.field(TAG)
    if own:
        hint = "choose another name"
        reading.problem("name", f"`{TAG}` is the field that tells messages apart", replace(own.at, key=True), hint)
    field = Field(TAG, Type("Literal", values=(tag,)), model.at, required=False, default=tag)
    return Model(model.ref, (field, *model.fields), model.at)


def _state(reading: Reading, written: WrittenNode, status: Enum) -> Model:
    model = reading.model(Ref(reading.name, "State"), written.state, reading.at.to("state"))
    for field in model.fields:
        if field.name == "status":
            at = replace(field.at, key=True)
            reading.problem("name", "`status` says which state it is", at, "choose another name")
        elif field.required:
            hint = "a reducer must be able to start from nothing"
            reading.problem("missing-key", f"`{field.name}` needs a default", replace(field.at, key=True), hint)
    initial = written.states[0] if written.states else ""
    first = Field("status", Type("ref", ref=status.ref), status.at, required=False, default=initial)
    return Model(model.ref, (first, *model.fields), model.at)


def _ends(machine: Machine, name: str, at: Pointer) -> list[Model]:
    """Return the derived input and output."""
    state = Type("ref", ref=machine.state)
    event = Field("event", _one_of(machine.messages), at.to("messages"), constraints=_told_apart(machine.messages))
    request = Model(Ref(name, "Input"), (Field("state", state, at.to("state")), event), at.to("messages"))
    fields = [Field("state", state, at.to("state"))]
    if machine.emits:
        emitted = Type("list", (_one_of(machine.emits),))
        told = _told_apart(machine.emits)
        fields.append(Field("emitted", emitted, at.to("emits"), required=False, default=[], constraints=told))
    fields.append(Field("accepted", Type("bool"), at.to("transitions"), required=False, default=True))
    return [request, Model(Ref(name, "Output"), tuple(fields), at.to("transitions"))]


def _one_of(refs: Sequence[Ref]) -> Type:
    types = tuple(Type("ref", ref=ref) for ref in refs)
    return types[0] if len(types) == 1 else Type("|", types)


def _told_apart(refs: Sequence[Ref]) -> tuple[tuple[str, Json], ...]:
    return ((DISCRIMINATOR, TAG),) if len(refs) > 1 else ()


def _incomplete(reading: Reading, written: WrittenNode) -> None:
    hints = {"states": "`states: [draft, placed]`, the initial one first", "messages": "`messages: {OrderPlaced: {…}}`"}
    for key, hint in hints.items():
        if not getattr(written, key):
            reading.problem(
                "missing-key", f"a state machine needs `{key}`", reading.at.to("transitions", key=True), hint
            )


def _not_written(reading: Reading, written: WrittenNode) -> None:
    for key, value in (("input", written.input), ("output", written.output), ("logic", written.logic)):
        if value is not None:
            hint = "a reducer's input and output follow from its messages and its state"
            reading.problem(
                "derived", f"`{key}` is not written for a state machine", reading.at.to(key, key=True), hint
            )


def _transition(reading: Reading, index: int, written: WrittenTransition) -> Transition:
    at = reading.at.to("transitions", index)
    source = (written.source,) if isinstance(written.source, str) else tuple(written.source)
    return Transition(
        when=written.when,
        source=source,
        target=written.to,
        at=at,
        condition=reading.expression(written.condition, at.to("if")) if written.condition is not None else None,
        changes=reading.assignments(written.set, at.to("set")),
        emits=tuple(reading.expression(it, at.to("emit", position)) for position, it in enumerate(written.emit)),
    )
