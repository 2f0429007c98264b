from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.core.values import Json, Place, Pointer, Problem
from omnibuild.spec.document import Document, read
from omnibuild.spec.marks import locate

FILE = "specs/it.yaml"


def one(text: str) -> Document:
    documents, problems = read(FILE, text)
    assert problems == []
    (document,) = documents
    return document


def wrong(text: str) -> Problem:
    _, (problem,) = read(FILE, text)
    return problem


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("No", "No"),
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("~", None),
        ("", None),
        ("Null", None),
        ("12", 12),
        ("-12", -12),
        ("+3", 3),
        ("0o17", 15),
        ("0x1F", 31),
        ("012", 12),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        ("2026-01-31", "2026-01-31"),
        ("1.2.3", "1.2.3"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("=", "="),
        ("<<", "<<"),
        ("!!str 12", 12),
        ("'~'", "~"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, value: Json) -> None:
    found = one(f"node: x\na: {written}\n").data["a"]

    assert found == value
    assert type(found) is type(value)


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\ufeff"))
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | _TEXT | _FLOATS,
    lambda it: st.lists(it, max_size=4) | st.dictionaries(_TEXT, it, max_size=4),
    max_leaves=12,
)


@given(_JSON)
def test_json_is_yaml(value: Json) -> None:
    assert one(json.dumps({"node": "x", "a": value}, ensure_ascii=False)).data["a"] == value


def test_several_documents_in_a_file() -> None:
    documents, problems = read(FILE, "# One.\nnode: a\n---\nshared: b\n---\n---\nblueprint: c\n...\n")

    assert problems == []
    assert [(it.declares, it.name, it.at) for it in documents] == [
        ("node", "a", Pointer(FILE, 0, ())),
        ("shared", "b", Pointer(FILE, 1, ())),
        ("blueprint", "c", Pointer(FILE, 3, ())),
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n---\n"])
def test_a_file_may_hold_nothing(text: str) -> None:
    assert read(FILE, text) == ([], [])


def test_anchors_are_followed() -> None:
    assert one("node: x\na: &it {b: [1, 2]}\nc: *it\n").data["c"] == {"b": [1, 2]}


def test_the_documents_before_a_mistake_are_read() -> None:
    documents, (problem,) = read(FILE, "node: a\n---\nnode: [\n")

    assert [it.name for it in documents] == ["a"]
    assert problem.code == "yaml"


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        (
            "node: a\n\tkind: compute\n",
            2,
            1,
            "this is not YAML: found a tab character that violates indentation",
            "YAML indents with spaces",
        ),
        (
            "node: a\n  kind: compute\n",
            2,
            7,
            "this is not YAML: mapping values are not allowed in this context",
            "check the indentation: keys",
        ),
        (
            "node: x\ninput: {a: list[str], b: int]}\n",
            2,
            16,
            "",
            "inside { } YAML wants quotes around a type with brackets",
        ),
        ("node: x\na: 'open\n", 3, 1, "", "check the indentation and the quotes here and in the line above"),
        ("node: x\na: *none\n", 2, 4, "", "check the indentation"),
    ],
)
def test_what_is_not_yaml_is_told_at_its_place(text: str, line: int, column: int, message: str, hint: str) -> None:
    problem = wrong(text)

    assert problem.code == "yaml"
    assert problem.at == Place(FILE, line, column)
    assert problem.message.startswith(message or "this is not YAML: ")
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "message"),
    [
        ("node: a\nnode: b\n", "duplicate-key", 2, 1, "the key `node` stands here twice"),
        ("node: a\ninput: {x: int, y: int, x: str}\n", "duplicate-key", 2, 25, "the key `x` stands here twice"),
        ("node: a\nat: !!timestamp 2026-01-31\n", "tag", 2, 5, "the tag `!!timestamp` means nothing here"),
        ("node: a\nat: !mine {b: 1}\n", "tag", 2, 5, "the tag `!mine` means nothing here"),
        ("node: a\nat: !!set {b}\n", "tag", 2, 5, "the tag `!!set` means nothing here"),
        ("node: a\n? [b, c]\n: 1\n", "key", 1, 1, "a key must be plain text"),
        ("node: a\nat: 1e999\n", "number", 2, 5, "the number 1e999 is too large"),
        ("- node: a\n", "document", 1, 1, "a document is a mapping whose first key is `node`, `shared` or `blueprint`"),
        ("just text\n", "document", 1, 1, "a document is a mapping whose first key is `node`, `shared` or `blueprint`"),
        ("{}\n", "document", 1, 1, "a document is a mapping whose first key is `node`, `shared` or `blueprint`"),
    ],
)
def test_what_a_document_cannot_hold_is_told_at_its_place(
    text: str, code: str, line: int, column: int, message: str
) -> None:
    problem = wrong(text)

    at = locate(problem.at, text) if isinstance(problem.at, Pointer) else problem.at
    assert (problem.code, at, problem.message) == (code, Place(FILE, line, column), message)


