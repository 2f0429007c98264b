"""What guards make of an expression: what is settled by them, and what a type checker is shown."""

from __future__ import annotations

import ast

import pytest

from omnibuild.onex.orchestrator.guards import Known, facts
from omnibuild.onex.orchestrator.settling import settled, settled_condition


def tree(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


VALID = facts(tree("check.valid"), {})
GUARDS = {"price": VALID}
GUARDS["ship"] = facts(tree("check.valid and stock.ok"), GUARDS)
GUARDS["mail"] = facts(tree("not check.valid"), GUARDS)
KNOWN = Known(GUARDS, truths=frozenset({ast.dump(tree("check.valid"))}))
HOLDS = KNOWN.with_holds(VALID)
FAILS = Known(GUARDS, fails=VALID, truths=KNOWN.truths).without(VALID)


def settle(text: str, known: Known, *, condition: bool = False) -> tuple[str, list[tuple[str, int]]]:
    """Return what an expression becomes, and the reads of skipped results."""
    found: list[tuple[str, int]] = []
    settle_ = settled_condition if condition else settled
    result = settle_(tree(text), known, lambda step, at: found.append((step, at.col_offset)))
    return ast.unparse(result), list(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("price.total if check.valid else 0", "price.total if price is not None else 0"),
        ("0 if not check.valid else price.total", "0 if price is None else price.total"),
        ("price.total if price else 0", "price.total if price is not None else 0"),
        ("check.valid and price.total > 3", "price is not None and price.total > 3"),
        ("not check.valid or price.total > 3", "price is None or price.total > 3"),
        ("x.note and check.valid and price.total", "x.note and price is not None and price.total"),
        (
            "(ship.code if stock.ok else 0) if check.valid else 0",
            "(ship.code if ship is not None else 0) if check.valid else 0",
        ),
        ("ship.code if check.valid and stock.ok else 0", "ship.code if ship is not None else 0"),
        (
            "ship.code + price.total if ship is not None else 0",
            "ship.code + price.total if price is not None and ship is not None else 0",
        ),
        ("[price.total for x in y if check.valid]", "[price.total for x in y if price is not None]"),
        ("{x: price.total for x in y if x and check.valid}", "{x: price.total for x in y if x if price is not None}"),
        ("[price.total for price in y]", "[price.total for price in y]"),
        (
            "[price.total for check in y] if check.valid else []",
            "[price.total for check in y] if price is not None else []",
        ),
        ("mail.x if not check.valid else price.total", "mail.x if mail is not None else price!.total"),
        ("price is not None", "price is not None"),
        ("price", "price"),
        ("check.valid", "check.valid"),
    ],
)
def test_a_type_checker_is_shown_that_results_are_there(text: str, shown: str) -> None:
    assert settle(text, KNOWN) == (shown, [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("price.total", [("price", 0)]),
        ("price['a']", [("price", 0)]),
        ("f(1, a=price.total)", [("price", 7)]),
        ("price.total if stock.ok else 0", [("price", 0)]),
        ("0 if check.valid else price.total", [("price", 22)]),
        ("price.total > 3 and check.valid", [("price", 0)]),
        ("check.valid or price.total > 3", [("price", 15)]),
        ("ship.code if check.valid else 0", [("ship", 0)]),
        ("[price.total for check in y if check.valid]", [("price", 1)]),
        ("[price.total if check.valid else 0 for check in y]", [("price", 1)]),
    ],
)
def test_a_skipped_result_is_found_where_its_guard_does_not_hold(text: str, found: list[tuple[str, int]]) -> None:
    assert settle(text, KNOWN)[1] == found


@pytest.mark.parametrize(
    ("text", "where_it_holds", "where_it_does_not"),
    [
        ("price.total if check.valid else 0", "price.total", "0"),
        ("price.total if check.valid and x else 0", "price.total if x else 0", "0"),
        ("0 if not check.valid else price.total", "price.total", "0"),
        ("check.valid", "True", "False"),
        ("not check.valid", "False", "True"),
        ("check.valid and x", "x", "False"),
        ("check.valid or x", "True", "x"),
        ("price", "price", "None"),
        ("price is None", "False", "True"),
        ("check.valid and price.total > 3", "price.total > 3", "False"),
        ("[price.total for x in y if check.valid]", "[price.total for x in y]", "[]"),
        ("ship.code if check.valid and stock.ok else 3", "ship.code if ship is not None else 3", "3"),
    ],
)
def test_what_is_known_is_settled(text: str, where_it_holds: str, where_it_does_not: str) -> None:
    assert settle(text, HOLDS) == (where_it_holds, [])
    assert settle(text, FAILS)[0] == where_it_does_not


def test_only_truth_matters_of_a_condition() -> None:
    known = Known(GUARDS, holds=facts(tree("note"), {}))

    assert settle("note", known)[0] == "note"
    assert settle("note", known, condition=True)[0] == "True"
    assert settle("note and x", known, condition=True)[0] == "x"
