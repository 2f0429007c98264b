"""The expression grammar: what each form becomes, what its type is, and what is wrong with what."""

from __future__ import annotations

import ast
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from omnibuild.core.values import Expression, Ref, Type
from omnibuild.spec.expression import lower, names
from tests.spec.expressions import AT, DECLARED, SCOPE, python, read, shown, wrong

ID = "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11"
TEST_FIRST = "test it first: `… if … is not None else …`, or `… or …`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # names and models
        ("lines", "request.lines"),
        ("env.WAREHOUSE_URL + '/orders'", 'self._environment.warehouse_url + "/orders"'),
        ("lines[0].unit_price", "request.lines[0].unit_price"),
        ("Line(sku=name, quantity=1, unit_price=2)", "ModelLine(sku=request.name, quantity=1, unit_price=Decimal(2))"),
        ("money.Amount(value=discount, currency='EUR')", "ModelAmount(value=request.discount, currency=ModelCurrency.EUR)"),
        ("money.Currency.EUR", "ModelCurrency.EUR"),
        ("Status.paid", "ModelStatus.paid"),
        # sums begin with a value of their own kind
        ("sum(l.quantity * l.unit_price for l in lines)", "sum((l.quantity * l.unit_price for l in request.lines), Decimal())"),
        ("sum(durations)", "sum(request.durations, timedelta())"),
        ("sum(l.quantity for l in lines)", "sum(l.quantity for l in request.lines)"),
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
        ("[(i, l.sku) for i, l in enumerate(lines)]", "[(i, l.sku) for i, l in enumerate(request.lines)]"),
        ("{k: v for k, v in prices.items() if v}", "{k: v for k, v in request.prices.items() if v}"),
        ("{l.sku for l in lines}", "{l.sku for l in request.lines}"),
        ("lines[:2] + lines[-1:]", "request.lines[:2] + request.lines[-1:]"),
        ("f'{name:>10} {discount:.2f} {at:%Y-%m-%d} {name!r}'", 'f"{request.name:>10} {request.discount:.2f} {request.at:%Y-%m-%d} {request.name!r}"'),
        ("f'plain'", '"plain"'),
        ("dict(a=1, b=discount)", '{"a": Decimal(1), "b": request.discount}'),
        ("path / name", "request.path / request.name"),
        ("told.json()['receipt']", 'told.json()["receipt"]'),
        ("sum(\n  l.quantity\n  for l in lines  # pieces\n)\n* 2", "sum(l.quantity for l in request.lines) * 2"),
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
        ("[0 for l in lines]", "list[Decimal]", "[Decimal(0) for l in request.lines]"),
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


