"""The expression grammar: what each form becomes, what its type is, and what is wrong with what."""

from __future__ import annotations

import ast
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from omnibuild.core.values import Expression, Ref, Type
from omnibuild.spec.expression import lower, names
from tests.spec.expressions import AT, DECLARED, SCOPE, python, read, shown

ID = "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # names and models
        ("lines", "request.lines"),
        ("env.WAREHOUSE_URL + '/orders'", 'self._environment.warehouse_url + "/orders"'),
        ("lines[0].unit_price", "request.lines[0].unit_price"),
        ("Line(sku=name, quantity=1, unit_price=2)", "ModelLine(sku=request.name, quantity=1, unit_price=Decimal(2))"),
        ("money.Amount(value=0, currency='EUR')", "ModelAmount(value=Decimal(0), currency=ModelCurrency.EUR)"),
        ("money.Currency.EUR", "ModelCurrency.EUR"),
        ("Status.paid", "ModelStatus.paid"),
        # sums begin with a value of their own kind
        ("sum(l.unit_price * 2 for l in lines)", "sum((item.unit_price * 2 for item in request.lines), Decimal())"),
        ("sum(durations)", "sum(request.durations, timedelta())"),
        ("sum(l.quantity for l in lines)", "sum(item.quantity for item in request.lines)"),
        ("sum([discount], 0)", "sum([request.discount], Decimal(0))"),
        # numbers beside Decimals
        ("discount * (1 - discount)", "request.discount * (1 - request.discount)"),
        ("discount * 0.10", 'request.discount * Decimal("0.10")'),
        ("discount * (0.5 if ok else 1)", 'request.discount * (Decimal("0.5") if request.ok else Decimal(1))'),
        ("discount > 0", "request.discount > 0"),
        ("discount >= 0.5", 'request.discount >= Decimal("0.5")'),
        ("discount if ok else 0", "request.discount if request.ok else Decimal(0)"),
        ("maybe or 0", "request.maybe or Decimal(0)"),
        ("max(0, discount)", "max(Decimal(0), request.discount)"),
        ("prices.get('a', 0)", 'request.prices.get("a", Decimal(0))'),
        ("discount.quantize(0.01)", 'request.discount.quantize(Decimal("0.01"))'),
        ('discount.quantize(Decimal("0.01"))', 'request.discount.quantize(Decimal("0.01"))'),
        ("Decimal(0.1)", 'Decimal("0.1")'),
        # texts beside what is more than a text
        ("status == 'paid'", "request.status == ModelStatus.paid"),
        ("status in ('paid', 'draft')", "request.status in (ModelStatus.paid, ModelStatus.draft)"),
        (f"order_id == '{ID}'", f'request.order_id == UUID("{ID}")'),
        ("day >= '2026-01-31'", "request.day >= date(2026, 1, 31)"),
        ("size == 's'", 'request.size == "s"'),
        # the rest of the grammar
        ("note == None", "request.note is None"),
        ("0 < quantity <= 10", "0 < request.quantity <= 10"),
        ("name not in tags", "request.name not in request.tags"),
        ("[(i, l.sku) for i, l in enumerate(lines)]", "[(i, item.sku) for i, item in enumerate(request.lines)]"),
        ("{k: v for k, v in prices.items() if v}", "{k: v for k, v in request.prices.items() if v}"),
        ("{l.sku for l in lines}", "{item.sku for item in request.lines}"),
        ("lines[:2] + lines[-1:]", "request.lines[:2] + request.lines[-1:]"),
        ("f'{name:>10} {discount:.2f}'", 'f"{request.name:>10} {request.discount:.2f}"'),
        ("f'{at:%Y-%m-%d} {name!r}'", 'f"{request.at:%Y-%m-%d} {request.name!r}"'),
        ("f'plain'", '"plain"'),
        ("dict(a=1, b=discount)", '{"a": Decimal(1), "b": request.discount}'),
        ("data['a'][0].upper()", 'cast(Any, request.data)["a"][0].upper()'),
        ("[x for x in data]", "[x for x in cast(Any, request.data)]"),
        ("len(data) + sum(data)", "len(cast(Any, request.data)) + sum(cast(Any, request.data))"),
        ("data is None or data == 'a'", 'request.data is None or request.data == "a"'),
        ("path / name", "request.path / request.name"),
        ("told.json()['receipt']", 'told.json()["receipt"]'),
        ("sum(\n  l.quantity\n  for l in lines  # pieces\n)\n* 2", "sum(item.quantity for item in request.lines) * 2"),
    ],
)  # fmt: skip
def test_becomes(text: str, expected: str) -> None:
    assert python(text) == expected


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("0", "Decimal", "Decimal(0)"),
        ("-1", "Decimal", "Decimal(-1)"),
        ("-0.50", "Decimal | None", 'Decimal("-0.50")'),
        ("0", "int | Decimal", "0"),
        ("0", "float", "0"),
        ("discount if ok else 0", "Decimal", "request.discount if request.ok else Decimal(0)"),
        ("0.1 if ok else 0.2", "Decimal", 'Decimal("0.1") if request.ok else Decimal("0.2")'),
        ("0.1 * quantity", "Decimal", 'Decimal("0.1") * request.quantity'),
        ("quantity", "Decimal", "Decimal(request.quantity)"),
        ("[1, 0.5]", "list[Decimal]", '[Decimal(1), Decimal("0.5")]'),
        ("[0 for l in lines]", "list[Decimal]", "[Decimal(0) for item in request.lines]"),
        ("{'a': 0}", "dict[str, Decimal]", '{"a": Decimal(0)}'),
        ("(0, 'a')", "tuple[Decimal, str]", '(Decimal(0), "a")'),
        ("[]", "list[Line]", "[]"),
        ("{}", "dict[str, Line]", "{}"),
        (f"'{ID}'", "UUID", f'UUID("{ID}")'),
        ("'2026-01-31'", "date | None", "date(2026, 1, 31)"),
        ("'2026-01-31T12:00:00Z'", "datetime", 'datetime.fromisoformat("2026-01-31T12:00:00Z")'),
        ("'12:00'", "time", 'time.fromisoformat("12:00")'),
        ("'a/b'", "Path", 'Path("a/b")'),
        ("'https://example.org/'", "HttpUrl", 'HttpUrl("https://example.org/")'),
        ("'paid' if ok else 'draft'", "Status", "ModelStatus.paid if request.ok else ModelStatus.draft"),
        ("'paid'", "str | Status", '"paid"'),
        ("'s'", 'Literal["s", "m"]', '"s"'),
        ("tags", "frozenset[str]", "frozenset(request.tags)"),
        ("{t for t in tags}", "frozenset[str]", "frozenset(t for t in request.tags)"),
        ("{'id': str(order_id), 'n': [1, None, {}]}", "Json", '{"id": str(request.order_id), "n": [1, None, {}]}'),
        ("status", "str", "request.status"),
        ("data", "Json", "request.data"),
        ("data", "int", "cast(Any, request.data)"),
        ("data['a']", "int", 'cast(Any, request.data)["a"]'),
        ("lines", "list[Line]", "request.lines"),
    ],
)
def test_becomes_what_is_wanted(text: str, wanted: str, expected: str) -> None:
    assert python(text, wanted) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("quantity / 2", "float"),
        ("quantity // 2", "int"),
        ("quantity * discount", "Decimal"),
        ("at - at", "timedelta"),
        ("at.date() - day", "timedelta"),
        ("prices.get('a')", "Decimal | None"),
        ("prices.get('a', 0)", "Decimal"),
        ("list(prices.items())", "list[tuple[str, Decimal]]"),
        ("[a + b for a, b in zip(tags, requests)]", "list[str]"),
        ("sorted(l.unit_price for l in lines)", "list[Decimal]"),
        ("list(reversed(lines))", "list[order.Line]"),
        ("tuple(tags)", "tuple[str, ...]"),
        ("max((l.unit_price for l in lines), default=0)", "Decimal"),
        ("max((l.unit_price for l in lines), default=None)", "Decimal | None"),
        ("round(discount)", "int"),
        ("round(discount, 2)", "Decimal"),
        ("abs(at - at)", "timedelta"),
        ("pair[1]", "str"),
        ("name.partition(',')[0].split()", "list[str]"),
        ("status.upper()", "str"),
        ("status.value", "str"),
        ("note or ''", "str"),
        ("data['a'][0]", "Any"),
        ("[c for c in told]", "list[str]"),
        ("1 if ok else 1.5", "float"),
        ("amount.currency", "money.Currency"),
        ("f'{name}'", "str"),
        ("not lines", "bool"),
        ("[lines, None]", "list[list[order.Line] | None]"),
    ],
)
def test_has_the_type(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "note.upper() if note is not None else ''",
        "note.upper() if note else ''",
        "'' if note is None else note.upper()",
        "'' if not note else note.upper()",
        "note is not None and note.upper() == 'X'",
        "note is None or note.upper() == 'X'",
        "first.note.upper() if first and first.note else ''",
        "first is not None and first.note is not None and first.note.upper() == 'X'",
        "[l.note.upper() for l in lines if l.note is not None]",
        "[n.upper() for n in [note] if n]",
        "[l.note.upper() for l in lines if l.note if l.note.strip()]",
        "maybe + 1 if maybe is not None else 0",
    ],
)
def test_what_is_tested_is_not_none(text: str) -> None:
    assert python(text)


