from __future__ import annotations

import pytest

from omnibuild.core.values import Level, Model, Pointer
from omnibuild.onex.logic import LoweredLogic, lower_logic, request_scope
from omnibuild.onex.names import Names
from omnibuild.spec.marks import locate
from tests.onex.declarations import names_of, node, tried

NODE = """\
node: pricer
kind: compute
description: Price it.
input: {n: int, price: Decimal}
output: {total: Decimal, n: int, note: {type: str, default: ""}}
logic:
  let:
    gross: n * price
    net: gross * 2
  n: n
  total: net
"""


def lowered_logic(names: Names) -> LoweredLogic:
    spec = node(names, "pricer")
    output = names.graph.lookup(spec.output)
    assert spec.logic is not None
    assert isinstance(output, Model)
    lowered, _ = lower_logic(spec.logic, output, request_scope(spec, names))
    assert lowered is not None
    return lowered


def test_the_output_is_in_the_model_s_order() -> None:
    lowered = lowered_logic(names_of(NODE))

    assert [name for name, _ in lowered.let] == ["gross", "net"]
    assert [name for name, _ in lowered.output] == ["total", "n"]
    assert str(lowered.output[0][1].type) == "Decimal"


@pytest.mark.parametrize(
    ("old", "new", "place", "code", "message"),
    [
        ("  n: n\n", "", "6:1", "missing-field", "`logic` does not say what `n` is"),
        ("  n: n\n", "  n: n\n  totl: 1\n", "11:3", "unknown-field", "the output has no field `totl`"),
        ("gross: n", "price: n", "8:5", "name", "`price` has a meaning already"),
        ("gross: n", "request: n", "8:5", "name", "`request` is taken by the generated code"),
        ("gross: n", "Gross: n", "8:5", "name", "`Gross` is not a snake_case name"),
        ("total: net", "total: nett", "11:10", "expression", "unknown name `nett`"),
        ("gross: n * price", "gross: net * price", "8:12", "expression", "unknown name `net`"),
    ],
)
def test_problems_have_their_places(old: str, new: str, place: str, code: str, message: str) -> None:
    assert old in NODE
    text = NODE.replace(old, new, 1)

    _, problems = tried(text)

    found = []
    for problem in problems:
        assert isinstance(problem.at, Pointer)
        at = locate(problem.at, text)
        found.append((f"{at.line}:{at.column}", problem.code, problem.message))
    assert (place, code, message) in found


def test_what_nothing_uses_is_a_warning_and_left_out() -> None:
    text = NODE.replace("    net:", "    spare: gross * 3\n    net:", 1)
    names, (problem,) = tried(text)

    assert (problem.code, problem.message, problem.level) == ("unused", "nothing uses `spare`", Level.WARN)
    assert [name for name, _ in lowered_logic(names).let] == ["gross", "net"]