def test_a_bomb_is_defused() -> None:
    levels = "".join(f"l{it}: &l{it} [{', '.join([f'*l{it - 1}'] * 10)}]\n" for it in range(1, 9))

    problem = wrong(f"node: x\nl0: &l0 [a, a, a, a, a, a, a, a, a, a]\n{levels}")

    assert (problem.code, problem.node) == ("alias", "x")
    assert problem.message == "aliases expand this document beyond 10 times its size"


def test_what_holds_itself_is_no_endless_loop() -> None:
    assert wrong("node: x\na: &a [*a]\n").code == "alias"


def test_depth_is_no_crash() -> None:
    _, problems = read(FILE, f"node: x\na: {'[' * 5000}\n")

    assert [it.code for it in problems] == ["yaml"]


def test_a_whole_number_may_be_long_but_not_endless() -> None:
    assert one(f"node: x\na: {'9' * 1000}\n").data["a"] == int("9" * 1000)
    assert wrong(f"node: x\na: {'9' * 5000}\n").message.endswith("9 is too large")


@pytest.mark.parametrize(
    "text",
    [
        f"node: x\na: {'[' * 100_000}\n",
        f"node: x\na: {'[' * 3_000}{']' * 3_000}\n",
        "node: x\na:\n" + "".join(f"{' ' * it}a:\n" for it in range(1, 150)),
        f"node: x\na: {'- ' * 150}\n".replace("a: ", "a:\n  "),
    ],
)
def test_what_is_nested_too_deep_is_told_at_its_place(text: str) -> None:
    problem = wrong(text)

    assert problem.message == "this is not YAML: it is nested more than 100 deep"
    assert isinstance(problem.at, Place)
    assert problem.at.line * problem.at.column > 100


def test_aliases_nest_no_deeper() -> None:
    deep = [f"l0: &l0 {'[' * 90}{']' * 90}\n"]
    deep += [f"l{it}: &l{it} {'[' * 90}*l{it - 1} {']' * 90}\n" for it in range(1, 30)]

    assert wrong(f"node: x\n{''.join(deep)}").message == "it is nested more than 100 deep"


def test_what_is_as_deep_as_it_may_be_is_read() -> None:
    assert one(f"node: x\na: {'[' * 99}{']' * 99}\n").name == "x"


@pytest.mark.parametrize("declares", ["node", "shared", "blueprint"])
@pytest.mark.parametrize("value", ["null", "", "~", '""', '" "', "3", "true", "[a]", "{a: 1}"])
def test_a_document_without_a_name_is_one_problem(declares: str, value: str) -> None:
    documents, problems = read(FILE, f"{declares}: {value}\nkind: nothing\n---\nnode: b\n")
    assert [it.name for it in documents] == ["b"]
    [problem] = problems
    assert problem.at == Pointer(FILE, 0, (declares,))
    assert declares in problem.message
    assert problem.hint == f"write `{declares}: NAME`, in snake_case"
