from __future__ import annotations

from omnibuild.cache.decision import decide
from omnibuild.core.values import Manifest, Status, Trace

NOW = Manifest("n", (("body", "2"), ("spec", "1")))
OLD = Manifest("n", (("body", "1"), ("spec", "1")))
FILES = tuple((f"f{number}", "d") for number in range(9))
HIT = Trace(NOW, FILES, ())


def test_what_was_never_built_is_built() -> None:
    decision = decide(NOW, None, None, {})

    assert (decision.status, decision.because, decision.trace, decision.before) == (
        Status.BUILT,
        ("it was never built",),
        None,
        None,
    )
    assert decision.node == "n"


def test_what_changed_is_built_because_of_what_changed() -> None:
    decision = decide(NOW, None, Trace(OLD, FILES, ()), dict(FILES))

    assert (decision.status, decision.because, decision.before) == (Status.BUILT, ("body changed",), OLD)


def test_what_lost_its_trace_is_built() -> None:
    assert decide(NOW, None, Trace(NOW, FILES, ()), {}).because == ("its trace is gone",)


def test_what_is_there_is_up_to_date() -> None:
    decision = decide(NOW, HIT, HIT, dict(FILES))

    assert (decision.status, decision.because, decision.trace) == (Status.UP_TO_DATE, (), HIT)


def test_what_is_missing_or_differs_is_restored() -> None:
    present = dict(FILES[5:]) | {"f7": "other", "f8": "other"}

    decision = decide(NOW, HIT, HIT, present)

    assert decision.status is Status.RESTORED
    assert decision.because == (
        "f0 is missing",
        "f1 is missing",
        "f2 is missing",
        "f7 differs",
        "f8 differs",
        "and 2 more",
    )
