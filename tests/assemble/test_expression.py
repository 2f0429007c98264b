"""Expressions as text: what comes out is the tree that went in."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibuild.assemble.expression import expression
from omnibuild.core.values import ClassOf, Imported, Ref

LOAD = ast.Load()


def spell(node: Imported | ClassOf) -> str:
    return node.name if isinstance(node, Imported) else f"models.Model{node.ref.name}"


def write(tree: ast.expr) -> str:
    return expression(tree, spell)


def parse(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body


class Spelled(ast.NodeTransformer):
    """Replaces what the tree leaves open by the names that stand for it."""

    def visit_Imported(self, node: Imported) -> ast.expr:
        return parse(spell(node))

    def visit_ClassOf(self, node: ClassOf) -> ast.expr:
        return parse(spell(node))


AS_WRITTEN = [
    "request.lines",
    "a + b * c",
    "(a + b) * c",
    "a - (b - c)",
    "a - b - c",
    "a / b / c",
    "(a % b) * c",
    "(a // b) * c",
    "a**2",
    "-(a**2)",
    "(-a) ** 2",
    "a**-b",
    "(a**b) ** c",
    "a ** (b**c)",
    "a.b**2",
    "f(a) ** 2",
    "-a * b",
    "not a == b",
    "not (a and b)",
    "(not a) == b",
    "a and b and c",
    "(a and b) or c",
    "a or (b and c)",
    "a < b <= c",
    "(a < b) == c",
    "a not in b",
    "a is not None",
    "a if b else c",
    "a if b else (c if d else e)",
    "(a if b else c).d",
    "(a if b else c) + d",
    "sum(x for x in a)",
    "sum((x for x in a), Decimal())",
    "sum((x for x in a), start=b)",
    "[x for x in a if b for y in x]",
    "[x for x in (a if b else c)]",
    "[x for x in a if (b if c else d)]",
    "[a if b else c for x in y]",
    "{k: v for k, v in a.items()}",
    "{x for x in a}",
    "[i for i, (a, b) in c]",
    "()",
    "(a,)",
    "(a, b)",
    "[]",
    "{}",
    '{"a": 1, "b": [a, b]}',
    "a[0]",
    "a[-1]",
    "a[b:c]",
    "a[b.c : d]",
    "a[b + 1 :]",
    "a[: f(b)]",
    "a[::2]",
    "a[b.c :: 2]",
    "a[b, c]",
    "a[(b,)]",
    "(1).real",
    "(await a).b",
    "None",
    "1.5",
    "1e16",
    "await a.b(c)",
    "a(b, c=d if e else f)",
    "a()",
    'f"{a}"',
    "f\"{a['b']}\"",
    'f"{a!r:>10} {{b}} {c:.2f}"',
    "f\"{ {'a': 1}['a'] }\"",
    'f"{a if b else c}"',
    "f'a \"b\" {c}'",
    '"it\'s"',
    "'say \"a\"'",
    '"\\n\\x00é"',
    'b"a"',
    "--a",
    "not not a",
]


@pytest.mark.parametrize("code", AS_WRITTEN)
def test_written_as_a_careful_reader_would(code: str) -> None:
    assert write(parse(code)) == code


@pytest.mark.parametrize(
    ("wordy", "terse"),
    [
        ("(a)", "a"),
        ("(a * b) + c", "a * b + c"),
        ("(a + b) + c", "a + b + c"),
        ("(a.b)[(0)]", "a.b[0]"),
        ("not (a == b)", "not a == b"),
        ("[(x) for x in (a)]", "[x for x in a]"),
        ("sum((x for x in a))", "sum(x for x in a)"),
        ("a[(b, c)]", "a[b, c]"),
        ("[x for (x, y) in a]", "[x for x, y in a]"),
        ("'a'", '"a"'),
        ("'''a\nb'''", '"a\\nb"'),
        ("1_000", "1000"),
        ("'a' 'b'", '"ab"'),
    ],
)
def test_no_more_parentheses_than_needed(wordy: str, terse: str) -> None:
    assert write(parse(wordy)) == terse


def test_imports_and_classes_are_spelled_by_the_caller() -> None:
    made = ast.Call(ClassOf(Ref("money", "Amount")), [], [ast.keyword("value", Imported("decimal", "Decimal"))])
    assert write(made) == "models.ModelAmount(value=Decimal)"


def test_negative_constants_are_signed() -> None:
    tree = ast.BinOp(ast.Constant(-1), ast.Pow(), ast.Constant(-2.5))
    assert write(tree) == "(-1) ** -2.5"


@pytest.mark.parametrize(
    "code", ["lambda: 1", "(a := 1)", "a | b", "~a", "f(*a)", "f(**a)", "{**a}", "[*a]", "1j", "..."]
)
def test_other_nodes_are_a_mistake_of_the_caller(code: str) -> None:
    with pytest.raises(TypeError, match="not of the expression grammar"):
        write(parse(code))


def test_the_formatter_leaves_it_alone(tmp_path: Path) -> None:
    code = "".join(f"it = {write(parse(it))}\n" for it in AS_WRITTEN)
    file = tmp_path / "code.py"
    file.write_text(code, encoding="utf-8")
    ruff = str(Path(sys.executable).parent / "ruff")
    options = ["--isolated", "--no-cache", "--line-length=120", "--target-version=py312"]
    subprocess.run([ruff, "format", *options, str(file)], check=True, capture_output=True)
    assert file.read_text(encoding="utf-8") == code


# ------------------------------------------------------------------- any tree of the grammar

IDENTIFIERS = st.sampled_from(["a", "b", "request", "lines", "é"])
LEAVES: st.SearchStrategy[ast.expr] = st.one_of(
    IDENTIFIERS.map(lambda it: ast.Name(it, LOAD)),
    st.integers(min_value=0, max_value=10**20).map(ast.Constant),
    st.floats(min_value=0, allow_nan=False).map(ast.Constant),
    st.sampled_from([None, True, False]).map(ast.Constant),
    st.text(max_size=5).map(ast.Constant),
    st.text("'\"\\{}n\n", max_size=5).map(ast.Constant),
    st.binary(max_size=5).map(ast.Constant),
    st.just(Imported("decimal", "Decimal")),
    st.just(ClassOf(Ref("money", "Amount"))),
)
OPERATORS = st.sampled_from([ast.Add(), ast.Sub(), ast.Mult(), ast.Div(), ast.FloorDiv(), ast.Mod(), ast.Pow()])
SIGNS = st.sampled_from([ast.Not(), ast.USub(), ast.UAdd()])
COMPARISONS = st.sampled_from(
    [ast.Eq(), ast.NotEq(), ast.Lt(), ast.GtE(), ast.Is(), ast.IsNot(), ast.In(), ast.NotIn()]
)
NAMES = IDENTIFIERS.map(lambda it: ast.Name(it, ast.Store()))
TARGETS: st.SearchStrategy[ast.expr] = st.recursive(
    NAMES,
    lambda inner: st.lists(inner, min_size=1, max_size=2).map(lambda it: ast.Tuple(it, ast.Store())),
    max_leaves=3,
)
SPECS = st.none() | st.sampled_from([">10", ".2f", "%Y-%m"]).map(lambda it: ast.JoinedStr([ast.Constant(it)]))


def branches(inner: st.SearchStrategy[ast.expr]) -> st.SearchStrategy[ast.expr]:
    some = st.lists(inner, max_size=3)
    clause = st.builds(ast.comprehension, TARGETS, inner, st.lists(inner, max_size=1), st.just(0))
    clauses = st.lists(clause, min_size=1, max_size=2)
    keyword = st.builds(ast.keyword, IDENTIFIERS, inner)
    optional = st.none() | inner
    sliced = st.builds(ast.Slice, optional, optional, optional)
    field = st.builds(ast.FormattedValue, inner, st.sampled_from([-1, ord("r"), ord("s")]), SPECS)
    return st.one_of(
        st.builds(ast.BinOp, inner, OPERATORS, inner),
        st.builds(ast.UnaryOp, SIGNS, inner),
        st.builds(ast.BoolOp, st.sampled_from([ast.And(), ast.Or()]), st.lists(inner, min_size=2, max_size=3)),
        st.builds(ast.Compare, inner, st.just([ast.Lt()]), st.tuples(inner).map(list)),
        st.builds(
            lambda a, ops, b, c: ast.Compare(a, ops, [b, c]),
            inner,
            st.tuples(COMPARISONS, COMPARISONS).map(list),
            inner,
            inner,
        ),
        st.builds(ast.IfExp, inner, inner, inner),
        st.builds(ast.Attribute, inner, IDENTIFIERS, st.just(LOAD)),
        st.builds(ast.Subscript, inner, inner | sliced, st.just(LOAD)),
        st.builds(ast.Call, inner, some, st.lists(keyword, max_size=2)),
        st.builds(ast.Tuple, some, st.just(LOAD)),
        st.builds(ast.List, some, st.just(LOAD)),
        st.builds(ast.Set, st.lists(inner, min_size=1, max_size=3)),
        st.lists(st.tuples(inner, inner), max_size=2).map(lambda it: ast.Dict([k for k, _ in it], [v for _, v in it])),
        st.builds(ast.ListComp, inner, clauses),
        st.builds(ast.SetComp, inner, clauses),
        st.builds(ast.GeneratorExp, inner, clauses),
        st.builds(ast.DictComp, inner, inner, clauses),
        st.builds(ast.Await, inner),
        st.tuples(st.text(min_size=1, max_size=5), field).map(lambda it: ast.JoinedStr([ast.Constant(it[0]), it[1]])),
        st.lists(field, min_size=1, max_size=2).map(lambda it: ast.JoinedStr(list(it))),
    )


@settings(max_examples=500, deadline=None)
@given(st.recursive(LEAVES, branches, max_leaves=12))
def test_the_code_is_the_tree(tree: ast.expr) -> None:
    code = write(tree)
    assert ast.dump(parse(code)) == ast.dump(Spelled().visit(tree)), code
