from __future__ import annotations

from collections.abc import Iterable

import pytest

from omnibuild.core.values import Problem
from omnibuild.spec.document import read
from omnibuild.spec.marks import locate
from omnibuild.spec.validation import validate
from omnibuild.spec.written import WrittenNode, WrittenShared

NODE = """\
node: pricer
kind: compute
description: Price an order.
input: {lines: int}
output: {total: int}
logic: {total: lines}
"""


def found(text: str) -> list[Problem]:
    (document,), problems = read("it.yaml", text)
    assert problems == []
    model = WrittenShared if document.declares == "shared" else WrittenNode
    value, wrong = validate(model, document.data, document.at)
    assert (value is None) == bool(wrong) or all(it.code for it in wrong)
    return wrong


def says(problems: Iterable[Problem], text: str) -> list[tuple[str, str, str, str]]:
    result = []
    for it in problems:
        assert it.at is not None
        place = locate(it.at, text) if not hasattr(it.at, "line") else it.at
        result.append((f"{place.line}:{place.column}", it.code, it.message, it.hint))  # type: ignore[union-attr]
    return result


def test_a_sound_document_has_no_problems() -> None:
    assert found(NODE) == []


@pytest.mark.parametrize(
    ("more", "place", "code", "message", "hint"),
    [
        ("versoin: 1.0.0\n", "7:1", "unknown-key", "the key `versoin` means nothing here", "did you mean `version`?"),
        (
            "policy: {timeuot: 3s}\n",
            "7:10",
            "unknown-key",
            "the key `timeuot` means nothing here",
            "did you mean `timeout`?",
        ),
        ("policy: {retry: {}}\n", "7:17", "missing-key", "`attempts` is missing", "add `attempts:`"),
        ("policy: {retry: {attempts: 0}}\n", "7:28", "value", "`attempts`: should be greater than or equal to 1", ""),
        ("policy: {timeout: 3}\n", "7:19", "wrong-type", "`timeout` must be text, not the number 3", 'quote it: "3"'),
        (
            "policy: {timeout: 3 sec}\n",
            "7:19",
            "value",
            "`timeout: 3 sec` is not as it must be",
            "write a number and its unit: 500ms, 30s, 5m, 1h",
        ),
        ("version: 1.0\n", "7:10", "wrong-type", "`version` must be text, not the number 1.0", 'quote it: "1.0"'),
        ('version: "1.0"\n', "7:10", "value", "`version: 1.0` is not as it must be", "write three numbers: 1.0.0"),
        ("tags: pricing\n", "7:7", "wrong-type", "`tags` must be a list, not the text `pricing`", ""),
        ("tags: [a, 2]\n", "7:11", "wrong-type", "`1` must be text, not the number 2", 'quote it: "2"'),
        (
            "models: {Line: {sku: 3}}\n",
            "7:22",
            "wrong-type",
            "`sku` must be a mapping, not the number 3",
            "a field is `name: TYPE` or `name: {type: TYPE, …}`",
        ),
        ("models: {Line: {sku: {typ: str}}}\n", "7:22", "missing-key", "`type` is missing", "add `type:`"),
        (
            "models: {Line: {sku: {type: str, min_length: two}}}\n",
            "7:46",
            "wrong-type",
            "`min_length` must be a whole number, not the text `two`",
            "a field is `name: TYPE` or `name: {type: TYPE, …}`",
        ),
        (
            "enums: {A: red}\n",
            "7:12",
            "wrong-type",
            "`A` must be a list, not the text `red`",
            "a field is `name: TYPE` or `name: {type: TYPE, …}`",
        ),
        (
            "env: {URL: {required: maybe}}\n",
            "7:23",
            "wrong-type",
            "`required` must be true or false, not the text `maybe`",
            "",
        ),
        ("uses:\n", "7:6", "wrong-type", "`uses` must be a list, not empty", ""),
        (
            "domain: Sales Team\n",
            "7:9",
            "value",
            "`domain: Sales Team` is not as it must be",
            "it must match ^[a-z][a-z0-9_]*$",
        ),
    ],
)
def test_what_does_not_fit_is_told_in_the_language_s_words(
    more: str, place: str, code: str, message: str, hint: str
) -> None:
    text = NODE + more

    assert (place, code, message, hint) in says(found(text), text)


def test_everything_is_told_at_once() -> None:
    text = NODE.replace("compute", "computer") + "tag: [a]\nversion: 3\npolicy: {timeout: 1, retry: {attempts: x}}\n"

    assert [place for place, *_ in says(found(text), text)] == ["8:10", "9:19", "9:40", "7:1"]


def test_what_gates_tell_is_left_to_them() -> None:
    assert found("node: x\n") == []
    assert found("node: X Y\nkind: compuet\ndescription: It.\ninput: {}\noutput: {}\n") == []
