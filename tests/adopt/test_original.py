"""Contracts as people wrote them: read as ONEX reads them, or refused with the reason and the place."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
import yaml

from omnibuild.adopt.original import Original, read_original
from omnibuild.core.values import Level, Place, Problem
from omnibuild.spec.yaml_values import MOST_VALUES

LETTERS = "abcdefghij"
BOMB = "a: &a [x]\n" + "".join(f"{it}: &{it} [{', '.join([f'*{before}'] * 9)}]\n" for before, it in pairwise(LETTERS))
MERGES = "a: &a {k: 1}\n" + "".join(
    f"{it}: &{it} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n" for before, it in pairwise(LETTERS)
)
LONG = f"a: &a {'x' * 1000}\nb: [{', '.join(['*a'] * 2000)}]\n"
DEEP_ALIASES = "a0: &a0 x\n" + "".join(f"a{it}: &a{it} {'[' * 60}*a{it - 1}{']' * 60}\n" for it in range(1, 40))


def refused(text: str) -> Problem:
    found = read_original("contract.yaml", text)
    assert isinstance(found, Problem)
    assert found.code == "contract"
    assert found.level is Level.BLOCK
    return found


def read(text: str) -> Original:
    found = read_original("contract.yaml", text)
    assert isinstance(found, Original), found
    return found


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "this is empty", 1),
        ("# only a comment\n", "this is empty", 1),
        ("null\n", "this is empty", 1),
        ("- a\n- b\n", "this is a list", 1),
        ("hello\n", "this is a single value", 1),
        ("12\n", "this is a single value", 1),
        ("a: [\nb: }\n", "it is not YAML", 2),
        ("a: 1\n\tb: 2\n", "it is not YAML", 2),
        ("a: 1\n b: 2\n", "it is not YAML", 2),
        ("a: 'x\n", "it is not YAML", 2),
        ("a: *missing\n", "it is not YAML: found undefined alias", 1),
        ("a: 1\n---\nb: 2\n", "it holds several documents", 2),
        ("a: \x00\n", "null character", 1),
        ("a: b\x07\n", "it is not YAML: unacceptable character", 1),
        ("a: 1\nb: !own x\n", "the tag `!own`", 2),
        ("a: !!python/object/apply:os.getcwd []\n", "the tag `!!python/object/apply:os.getcwd`", 1),
        ("a: !!binary aGk=\n", "the tag `!!binary`", 1),
        ("a: !!set {x, y}\n", "the tag `!!set`", 1),
        ("a: !!int x\n", "no int that can be read", 1),
        (f"a: {'9' * 5000}\n", "no int that can be read", 1),
        ("? [a, b]\n: 1\n", "a key is a list or a mapping", 1),
        ("a: &a [*a]\n", "an alias leads to what it stands in", 1),
        ("a: 1\nb: &b {c: *b}\n", "an alias leads to what it stands in", 2),
        ("b: &b {<<: *b}\n", "an alias leads to what it stands in", 1),
        ("a: {<<: 5}\n", "no mapping", 1),
        (f"a: {'[' * 101}{']' * 101}\n", "nested more than 100 deep", 1),
        ("a:\n" + "".join(f"{' ' * it}- \n" for it in range(1, 102)), "nested more than 100 deep", 101),
        (f"a: {'[' * 200_000}\n", "nested more than 100 deep", 1),
        (DEEP_ALIASES, "nested more than 100 deep", 3),
        (BOMB, f"it holds more than {MOST_VALUES} values", 6),
        (MERGES, f"it holds more than {MOST_VALUES} values", 6),
        (LONG, "characters, aliases followed", 2),
    ],
)
def test_what_is_no_contract_is_refused_with_its_place(text: str, message: str, line: int) -> None:
    started = time.monotonic()

    problem = refused(text)

    assert message in problem.message
    assert isinstance(problem.at, Place)
    assert problem.at.line == line
    assert problem.hint
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "name: a\r\nb:\r\n  c: 'x\r\n   y'\r\n",
        "---\nname: a\n...\n",
        "%YAML 1.1\n---\nname: a\n",
        "{name: a, b: {c: [1, 2]}}\n",
        "  name: a\n  b: 1\n",
        "name: a\nb: &b {c: 1}\nd: *b\n",
        "name: é\nb: |\n  # no comment\n  x\nc: >-\n  a\n  b\n",
        'name: "a\n# no comment"\nb: 1\n',
        f"name: a\nb: {'[' * 98}{']' * 98}\n",
        "name: a\n? b\n: c\n",
        "name: a\n'<<': {b: 1}\n",
    ],
)
def test_contracts_are_what_onex_reads(text: str) -> None:
    assert read(text).data == yaml.safe_load(text)


def test_a_key_that_stands_twice_is_a_warning_and_the_last_counts() -> None:
    found = read("name: a\nb:\n  c: 1\n  c: 2\nname: d\n")

    assert found.data == {"name": "d", "b": {"c": 2}}
    assert [(it.code, it.level, str(it.at)) for it in found.warnings] == [
        ("duplicate-key", Level.WARN, "contract.yaml:5:1"),
        ("duplicate-key", Level.WARN, "contract.yaml:4:3"),
    ]


def test_what_a_spec_holds_as_text_only_is_one_warning() -> None:
    found = read("name: a\non: {push: 1}\nreleased: 2024-01-31\nat: 2024-01-31T10:00:00Z\n1: one\n1.0: x\n~: n\n")

    assert found.data == {
        "name": "a",
        "on": {"push": 1},
        "released": "2024-01-31",
        "at": "2024-01-31T10:00:00Z",
        "1": "one",
        "1.0": "x",
        "~": "n",
    }
    (warning,) = found.warnings
    assert (warning.code, warning.level, str(warning.at)) == ("yaml-type", Level.WARN, "contract.yaml:2:1")
    assert "`on`" in warning.message
    assert "5 more" in warning.message


def test_keys_that_only_differ_in_their_type_are_the_same_key_of_a_spec() -> None:
    found = read("name: a\nm: {1: x, '1': y}\n")

    assert found.data == {"name": "a", "m": {"1": "y"}}
    assert "duplicate-key" in {it.code for it in found.warnings}


def test_comments_belong_to_the_key_below_them() -> None:
    found = read(
        """# licence

# of the name
name: a
# of b
# and more of b
b:  # inside
  # inside, too
  c: 1

# apart

d: 2
# at the end
"""
    )

    assert found.head == "# licence"
    assert {key: it.comments for key, it in found.blocks.items()} == {
        "name": "# of the name",
        "b": "# of b\n# and more of b",
        "d": "# apart",
    }
    assert found.blocks["b"].text == "b:  # inside\n  # inside, too\n  c: 1"


def test_the_only_comments_above_all_are_the_head() -> None:
    assert read("# SPDX\nname: a\n").head == "# SPDX"


def test_a_large_contract_is_read_in_no_time() -> None:
    text = "name: a\nb:\n" + "".join(f"  - {{k{it}: 'v', l: [1, 2]}}\n" for it in range(15_000))
    started = time.monotonic()

    assert read(text).data["name"] == "a"
    assert time.monotonic() - started < 10
