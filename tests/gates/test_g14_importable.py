from __future__ import annotations

from omnibuild.core.ports import Failure
from omnibuild.core.values import Place, Problem
from omnibuild.gates.g14_importable import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, tried, with_body

_HANDLER = "acme.nodes.node_order_pricer_compute.handlers.handler_order_pricer"


def test_modules_that_import_pass(sound: NodeSubject) -> None:
    assert list(check(sound)) == []


def test_a_module_that_fails_is_told_at_its_origin(sound: NodeSubject) -> None:
    assert list(check(tried(sound, "imports", Failure(_HANDLER, "No module named 'x'")))) == [
        Problem(
            "G14",
            f"importing `{_HANDLER}` failed: No module named 'x'",
            AT.to("logic"),
            "see that its dependencies are installed where omnibuild runs: `omnibuild doctor`",
        )
    ]


def test_a_module_of_a_body_is_told_there(sound: NodeSubject) -> None:
    (found,) = check(tried(with_body(sound, "", ""), "imports", Failure(_HANDLER, "No.")))

    assert found.at == Place("specs/order_pricer.py", 1, 1)


def test_an_unknown_module_is_told_at_the_spec(sound: NodeSubject) -> None:
    (found,) = check(tried(sound, "imports", Failure("acme.nodes", "No.")))

    assert found.at == AT
