"""Whether a value keeps the constraints of its field, where that must be known before any code runs."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field as Constrained
from pydantic import TypeAdapter, ValidationError

from omnibuild.core.values import Field, Json


def fault(field: Field, value: Json) -> str:
    """Return what is wrong with a value of the right type, nothing if it keeps all constraints."""
    if not field.constraints or value is None:
        return ""
    is_decimal = any(it.head == "Decimal" for it in (field.type, *field.type.args))
    type_: Any = Decimal if is_decimal else type(value)
    given: dict[str, Any] = dict(field.constraints)
    try:
        TypeAdapter(Annotated[type_, Constrained(**given)]).validate_python(value)
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        return message[0].lower() + message[1:]
    return ""
