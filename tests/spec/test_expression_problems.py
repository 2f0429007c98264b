"""What is wrong with an expression: every problem, at its own character, with what to do."""

from __future__ import annotations

import pytest

from tests.spec.expressions import wrong

ID = "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11"
READ_ONCE = "write [… for … in …], or list(…) around it"
LISTED = "write list(…) or sorted(…)"
FLOAT = "write float(…)"
TEST_FIRST = "test it first: `… if … is not None else …`, or `… or …`"


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
        ("len(amount)", [(4, "this gives money.Amount, but something with a length is needed", "")]),
        ("note in name", [(0, "no str | None is in a str", "")]),
        ("sum(lines, 0)", [(4, "`sum` has no meaning for Line and int", "")]),
        ("dict(tags)", [(5, "`dict` takes pairs, not str", "write {… : … for … in …}")]),
        ("size['a']", [(5, "this gives str, but int is needed", "write int(…) or round(…)")]),
        ("len(quantity)", [(4, "this gives int, but something with a length is needed", "")]),
        ("[x for x in quantity]", [(12, "int has nothing to iterate over", "")]),
        ("lines['a']", [(6, "this gives str, but int is needed", "write int(…) or round(…)")]),
        ("pair[2]", [(5, "there are only 2 items", "")]),
        ("{lines}", [(0, "list[Line] cannot be in a set or a key of a dict", "write tuple(…)")]),
        ("(x for x in tags)", [(0, "this gives an iterator, which can be read once only", READ_ONCE)]),
        ("zip(tags, tags)", [(0, "this gives an iterator, which can be read once only", READ_ONCE)]),
        ("name.split(1, 2, 3)", [(0, "`split` does not take these 3 arguments", "write split(sep, maxsplit)")]),
        ("Decimal('abc')", [(8, "`abc` is not a number", 'write for example Decimal("0.01")')]),
        ("'é' + qantity", [(6, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("f'é {qantity}'", [(5, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("quantity\n+ qantity", [(11, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("  qantity", [(2, "unknown name `qantity`", "did you mean `quantity`?")]),
        ("nme + qantity", [
            (0, "unknown name `nme`", "did you mean `name`?"),
            (6, "unknown name `qantity`", "did you mean `quantity`?"),
        ]),
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
        ("discount", "float", 0, "this gives Decimal, but float is needed", f"{FLOAT}, or make the field a Decimal"),
        ("quantity if ok else name", "int", 20, "this gives str, but int is needed", "write int(…) or round(…)"),
        ("note", "str", 0, "this gives str | None, but str is needed", TEST_FIRST),
        ("at", "date", 0, "this gives datetime, but date is needed", "write ….date()"),
        ("[1, name]", "list[int]", 4, "this gives str, but int is needed", "write int(…) or round(…)"),
        ("[l.sku for l in lines]", "list[int]", 1, "this gives str, but int is needed", "write int(…) or round(…)"),
        ("{'id': order_id}", "Json", 7, "this gives UUID, but Json is needed", "write str(…)"),
        ("(x for x in tags)", "list[str]", 0, "this gives an iterator, but list[str] is needed", LISTED),
        ("lines[0]", "money.Amount", 0, "this gives Line, but money.Amount is needed", ""),
        ("'2026-13-01'", "date", 0, "`2026-13-01` is not a date", "write it as 2026-01-31"),
    ],
)  # fmt: skip
def test_not_what_is_wanted(text: str, wanted: str, offset: int, message: str, hint: str) -> None:
    assert wrong(text, wanted) == [(offset, message, hint)]


def test_every_problem_is_reported_once() -> None:
    assert len(wrong("[nme, nme, Status.x] if nme and quantity + name else lines[0].x")) == 6
