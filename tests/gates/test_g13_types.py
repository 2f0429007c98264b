from __future__ import annotations

from dataclasses import replace

from omnibuild.core.values import Finding, Place, Problem
from omnibuild.gates.g13_types import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, HANDLER, with_body


def test_no_finding_no_problem(sound: NodeSubject) -> None:
    assert list(check(sound)) == []


def test_a_finding_is_told_at_the_spec(sound: NodeSubject) -> None:
    finding = Finding(HANDLER, 14, 64, "operator", "Unsupported operand types")

    assert list(check(replace(sound, findings=(finding, finding)))) == [
        Problem(
            "G13",
            "Unsupported operand types [operator]",
            AT.to("logic", "total"),
            "seen in the generated `handlers/handler_order_pricer.py`, line 14",
        )
    ]


def test_a_finding_in_a_body_is_told_there(sound: NodeSubject) -> None:
    body = "def handle(request):\n    total = 1\n    return total\n"
    generated = "class HandlerOrderPricer:\n    def handle(self, request):\n        total = 1\n\n        return total\n"

    found = list(check(replace(with_body(sound, body, generated), findings=(Finding(HANDLER, 5, 9, "", "No."),))))

    assert found == [Problem("G13", "No.", Place("specs/order_pricer.py", 3, 5))]