@pytest.mark.parametrize(
    ("text", "offset", "subject"),
    [
        ("note.upper()", 5, "note"),
        ("note.upper() if ok else ''", 5, "note"),
        ("note.upper() if note is None else ''", 5, "note"),
        ("note is None and note.upper() == ''", 22, "note"),
        ("[l.note.upper() for l in lines]", 8, "l.note"),
        ("first.sku", 6, "first"),
        ("maybe + 1", 0, "maybe"),
        ("maybe > 1", 0, "maybe"),
        ("[c for c in note]", 12, "note"),
        ("note[0]", 0, "note"),
    ],
)
def test_what_may_be_none(text: str, offset: int, subject: str) -> None:
    assert wrong(text) == [(offset, f"`{subject}` may be None", TEST_FIRST)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("qantity + 1", [(0, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("lines[0].unti_price", [(9, "Line has no field `unti_price`", "did you mean `unit_price`?")]),
        ("amount.curency", [(7, "money.Amount has no field `curency`", "did you mean `currency`?")]),
        ("name.uper()", [(5, "str has no attribute `uper`", "did you mean `upper`?")]),
        ("env.WAREHOUSE", [(4, "`env` has no `WAREHOUSE`", "did you mean `WAREHOUSE_URL`?")]),
        ("env", [(0, "`env` is not a value", "write env.…")]),
        ("told.jsn()", [(5, "`told` has no method `jsn`", "did you mean `json`?")]),
        ("true", [(0, "unknown name `true`", "write True")]),
        ("Status.payd", [(7, "`Status` has no member `payd`", "did you mean `paid`?")]),
        ("Lin(sku=name)", [(0, "unknown model `Lin`", "did you mean `Line`?")]),
        ("money.Amnt(value=1)", [(6, "unknown model `money.Amnt`", "")]),
        ("money", [(0, "`money` is not a value", "name one of its models: money.…")]),
        ("Line", [(0, "`Line` is a model, not a value", "write Line(…)")]),
        ("Status", [(0, "`Status` is an enum, not a value", "write Status.draft")]),
        ("Status('paid')", [(0, "`Status` is an enum; its members are named, not made", "write Status.draft")]),
        ("Line(name)", [(5, "`Line` takes its fields by name", "write Line(name=…)")]),
        ("Line(sku=name)", [(0, "Line needs the fields `quantity`, `unit_price`", "")]),
        ("Line(sku=1, quantity=1, unit_price='5', not_e=name)", [
            (9, "this gives int, but str is needed", "write str(…)"),
            (35, "this gives str, but Decimal is needed", "write Decimal(…)"),
            (40, "Line has no field `not_e`", "did you mean `note`?"),
        ]),
        ("status == 'payd'", [(10, "`payd` is not a Status", "did you mean `paid`?")]),
        ("status in ['payd']", [(11, "`payd` is not a Status", "did you mean `paid`?")]),
        ("order_id == 'abc'", [(12, "`abc` is not a UUID", f"write it as {ID}")]),
        ("size == 'l'", [(8, "`l` is not one of the values", "one of s, m")]),
        ("quantity == '3'", [(12, "this gives str, but int is needed", "write int(…) or round(…)")]),
        ("order_id == name", [(0, "UUID and str are never equal", "")]),
        ("lines < lines", [(0, "list[Line] and list[Line] have no order", "")]),
        ("name is 'a'", [(0, "`is` compares with None only", "write ==")]),
        ("ratio * discount", [(0, "`*` has no meaning for float and Decimal", "make both Decimal, or write float(…)")]),
        ("name + quantity", [(0, "`+` has no meaning for str and int", "write an f-string")]),
        ("sorted(lines)", [(7, "`sorted` needs an order, and Line has none", "take one of its fields")]),
        ("sum(tags)", [(4, "`sum` has no meaning for str", 'write "".join(…)')]),
        ("len(quantity)", [(4, "this gives int, but Sized is needed", "")]),
        ("[x for x in quantity]", [(12, "int has nothing to iterate over", "")]),
        ("lines['a']", [(6, "this gives str, but int is needed", "write int(…) or round(…)")]),
        ("pair[2]", [(5, "there are only 2 items", "")]),
        ("{lines}", [(0, "list[Line] cannot be in a set or a key of a dict", "write tuple(…)")]),
        ("(x for x in tags)", [(0, "this gives an iterator, which can be read once only", "write [… for … in …], or list(…) around it")]),
        ("name.split(1, 2, 3)", [(0, "`split` does not take these 3 arguments", "write split(sep, maxsplit)")]),
        ("Decimal('abc')", [(8, "`abc` is not a number", 'write for example Decimal("0.01")')]),
        ("'é' + qantity", [(6, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("f'é {qantity}'", [(5, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("quantity\n+ qantity", [(11, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("  qantity", [(2, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("nme + qantity", [(0, "unknown name `nme`", "did you mean `name`?"), (6, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("[x for x in tags] + [x]", [(21, "unknown name `x`", "")]),
        ("a b", [(2, "not an expression: invalid syntax", "")]),
        ("ok && ok", [(4, "not an expression: invalid syntax", "write `and`")]),
        ("quantity = 1", [(9, "not an expression: invalid syntax", "write == to compare")]),
        ("'\\d'", [(0, "not an expression: invalid escape sequence '\\d'", "")]),
        ("", [(0, "an expression is missing", "")]),
    ],
)  # fmt: skip
def test_what_is_wrong(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert wrong(text) == expected


@pytest.mark.parametrize(
    ("text", "wanted", "offset", "message", "hint"),
    [
        ("name", "Decimal", 0, "this gives str, but Decimal is needed", "write Decimal(…)"),
        ("ratio", "Decimal", 0, "this gives float, but Decimal is needed", "write Decimal(…)"),
        ("discount", "float", 0, "this gives Decimal, but float is needed", "write float(…), or make the field a Decimal"),
        ("quantity if ok else name", "int", 20, "this gives str, but int is needed", "write int(…) or round(…)"),
        ("note", "str", 0, "this gives str | None, but str is needed", TEST_FIRST),
        ("at", "date", 0, "this gives datetime, but date is needed", "write ….date()"),
        ("[1, name]", "list[int]", 4, "this gives str, but int is needed", "write int(…) or round(…)"),
        ("[l.sku for l in lines]", "list[int]", 1, "this gives str, but int is needed", "write int(…) or round(…)"),
        ("{'id': order_id}", "Json", 7, "this gives UUID, but Json is needed", "write str(…)"),
        ("(x for x in tags)", "list[str]", 0, "this gives an iterator, but list[str] is needed", "write list(…) or sorted(…)"),
        ("lines[0]", "money.Amount", 0, "this gives Line, but money.Amount is needed", ""),
        ("'2026-13-01'", "date", 0, "`2026-13-01` is not a date", "write it as 2026-01-31"),
    ],
)  # fmt: skip
def test_not_what_is_wanted(text: str, wanted: str, offset: int, message: str, hint: str) -> None:
    assert wrong(text, wanted) == [(offset, message, hint)]


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


def test_every_problem_is_reported_once() -> None:
    assert len(wrong("[nme, nme, Status.x] if nme and quantity + name else lines[0].x")) == 6


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
