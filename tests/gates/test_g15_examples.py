from __future__ import annotations

from omnibuild.core.ports import Failure
from omnibuild.core.values import Problem
from omnibuild.gates.g15_examples import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, tried

_HINT = "correct the example if it is wrong, the logic or the body if it is right"


def test_examples_that_run_pass(sound: NodeSubject) -> None:
    assert list(check(sound)) == []


def test_a_difference_is_told_at_the_value(sound: NodeSubject) -> None:
    failure = Failure("order_pricer:0", "`8` instead of `9`", ("total",))

    assert list(check(tried(sound, "examples", failure))) == [
        Problem(
            "G15",
            "the example `ten percent off`: `8` instead of `9`",
            AT.to("examples", 0, "output", "total"),
            _HINT,
        )
    ]


def test_a_failure_as_a_whole_is_told_at_the_example(sound: NodeSubject) -> None:
    assert list(check(tried(sound, "examples", Failure("order_pricer:1", "it did not fail")))) == [
        Problem("G15", "example 2: it did not fail", AT.to("examples", 1), _HINT)
    ]


def test_an_example_that_is_not_known_is_told_at_the_spec(sound: NodeSubject) -> None:
    assert [it.at for it in check(tried(sound, "examples", Failure("order_pricer:7", "no")))] == [AT]
