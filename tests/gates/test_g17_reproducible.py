from __future__ import annotations

from dataclasses import replace

from omnibuild.core.values import Draft, Problem
from omnibuild.gates.g17_reproducible import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, CONTRACT, HANDLER, edited, with_file

_HINT = "a template that loops over a set, or uses the time or a random value, makes this happen"


def test_equal_twins_pass(sound: NodeSubject) -> None:
    assert list(check(sound)) == []
    assert list(check(replace(sound, twin=None))) == []


def test_a_file_that_differs_is_stopped(sound: NodeSubject) -> None:
    assert list(check(edited(sound, HANDLER, "gross = sum", "gross = max"))) == [
        Problem(
            "G17",
            "`handlers/handler_order_pricer.py` differs from line 13 on when it is made again",
            AT.to("logic", "let", "gross"),
            _HINT,
        )
    ]


def test_a_file_that_is_not_always_made_is_stopped(sound: NodeSubject) -> None:
    message = "`node_order_pricer_compute/contract.yaml` was made only once of two times"

    assert list(check(with_file(sound, CONTRACT, None))) == [Problem("G17", message, AT, _HINT)]
    assert list(check(replace(sound, draft=Draft("order_pricer", {}), twin=Draft("order_pricer", {})))) == []