def test_a_variable_hides_nothing_that_its_comprehension_needs() -> None:
    assert python("[request for request in requests if discount > 0]") == (
        "[request_ for request_ in request.requests if request.discount > 0]"
    )
    assert python("sum(sum for sum in [1, 2])") == "sum(sum_ for sum_ in [1, 2])"
    assert (
        python("[[sum_ + sum for sum in [1]] for sum_ in [2]]") == "[[sum_ + sum__ for sum__ in [1]] for sum_ in [2]]"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[request + name for request in requests]", ["ax", "bx"]),
        ("sum(l.quantity * l.unit_price for l in lines) * (1 - discount)", Decimal("9.00")),
        ("sum(l.unit_price for l in lines if l.quantity > 9)", Decimal(0)),
        ("[name for name in requests] + [name]", ["a", "b", "x"]),
        ("max(quantity, 0.5) - quantity", 0),
        ("discount * 3 == 0.3", True),
    ],
)
def test_means_what_it_says(text: str, expected: object) -> None:
    line = SimpleNamespace(quantity=2, unit_price=Decimal("5.00"))
    request = SimpleNamespace(lines=[line], discount=Decimal("0.1"), requests=["a", "b"], name="x", quantity=3)
    assert eval(python(text), {"request": request, "Decimal": Decimal}) == expected


