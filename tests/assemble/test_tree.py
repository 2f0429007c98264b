from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.assemble.layout import written
from omnibuild.assemble.tree import (
    Compound,
    Docstring,
    HandWritten,
    Line,
    Parameter,
    Statement,
    assign,
    call,
    class_,
    declare,
    function,
    quoted,
    raw,
    returning,
    sentence,
    spaced,
)


def code(*statements: Statement) -> str:
    return str(written(statements))


@given(st.text() | st.text(alphabet="\"'\\\n\t{}ab"))
def test_a_quoted_text_is_the_text(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


@given(st.text() | st.text(alphabet="\"'\\\n\t{}ab"))
def test_a_raw_text_is_the_text(text: str) -> None:
    assert ast.literal_eval(raw(text)) == text


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('say "hi"', "'say \"hi\"'"),
        ("both \" and '", '"both \\" and \'"'),
        ("", '""'),
        ("a\nb", '"a\\nb"'),
    ],
)
def test_quotes_are_those_of_the_formatter(text: str, literal: str) -> None:
    assert quoted(text) == literal


@pytest.mark.parametrize(
    ("text", "literal"),
    [(r"^\d+$", r'r"^\d+$"'), ("plain", '"plain"'), ('\\"', "'\\\\\"'"), ("a\\", '"a\\\\"'), ("\\\n", '"\\\\\\n"')],
)
def test_a_raw_literal_spares_backslashes_where_it_can(text: str, literal: str) -> None:
    assert raw(text) == literal


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Price it", "Price it."), ("Really?", "Really?"), ("Two\n lines ", "Two lines."), ("", ""), ("So on…", "So on…")],
)
def test_a_sentence_is_one_line_and_ends(text: str, expected: str) -> None:
    assert sentence(text) == expected


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))).filter(str.strip), st.integers(0, 2))
def test_a_docstring_says_what_it_should(text: str, depth: int) -> None:
    statement: Statement = Docstring(text)
    for _ in range(depth):
        statement = Compound("if it:", (statement,))
    found = ast.parse(code(statement)).body[0]
    for _ in range(depth):
        assert isinstance(found, ast.If)
        found = found.body[0]

    assert isinstance(found, ast.Expr)
    found = ast.literal_eval(found.value)
    assert found is not None
    assert "".join(found.split()) == "".join(sentence(text).split())


def test_a_long_docstring_has_a_summary_and_a_rest() -> None:
    text = code(Compound("if it:", (Docstring(f"Price it. {'Then do it again and again. ' * 6}"),)))

    assert text.startswith('if it:\n    """Price it.\n\n    Then do it again')
    assert text.endswith('\n    """\n')
    assert max(map(len, text.splitlines())) <= 120


def test_the_parts_of_a_module() -> None:
    made = function(
        "handle",
        [Parameter("self"), Parameter("request", "Model"), Parameter("limit", "int", "3")],
        "Model | None",
        [assign("x", "1"), assign("y", "2", "int"), returning(call("Model", [("x", "x")]))],
        is_async=True,
        decorators=["traced"],
    )

    assert code(class_("Handler", ["Base[int]"], [declare("z", "str"), made], ["final"])) == (
        "@final\n"
        "class Handler(Base[int]):\n"
        "    z: str\n"
        "\n"
        "    @traced\n"
        "    async def handle(self, request: Model, limit: int = 3) -> Model | None:\n"
        "        x = 1\n"
        "        y: int = 2\n"
        "        return Model(x=x)\n"
    )


def test_what_stands_above_and_behind() -> None:
    statement = spaced(Line("x = 1", ("# Why.",), "# what"))

    assert code(Compound("if it:", (statement, HandWritten("    y = 2\n# at the margin")))) == (
        "if it:\n\n    # Why.\n    x = 1  # what\n    y = 2\n# at the margin\n"
    )
