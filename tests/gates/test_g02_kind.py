from __future__ import annotations

from omnibuild.core.values import Problem
from omnibuild.gates.g02_kind import check
from tests.gates.subjects import AT, document, written


def test_the_four_kinds_pass() -> None:
    for kind in ("effect", "compute", "reducer", "orchestrator"):
        assert list(check(document({**written(), "kind": kind}))) == []


def test_another_kind_is_stopped_with_the_nearest() -> None:
    assert list(check(document({**written(), "kind": "computer"}))) == [
        Problem("G2", "`computer` is not a kind of node", AT.to("kind"), "did you mean `compute`?")
    ]


def test_what_is_like_none_of_them_lists_them() -> None:
    (found,) = check(document({**written(), "kind": 7}))

    assert found.hint == "write `effect`, `compute`, `reducer` or `orchestrator`"


def test_a_missing_kind_is_left_to_the_required_keys() -> None:
    assert list(check(document({"node": "x"}))) == []
    assert list(check(document({"shared": "money", "kind": "x"}))) == []
