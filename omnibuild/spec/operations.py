"""An effect's `operations:` and an orchestrator's `steps:`."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from omnibuild.core.values import Call, Json, Operation, Pointer
from omnibuild.spec.reading import Reading, retry_of
from omnibuild.spec.validation import validate
from omnibuild.spec.written import WrittenModifiers, WrittenStep, seconds


def read_operations(reading: Reading, written: Sequence[dict[str, JsonValue]]) -> tuple[Operation, ...]:
    """Return the operations, each named by `as:` or after its connector and position."""
    modifiers = {field.alias or name for name, field in WrittenModifiers.model_fields.items()}
    found = []
    for index, entry in enumerate(written):
        at = reading.at.to("operations", index)
        connectors = [key for key in entry if key not in modifiers]
        if len(connectors) != 1:
            message = "an operation has one connector" if connectors else "an operation needs a connector"
            reading.problem("operation", message, at, "such as `sql: {…}`, beside `as`, `when`, `retry` and `timeout`")
            continue
        own, wrong = validate(WrittenModifiers, {key: it for key, it in entry.items() if key in modifiers}, at)
        reading.problems += wrong
        if own:
            found.append(_operation(reading, connectors[0], entry[connectors[0]], own, at))
    return tuple(found)


def _operation(reading: Reading, connector: str, parameters: Json, own: WrittenModifiers, at: Pointer) -> Operation:
    position = at.path[-1]
    return Operation(
        connector=connector,
        name=own.name or f"{connector}_{int(position) + 1}",
        parameters=parameters,
        at=at,
        named=own.name is not None,
        when=reading.expression(own.when, at.to("when")) if own.when is not None else None,
        retry=retry_of(own.retry),
        timeout=seconds(own.timeout) if own.timeout else None,
    )


def read_steps(reading: Reading, written: Sequence[WrittenStep]) -> tuple[Call, ...]:
    """Return the steps as calls."""
    return tuple(_call(reading, it, reading.at.to("steps", index)) for index, it in enumerate(written))


def _call(reading: Reading, it: WrittenStep, at: Pointer) -> Call:
    return Call(
        name=it.step,
        node=it.call,
        inputs=reading.assignments(it.inputs, at.to("with")),
        at=at,
        when=reading.expression(it.when, at.to("when")) if it.when is not None else None,
        for_each=reading.expression(it.for_each, at.to("for_each")) if it.for_each is not None else None,
        retry=retry_of(it.retry),
        timeout=seconds(it.timeout) if it.timeout else None,
        undo=it.undo or "",
    )
