"""Attacks on the expression grammar: nothing leads into the interpreter, nothing hangs it."""

from __future__ import annotations

import ast
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibuild.assemble.expression import expression as written
from omnibuild.core.values import Pointer
from tests.spec.expressions import AT, FIELDS, python, read, spell, wrong


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("name.__class__", 5, "`__class__` is not allowed: names beginning with _"),
        ("().__class__.__bases__[0].__subclasses__()", 26, "`__subclasses__` is not allowed: names beginning with _"),
        ("row.__dict__", 4, "`__dict__` is not allowed: names beginning with _"),
        ("row._private", 4, "`_private` is not allowed: names beginning with _"),
        ("data.__init__.__globals__", 14, "`__globals__` is not allowed: names beginning with _"),
        ("Status.__members__", 7, "`Status` has no member `__members__`"),
        ("Line.__init__", 0, "`Line` is a model, not a value"),
        ("lines[0].__fields__", 9, "`__fields__` is not allowed: names beginning with _"),
        ("f'{name.__class__}'", 8, "`__class__` is not allowed: names beginning with _"),
        ("''.join.__self__", 3, "`join` is a method"),
        ("'{0.__class__}'.format(name)", 16, "`format` is not allowed"),
        ("'{a.__class__}'.format_map(prices)", 16, "`format_map` is not allowed"),
        ("row.format(name)", 4, "`format` is not allowed"),
        ("name.format", 5, "`format` is not allowed"),
        ("row.gi_frame", 4, "`gi_frame` is not allowed"),
        ("(x for x in tags).gi_frame", 18, "`gi_frame` is not allowed"),
        ("row.f_globals", 4, "`f_globals` is not allowed"),
        ("row.mro()", 4, "`mro` is not allowed"),
        ("row.execute()", 4, "unknown method `execute`"),
        ("__import__('os')", 0, "unknown function `__import__`"),
        ("__builtins__", 0, "unknown name `__builtins__`"),
        ("eval('1')", 0, "unknown function `eval`"),
        ("getattr(name, 'x')", 0, "unknown function `getattr`"),
        ("open('/etc/passwd')", 0, "unknown function `open`"),
        ("str.maketrans('a', 'b')", 0, "`str` is a function"),
        ("Decimal.from_float(0.1)", 0, "`Decimal` is a function"),
        ("(lambda: 1)()", 1, "`lambda: 1` cannot be called"),
        ("[lambda: 1]", 1, "`lambda` is not part of expressions"),
        ("[y := 1]", 1, "`:=` is not part of expressions"),
        ("[x async for x in tags]", 13, "`async` is not part of expressions"),
        ("(await name)", 1, "`await` is not part of expressions"),
        ("(yield)", 1, "`yield` is not part of expressions"),
        ("max(*tags)", 4, "`*` and `**` in calls are not part of expressions"),
        ("Line(**prices)", 7, "`*` and `**` in calls are not part of expressions"),
        ("[*tags]", 1, "`*` in front of a value is not part of expressions"),
        ("{**prices}", 3, "`**` is not part of expressions"),
        ("max(lines, key=len)", 11, "`max` takes no `key=` here"),
        ("lines.append(1)", 6, "`append` changes its object; expressions only read"),
        ("prices.pop('a')", 7, "`pop` changes its object; expressions only read"),
        ("row.update(a=1)", 4, "`update` changes its object; expressions only read"),
        ("tags.add('a')", 5, "`add` changes its object; expressions only read"),
        ("[x for __x in tags]", 7, "`__x` is not allowed: names beginning with __ are Python's own"),
        ("[x for row.x in tags]", 7, "a variable of `for` is a name"),
        ("[x for x[0] in tags]", 7, "a variable of `for` is a name"),
        ("quantity & 1", 0, "bitwise operators are not part of expressions"),
        ("~quantity", 0, "`~` has no meaning for int"),
        ("3j", 0, "`3j` is not a value of any type here"),
        ("...", 0, "`...` is not a value of any type here"),
        # formats
        ("f'{name:>{quantity}}'", 3, "a format spec must be constant"),
        ("f'{quantity:{row.__class__}}'", 3, "a format spec must be constant"),
        ("f'{quantity:1000}'", 3, "`1000` is not a format spec"),
        ("f'{ratio:.999f}'", 3, "`.999f` is not a format spec"),
        ("f'{name:d}'", 3, "`d` does not format str"),
        ("f'{at:%Q}'", 3, "`%Q` is not a format for a datetime"),
        ("f'{lines:>10}'", 3, "list[order.Line] takes no format spec"),
        ("f'{name!a}'", 3, "`!a` is not part of expressions"),
        ("at.strftime(name)", 12, "the format must be a constant text"),
        ("at.strftime('%')", 12, "`%` is not a format for dates and times"),
        ("'%1000000000d' % quantity", 0, "`%` has no meaning for str and int"),
        # sizes
        ("9**9**9", 0, "this power is too large"),
        ("quantity ** 1001", 0, "this power is too large"),
        ("((quantity ** 999) ** 999) ** 999", 0, "this power is too large"),
        ("2.0 ** 10 ** 9", 0, "this power is too large"),
        ("range(10 ** 12)", 6, "this range is too large"),
        ("range(0, 999999999)", 9, "this range is too large"),
        ("'a' * 10 ** 9", 0, "this repeats too often"),
        ("name * 1000 * 1000 * 1000", 0, "this repeats too often"),
        ("[0] * 99999999", 0, "this repeats too often"),
        ("99999999 * (1000 * tags.__len__)", 24, "`__len__` is not allowed: names beginning with _"),
        ("name.zfill(10 ** 9)", 11, "this width is too large"),
        ("name.center(99999)", 12, "this width is too large"),
        ("1" * 400, 0, "this number is too large"),
        ("1e999", 0, "this number is too large"),
    ],
)  # fmt: skip
def test_refused(text: str, offset: int, message: str) -> None:
    assert any(where == offset and what.startswith(message) for where, what, _ in wrong(text))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1" * 5000, "integer string"),
        ("a" * 10_001, "longer than 10,000 characters"),
        ("-" * 9_000 + "1", "more than 50 levels deep"),
        ("(" * 9_000, "too many nested parentheses"),
        ("[" * 100 + "]" * 100, "more than 50 levels deep"),
        ("name" + ".upper()" * 900, "more than 50 levels deep"),
        ("not " * 2_000 + "1", "more than 50 levels deep"),
        ("1 + " * 60 + "1", "more than 50 levels deep"),
        ("[" + "1," * 3_000 + "]", "more than 2,000 parts"),
        ("name\0", "control character"),
        ("'\ud800'", "not Python"),
        ("f'{" * 200, "f-string"),
    ],
)
def test_too_much_is_one_problem(text: str, part: str) -> None:
    ((_, message, _),) = wrong(text)
    assert part in message


