from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from omnibuild.core.values import Place, Pointer
from omnibuild.spec.marks import locate
from tests.onex.declarations import tried
from tests.workspaces import Sandbox

NODE = """\
node: pricer
kind: compute
description: Price it.
models:
  Line: {sku: str}
enums:
  Size: [small, large]
input: {line: Line}
output: {sku: str}
env: {LEVEL: {}}
logic: {sku: line.sku}
examples:
  - {given: {env: {LEVEL: "1"}}, input: {line: {sku: a}}, output: {sku: a}}
"""


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "hint"),
    [
        (
            "Line: {sku: str}",
            "Line: {sku: str, next: Line}",
            "5:26",
            "every `Line` would hold another `Line`, without end",
            "write `Line | None`, or a list that may be empty",
        ),
        (
            "Line: {sku: str}",
            'Line: {sku: str, next: {type: "list[Line]", min_length: 1}}',
            "5:26",
            "every `Line` would hold another `Line`, without end",
            "write `Line | None`, or a list that may be empty",
        ),
        (
            "Line: {sku: str}",
            'Line: {sku: str, next: "tuple[int, Line]"}',
            "5:26",
            "every `Line` would hold another `Line`, without end",
            "write `Line | None`, or a list that may be empty",
        ),
        (
            "Line: {sku: str}",
            "Line: {sku: str}\n  LINE: {a: int}",
            "6:9",
            "`LINE` and `Line` would both be generated as ModelLINE",
            "rename one of them",
        ),
        (
            "[small, large]",
            "[small, SMALL]",
            "7:9",
            "`Size` has two members that become SMALL",
            "rename or remove one of them",
        ),
        ("[small, large]", "[]", "7:9", "`Size` has no members", ""),
        ("input: {line: Line}", "input: Size", "8:8", "`input` must be a model, and Size is an enum", ""),
        ('LEVEL: "1"', 'LEVLE: "1"', "13:20", "the node has no variable `LEVLE`", "declare it under `env:`"),
        ("LEVEL: {}", "LEV-EL: {}", "10:15", "`LEV-EL` is not the name of a variable", "letters, digits and _"),
        (
            "LEVEL: {}",
            "LEVEL: {required: true, default: a}",
            "10:14",
            "`LEVEL` is required and has a default",
            "keep one of the two",
        ),
        ("{line: {sku: a}}", "{line: {sku: 1}}", "13:54", "`1` is not str", 'quote it: "1"'),
        ("output: {sku: a}", "output: {}", "13:67", "output wants `sku`", "add `sku:`"),
        ("sku: line.sku", "sku: line.size", "11:19", "Line has no field `size`", "it has sku"),
    ],
)
def test_what_only_the_whole_graph_shows(old: str, new: str, place: str, message: str, hint: str) -> None:
    assert old in NODE
    text = NODE.replace(old, new, 1)

    _, problems = tried(text)

    found = {}
    for problem in problems:
        assert isinstance(problem.at, Pointer)
        at = locate(problem.at, text)
        found[f"{at.line}:{at.column}", problem.message] = problem.hint
    assert found.get((place, message)) == hint, found


@pytest.mark.parametrize(
    "field",
    [
        "Line | None",
        '"list[Line]"',
        '"dict[str, Line]"',
        '"tuple[Line, ...]"',
        '{type: "list[Line] | None", default: null}',
    ],
)
def test_a_model_may_hold_itself_if_it_need_not(field: str) -> None:
    assert tried(NODE.replace("{sku: str}", f"{{sku: str, next: {field}}}", 1).partition("examples")[0])[1] == []


def test_a_sound_node() -> None:
    assert tried(NODE)[1] == []


ALIKE = """\
node: {}
kind: compute
description: Add one to a number, always.
input: {{x: int}}
output: {{y: int}}
logic: {{y: x + 1}}
"""


def test_two_nodes_cannot_have_the_same_topics(make: Callable[[Mapping[str, str]], Sandbox]) -> None:
    report = make({f"specs/{name}.yaml": ALIKE.format(name) for name in ("a_b", "a__b")}).build()

    (problem,) = [it for it in report.problems if it.code == "name"]
    assert problem.message == "`a__b` and `a_b` would have the same topics"
    assert problem.at == Place("specs/a__b.yaml", 1, 7)
