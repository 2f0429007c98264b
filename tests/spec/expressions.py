"""A scope to read expressions in, for the tests of the expression grammar."""

from __future__ import annotations

import ast

from omnibuild.assemble.expression import expression as written
from omnibuild.core.values import (
    ClassOf,
    Enum,
    Expression,
    Field,
    Imported,
    Lowered,
    Model,
    Pointer,
    Problem,
    Ref,
    Type,
)
from omnibuild.spec.expression import Binding, Opaque, Scope, lower
from omnibuild.spec.types import parse_type

AT = Pointer("specs/order.yaml", 0, ("logic", "total"))

FIELDS = {
    "lines": "list[Line]",
    "discount": "Decimal",
    "maybe": "Decimal | None",
    "quantity": "int",
    "ratio": "float",
    "name": "str",
    "note": "str | None",
    "first": "Line | None",
    "order_id": "UUID",
    "at": "datetime",
    "day": "date",
    "status": "Status",
    "amount": "money.Amount",
    "ok": "bool",
    "prices": "dict[str, Decimal]",
    "size": 'Literal["s", "m"]',
    "data": "Json",
    "durations": "list[timedelta]",
    "tags": "set[str]",
    "requests": "list[str]",
    "pair": "tuple[int, str]",
    "path": "Path",
}


def type_(text: str) -> Type:
    found = parse_type(text, AT, "order")
    assert isinstance(found, Type), found
    return found


def model(document: str, name: str, **fields: str) -> Model:
    """Return a model; a field whose type ends with ? has a default."""
    return Model(
        Ref(document, name),
        tuple(Field(key, type_(it.rstrip("?")), AT, required=not it.endswith("?")) for key, it in fields.items()),
        AT,
    )


def enum(document: str, name: str, *members: str) -> Enum:
    return Enum(Ref(document, name), tuple((it, "") for it in members), AT)


DECLARED: dict[Ref, Model | Enum] = {
    it.ref: it
    for it in (
        model("order", "Line", sku="str", quantity="int", unit_price="Decimal", note="str | None?"),
        model("money", "Amount", value="Decimal", currency="money.Currency"),
        enum("money", "Currency", "EUR", "USD"),
        enum("order", "Status", "draft", "paid"),
    )
}


def bind(type_text: str, python: str) -> Binding:
    return Binding(type_(type_text), ast.parse(python, mode="eval").body)


SCOPE = Scope(
    names={
        **{name: bind(it, f"request.{name}") for name, it in FIELDS.items()},
        "env.WAREHOUSE_URL": bind("str", "self._environment.warehouse_url"),
        "told": Binding(Type("response"), ast.Name("told", ast.Load())),
        "row": Binding(Type("Any"), ast.Name("row", ast.Load())),
    },
    document="order",
    lookup=DECLARED.get,
    models=("Line", "Status"),
    documents=("money",),
    opaque={"response": Opaque({"status_code": Type("int")}, {"json": Type("Any")}, Type("str"))},
)


def read(text: str, expected: str | None = None) -> tuple[Lowered | None, list[Problem]]:
    return lower(Expression(text, AT), SCOPE, type_(expected) if expected else None)


def spell(node: Imported | ClassOf) -> str:
    return node.name if isinstance(node, Imported) else f"Model{node.ref.name}"


def python(text: str, expected: str | None = None) -> str:
    """Return the Python that an expression becomes."""
    lowered, problems = read(text, expected)
    assert lowered, problems
    return written(lowered.tree, spell)


def shown(text: str, expected: str | None = None) -> str:
    """Return the type of an expression."""
    lowered, problems = read(text, expected)
    assert lowered, problems
    return str(lowered.type)


def wrong(text: str, expected: str | None = None) -> list[tuple[int, str, str]]:
    """Return the offset, message and hint of everything that is wrong with an expression."""
    lowered, problems = read(text, expected)
    assert lowered is None
    assert all(it.code == "expression" for it in problems)
    return [(it.at.offset, it.message, it.hint) for it in problems if isinstance(it.at, Pointer)]
