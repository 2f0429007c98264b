"""From what is written to what is meant: a document to a `NodeSpec` or a `SharedSpec`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from omnibuild.core.values import (
    Adopted,
    Body,
    Enum,
    Events,
    Example,
    Json,
    Kind,
    Logic,
    Machine,
    Model,
    NodeSpec,
    Pointer,
    Policy,
    Problem,
    Ref,
    SharedSpec,
    Spec,
    Variable,
    digest,
)
from omnibuild.spec.document import Document
from omnibuild.spec.machine import read_machine
from omnibuild.spec.operations import read_operations, read_steps
from omnibuild.spec.reading import Reading, retry_of
from omnibuild.spec.reference import is_reference, named_model, read_handlers, read_replaced
from omnibuild.spec.validation import validate
from omnibuild.spec.written import WrittenExample, WrittenNode, WrittenPolicy, WrittenShared, seconds
from omnibuild.spec.written_fields import WrittenModel

_SECTIONS = {"transitions": Kind.REDUCER, "operations": Kind.EFFECT, "steps": Kind.ORCHESTRATOR}
"""The sections that say what a node does, and the kind that each belongs to."""


def read_spec(document: Document, body: Body | None, domain: str) -> tuple[Spec | None, list[Problem]]:
    """Return the spec that a document declares, and what is wrong with it.

    `domain` is the default producer of topics. A document that is neither `node` nor `shared` is a problem.
    """
    reading = Reading(document)
    match document.declares:
        case "node":
            node, problems = validate(WrittenNode, document.data, document.at)
            spec = _node(reading, node, body, domain) if node else None
            return spec, [*problems, *reading.problems]
        case "shared":
            shared, problems = validate(WrittenShared, document.data, document.at)
            return _shared(reading, shared) if shared else None, [*problems, *reading.problems]
        case other:
            hint = "start the document with `node: NAME` or `shared: NAME`"
            where = document.at.to(other, key=True)
            return None, [Problem("document", f"a document cannot start with `{other}`", where, hint)]


def _shared(reading: Reading, written: WrittenShared) -> SharedSpec:
    declared = reading.models(written.models), reading.enums(written.enums)
    models, enums = read_replaced(reading, written.replaces, *declared)
    return SharedSpec(
        name=reading.name,
        at=reading.at,
        description=" ".join(written.description.split()),
        models=models,
        enums=enums,
        sections=_sections(reading.document),
        tags=tuple(written.tags),
    )


def _node(reading: Reading, written: WrittenNode, body: Body | None, domain: str) -> NodeSpec:
    _one_way(reading, written, body)
    declared, listed, machine = _declared(reading, written)
    models, enums = read_replaced(reading, written.replaces, declared, listed)
    request, result = _end(reading, written.input, "input"), _end(reading, written.output, "output")
    handlers, more = read_handlers(reading, written, request, result)
    return NodeSpec(
        name=reading.name,
        kind=Kind(written.kind),
        at=reading.at,
        version=written.version,
        description=" ".join(written.description.split()),
        domain=written.domain or domain,
        tags=tuple(written.tags),
        models=(*models, *more),
        enums=enums,
        input=request,
        output=result,
        logic=_logic(reading, written.logic) if written.logic is not None else None,
        body=body,
        examples=tuple(_example(reading, index, it, machine) for index, it in enumerate(written.examples)),
        events=Events(**{key: tuple(value) for key, value in written.events}),
        policy=_policy(written.policy),
        env=tuple(
            Variable(name, reading.at.to("env", name), it.required, it.default, it.description)
            for name, it in written.env.items()
        ),
        uses=tuple(written.uses),
        contract=written.contract,
        sections=_sections(reading.document),
        machine=machine,
        operations=read_operations(reading, written.operations),
        steps=read_steps(reading, written.steps),
        handlers=handlers,
        adopted=_adopted(reading, written) if written.adopted is not None else None,
    )


def _adopted(reading: Reading, written: WrittenNode) -> Adopted:
    # Loaded when it is needed: few specs have the section, and its models are many.
    from omnibuild.spec.written_adopted import WrittenAdopted

    at = reading.at.to("adopted")
    _, problems = validate(WrittenAdopted, written.adopted or {}, at)
    reading.problems += problems
    return Adopted(written.adopted or {}, written.description)


def _declared(reading: Reading, written: WrittenNode) -> tuple[list[Model], list[Enum], Machine | None]:
    """Return all models and enums of a node, those of its input, output and state machine included."""
    models, enums = list(reading.models(written.models)), list(reading.enums(written.enums))
    if written.transitions:
        machine, more, status = read_machine(reading, written)
        return [*models, *more], [*enums, *status], machine
    for key, declared in (("input", written.input), ("output", written.output)):
        if isinstance(declared, dict | WrittenModel) or (isinstance(declared, str) and is_reference(declared)):
            models.append(reading.model(Ref(reading.name, key.capitalize()), declared, reading.at.to(key)))
    return models, enums, None


def _end(reading: Reading, declared: object, key: str) -> Ref:
    """Return the model that is a node's input or output: its own fields, or one that is named."""
    own = Ref(reading.name, key.capitalize())
    if not isinstance(declared, str) or is_reference(declared):
        return own
    return named_model(reading, declared, reading.at.to(key)) or own