def test_without_models_and_enums_known_it_is_permissive() -> None:
    scope = replace(SCOPE, lookup=lambda ref: None if ref.name == "Foreign" else DECLARED.get(ref), models=["Foreign"])
    lowered, problems = lower(Expression("Foreign(a=1).b.upper()", AT), scope, Type("str"))
    assert not problems
    assert lowered is not None
    assert lowered.type == Type("Any")


def test_the_caller_spells_enum_members() -> None:
    lowered, _ = lower(
        Expression("'paid'", AT), replace(SCOPE, member=str.upper), Type("ref", ref=Ref("order", "Status"))
    )
    assert lowered is not None
    assert isinstance(lowered.tree, ast.Attribute)
    assert lowered.tree.attr == "PAID"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price.total if check.valid else 0", {"price", "check"}),
        ("sum(l.quantity for l in lines)", {"lines"}),
        ("[x for x in x if y]", {"x", "y"}),
        ("{k: v + z for k, v in d.items()}", {"d", "z"}),
        ("f'{a}' + env.URL", {"a", "env"}),
        ("Line(sku=max)", {"Line", "max"}),
        ("a b", set()),
    ],
)
def test_free_names(text: str, expected: set[str]) -> None:
    assert names(Expression(text, AT)) == expected


def test_without_problems_there_is_a_tree() -> None:
    lowered, problems = read("lines")
    assert lowered is not None
    assert problems == []
