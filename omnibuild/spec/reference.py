"""Existing code that a spec names instead of saying what it is: `acme.legacy.handlers:HandlerX`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Enum, Handler, Model, Pointer, Ref, Type
from omnibuild.spec.reading import Reading
from omnibuild.spec.types import parse_type
from omnibuild.spec.written import WrittenHandler, WrittenNode


def is_reference(text: str) -> bool:
    """Return whether a text means existing code rather than a model of the workspace."""
    return ":" in text


def named_model(reading: Reading, text: str, at: Pointer) -> Ref | None:
    """Return the model of the workspace that a text names; None, with a problem, if it names none."""
    parsed = parse_type(text, at, reading.name)
    if isinstance(parsed, Type) and parsed.ref:
        return parsed.ref
    hint = "name a model of this document (`OrderPlaced`) or of another (`money.Amount`), or list the fields"
    reading.problem("type", f"`{text}` is not a model", at, hint)
    return None


def read_handlers(
    reading: Reading, written: WrittenNode, request: Ref, result: Ref
) -> tuple[tuple[Handler, ...], list[Model]]:
    """Return the existing handlers of a node, and the models that only they name.

    `request` and `result` are the node's own input and output, which a handler may leave unsaid.
    """
    if written.handler is None:
        readers = [
            _HandlerReader(reading, name, it, reading.at.to("handlers", name)) for name, it in written.handlers.items()
        ]
        return tuple(it.read(request, result) for it in readers), [model for it in readers for model in it.models]
    if written.handlers:
        at = reading.at.to("handlers", key=True)
        reading.problem("two-ways", "`handler` and `handlers` both say who answers", at, "keep one of them")
    at = reading.at.to("handler")
    return (Handler(reading.name, reading.reference(written.handler, at), at, request, result),), []


def read_replaced(
    reading: Reading, written: Mapping[str, str], models: Sequence[Model], enums: Sequence[Enum]
) -> tuple[tuple[Model, ...], tuple[Enum, ...]]:
    """Return the models and enums of a document with the existing classes that they stand for."""
    replaced: dict[str, str] = {}
    known = [*(it.ref.name for it in models), *(it.ref.name for it in enums)]
    existing = [it.ref.name for it in models if it.source]
    for name, text in written.items():
        at = reading.at.to("replaces", name)
        if name in existing:
            hint = "leave this out: it is the class that is used"
            reading.problem("replaces", f"`{name}` is an existing class, and replaces none", at, hint)
        elif name not in known:
            near = nearest(name, known)
            hint = f"did you mean `{near}`?" if near else f"this document has {', '.join(known) or 'no models'}"
            where = reading.at.to("replaces", name, key=True)
            reading.problem("unknown-name", f"there is no model or enum `{name}` in this document", where, hint)
        else:
            replaced[name] = reading.reference(text, at)
    return (
        tuple(replace(it, replaces=replaced.get(it.ref.name, "")) for it in models),
        tuple(replace(it, replaces=replaced.get(it.ref.name, "")) for it in enums),
    )


class _HandlerReader:
    """Reads one entry of `handlers:`; collects the models that only it names."""

    def __init__(self, reading: Reading, operation: str, written: WrittenHandler, at: Pointer) -> None:
        self._reading = reading
        self._operation = operation
        self._written = written
        self._at = at
        self.models: list[Model] = []

    def read(self, request: Ref, result: Ref) -> Handler:
        written = self._written
        short = isinstance(self._reading.written(self._at), str)
        at = self._at if short else self._at.to("handler")
        return Handler(
            operation=self._operation,
            source=self._reading.reference(written.handler, at),
            at=at,
            input=self._end("input", written.input, request),
            output=self._end("output", written.output, result),
            consumes=tuple(written.consumes),
        )

    def _end(self, key: str, text: str | None, own: Ref) -> Ref:
        if text is None:
            return own
        at = self._at.to(key)
        if not is_reference(text):
            return named_model(self._reading, text, at) or own
        # No model of a spec can have such a name, so that it takes none away.
        model = self._reading.model(Ref(self._reading.name, f"{self._operation}.{key}"), text, at)
        self.models.append(model)
        return model.ref