def _one_way(reading: Reading, written: WrittenNode, body: Body | None) -> None:
    """Report sections of another kind, and a body beside a section."""
    kind = Kind(written.kind)
    given = [section for section in _SECTIONS if getattr(written, section)]
    for section in given:
        if _SECTIONS[section] is not kind:
            where = reading.at.to(section, key=True)
            hint = f"it belongs to the kind {_SECTIONS[section].value}"
            reading.problem("section", f"a node of the kind {kind.value} has no `{section}`", where, hint)
    said = [*given, *(["logic"] if written.logic is not None else [])]
    kept = next((key for key in ("handler", "handlers") if getattr(written, key)), None)
    if kept and said:
        message = f"`{said[0]}` and `{kept}` both say what `{reading.name}` does"
        reading.problem("two-ways", message, reading.at.to(said[0], key=True), "keep one of them")
    elif kept and body:
        message = f"`{kept}` and the body {body.file} both say what `{reading.name}` does"
        reading.problem("two-ways", message, reading.at.to(kept, key=True), "keep one of them")
    elif written.adopted is not None and (doing := next(iter([*said, *([kept] if kept else [])]), "")):
        message = f"`{doing}` and `adopted` both say who answers"
        hint = "remove `adopted` once the node's own handler has taken the place of the one that the contract names"
        reading.problem("two-ways", message, reading.at.to(doing, key=True), hint)
    elif written.adopted is not None and body:
        message = f"`adopted` and the body {body.file} both say who answers"
        hint = "remove `adopted` once the body has taken the place of the handler that the contract names"
        reading.problem("two-ways", message, reading.at.to("adopted", key=True), hint)
    elif body and said:
        message = f"`{said[0]}` and the body {body.file} both say what `{reading.name}` does"
        reading.problem("two-ways", message, reading.at.to(said[0], key=True), "keep one of them")


def _sections(document: Document) -> tuple[tuple[str, str], ...]:
    # The order of keys counts: it is the order of fields, of let: and of contract.yaml.
    return tuple((key, digest(json.dumps(value, ensure_ascii=False))) for key, value in document.data.items())


def _logic(reading: Reading, written: Mapping[str, Json]) -> Logic:
    at = reading.at.to("logic")
    let = written.get("let", {})
    if not isinstance(let, dict):
        reading.problem("wrong-type", "`let` must be a mapping of names to expressions", at.to("let"))
        let = {}
    output = {key: value for key, value in written.items() if key != "let"}
    return Logic(reading.assignments(let, at.to("let")), reading.assignments(output, at), at)


def _example(reading: Reading, index: int, written: WrittenExample, machine: Machine | None) -> Example:
    at = reading.at.to("examples", index)
    given = written.model_fields_set
    if machine is None:
        if bool(written.fails) == ("output" in given):
            reading.problem(
                "example", "an example says either its `output` or how it `fails`", at, "give one of the two"
            )
        if "input" not in given:
            reading.problem("example", "an example needs an `input`", at, "`input: {}` if there is none")
    elif "events" not in given:
        reading.problem("example", "an example of a reducer has `events`", at, "`events: [{OrderPlaced: {…}}]`")
    return Example(
        name=written.name or f"example {index + 1}",
        input=written.input,
        at=at,
        output=written.output,
        fails=written.fails,
        given=written.given,
        then=written.then,
        events=_messages(reading, written.events, at.to("events")),
        state=written.state,
        emitted=_messages(reading, written.emitted, at.to("emitted")),
        rejected=tuple(written.rejected),
        steps=written.steps,
        undone=tuple(
            (it, None) if isinstance(it, str) else next(iter(it.items()), ("", None)) for it in written.undone
        ),
    )


def _messages(reading: Reading, written: list[dict[str, Json]], at: Pointer) -> tuple[tuple[str, Json], ...]:
    """Return (message, fields) pairs; each is written as a mapping of one key."""
    found: list[tuple[str, Json]] = []
    for index, entry in enumerate(written):
        if len(entry) != 1:
            reading.problem("example", "one message, as `Name: {field: value}`", at.to(index))
            continue
        found.extend(entry.items())
    return tuple(found)


def _policy(written: WrittenPolicy) -> Policy:
    timeout = seconds(written.timeout) if written.timeout else None
    return Policy(timeout, written.idempotent, retry_of(written.retry))