def nested(form: str, depth: int) -> str:
    text = "quantity"
    for _ in range(depth):
        text = form.format(text)
    return text


@pytest.mark.parametrize(
    "form",
    [
        "discount * (0.5 if ok else {})",
        "note.replace('a', {})",
        "({} or note)",
        "(note and {})",
        "max(0, {})",
        "[{}, 0]",
        "(0 < {})",
        "prices.get('a', {})",
        "(0.5 if {} else discount)",
        "[x for x in lines if {}]",
        "(not {})",
        "str({})",
    ],
)
def test_reading_takes_no_longer_than_the_text_is_long(form: str) -> None:
    depth = next(it for it in range(60, 0, -1) if "levels deep" not in str(read(nested(form, it))[1]))
    assert depth >= 10
    begin = time.perf_counter()
    read(nested(form, depth))
    assert time.perf_counter() - begin < 1


def test_no_variable_leaves_its_comprehension() -> None:
    assert wrong("[x for x in tags] + [x]") == [(21, "unknown name `x`", "")]
    assert wrong("[y for x in [y for y in tags]]") == [(1, "unknown name `y`", "")]
    assert wrong("[x for x in x]") == [(12, "unknown name `x`", "")]


# ------------------------------------------------------------------- any text at all

ATOMS = st.sampled_from(
    [*FIELDS, "told", "row", "env.WAREHOUSE_URL", "Status.paid", "money", "x", "0", "0.5", "'a'", "None", "nme"]
)
FORMS = """
{a} + {b}
{a} * {b}
{a} ** {b}
-{a}
not {a}
({a}) and ({b})
{a} or {b}
{a} < {b}
{a} == {b}
{a} in {b}
{a} is not None
({a} if {b} else {c})
[{a} for x in {b} if {c}]
{{{a}: {b} for x in {c}}}
sum({a} for x in {b})
max({a}, {b})
sorted({a})
list(zip({a}, {b}))
f'{{{a}!r:>10}}'
[{a}, {b}]
({a}, {b})
{{{a}, {b}}}
{{{a}: {b}}}
({a}).upper()
({a}).get({b}, {c})
({a})[{b}]
({a})[{b}:]
Line(sku={a}, quantity={b}, unit_price={c})
money.Amount(value={a}, currency={b})
Decimal({a})
str({a})
({a}).unit_price
round({a}, {b})
len({a})
dict({a})
sum({a}, {b})
min({a}, default={b})
""".strip().splitlines()


def filled(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda form, a, b, c: form.format(a=a, b=b, c=c), st.sampled_from(FORMS), inner, inner, inner)


TEXTS = st.recursive(ATOMS, filled, max_leaves=8)


@settings(max_examples=500, deadline=None)
@given(TEXTS | st.text(max_size=40), st.sampled_from([None, "Decimal", "list[Line]", "str | None", "Json", "Status"]))
def test_every_text_is_python_or_problems_inside_of_it(text: str, expected: str | None) -> None:
    lowered, problems = read(text, expected)
    assert (lowered is None) == bool(problems)
    for problem in problems:
        assert isinstance(problem.at, Pointer)
        assert 0 <= problem.at.offset <= len(text)
        assert problem.at.path == AT.path
    if lowered:
        code = written(lowered.tree, spell)
        ast.parse(code, mode="eval")


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_what_is_lowered_has_only_names_of_the_scope(text: str) -> None:
    if read(text)[0] is None:
        return
    roots = {"request", "self", "told", "row", "x", "Decimal", "UUID", "timedelta", "cast", "Any"}
    functions = {"sum", "max", "min", "sorted", "list", "zip", "str", "round", "len", "dict"}
    tree = ast.parse(python(text), mode="eval")
    found = {it.id for it in ast.walk(tree) if isinstance(it, ast.Name)}
    assert found <= roots | functions | {"ModelLine", "ModelAmount", "ModelStatus", "ModelCurrency"}
