"""The type grammar: every form it has, and what it says of what it has not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.core.values import Pointer, Problem, Ref, Type
from omnibuild.spec.types import CONTAINERS, SCALARS, parse_type

AT = Pointer("specs/order.yaml", 0, ("input", "lines"))
STR, INT, NONE = Type("str"), Type("int"), Type("None")
LINE = Type("ref", ref=Ref("order", "Line"))


def read(text: str) -> Type:
    found = parse_type(text, AT, "order")
    assert isinstance(found, Type), found
    return found


def refused(text: str) -> Problem:
    found = parse_type(text, AT, "order")
    assert isinstance(found, Problem), found
    assert found.code == "type"
    return found


@pytest.mark.parametrize("name", SCALARS)
def test_scalars(name: str) -> None:
    assert read(name) == Type(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("None", NONE),
        ("Line", LINE),
        ("money.Amount", Type("ref", ref=Ref("money", "Amount"))),
        ("order_pricer.Input", Type("ref", ref=Ref("order_pricer", "Input"))),
        ("list[Line]", Type("list", (LINE,))),
        ("set[str]", Type("set", (STR,))),
        ("frozenset[tuple[str, int]]", Type("frozenset", (Type("tuple", (STR, INT)),))),
        ("dict[str, list[int]]", Type("dict", (STR, Type("list", (INT,))))),
        ("tuple[str, int]", Type("tuple", (STR, INT))),
        ("tuple[str, ...]", Type("tuple", (STR, Type("...")))),
        ("str | int | None", Type("|", (STR, INT, NONE))),
        ("str | (int | None)", Type("|", (STR, INT, NONE))),
        ("str | str", STR),
        ("str | None | str", Type("|", (STR, NONE))),
        ('Literal["a", 1, True, -2]', Type("Literal", values=("a", 1, True, -2))),
        ("  str ", STR),
        ("dict[\n  str,\n  int,\n]", Type("dict", (STR, INT))),
    ],
)
def test_types(text: str, expected: Type) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", ["tuple[str, ...]", "dict[str, list[int]] | None", "Literal['a', 2]", "list[UUID]"])
def test_a_type_is_shown_as_it_is_written(text: str) -> None:
    assert str(read(text)) == text


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    [
        ("string", 0, "unknown type `string`", "write str"),
        ("integer", 0, "unknown type `integer`", "write int"),
        ("float64", 0, "unknown type `float64`", "write float"),
        ("integr", 0, "unknown type `integr`", "did you mean `int`?"),
        ("list[decimal]", 5, "unknown type `decimal`", "write Decimal"),
        ("strr | int", 0, "unknown type `strr`", "did you mean `str`?"),
        ("foo", 0, "unknown type `foo`", "a model's name begins with a capital letter"),
        ("any", 0, "unknown type `any`", "write Any"),
        ("datetime.datetime", 0, "unknown type `datetime.datetime`", "write datetime"),
        ("typing.List", 0, "unknown type `typing.List`", "write list[…]"),
        ("Optional[int]", 0, "`Optional` takes no arguments", "write int | None"),
        ("list[Optional[Line]]", 5, "`Optional` takes no arguments", "write Line | None"),
        ("Union[str, int]", 0, "`Union` takes no arguments", "write str | int"),
        ("List[str]", 0, "`List` takes no arguments", "write list[str]"),
        ("typing.Dict[str, int]", 0, "`Dict` takes no arguments", "write dict[str, int]"),
        ("str[3]", 0, "`str` takes no arguments", ""),
        ("list", 0, "`list` of what?", "write for example list[str]"),
        ("dict[str]", 0, "`dict` takes 2 arguments, not 1", "write for example dict[str, int]"),
        ("list[str, int]", 0, "`list` takes 1 argument, not 2", "write for example list[str]"),
        ("tuple[()]", 0, "`tuple` takes 1 argument, not 0", "write for example tuple[str, int]"),
        ("set[list[int]]", 4, "`list[int]` cannot be an item of a set: it can change", "write tuple[…, ...]"),
        ("dict[Json, int]", 5, "`Json` cannot be a key of a dict: it can change", ""),
        ("set[str | dict[str, int]]", 4, "`dict[str, int]` cannot be an item of a set: it can change", ""),
        ("'Line'", 0, "a type stands without quotes", "write Line"),
        ("Literal", 0, "`Literal` of what?", 'write for example Literal["a", "b"]'),
        ("Literal[a]", 8, "`a` is not a text, whole number or bool", 'write "a"'),
        ("Literal[1.5]", 8, "`1.5` is not a text, whole number or bool", ""),
        ("Literal[None]", 8, "`None` stands outside of `Literal`", "write `Literal[…] | None`"),
        ("money.amount", 6, "`amount` is not a model", "models are capitalised"),
        ("a.b.C", 0, "`a.b.C` is not a type", "write `document.Model`"),
        ("3", 0, "`3` is not a type", "write a type as in Python, `list[str]`"),
        ("str & int", 0, "`str & int` is not a type", "write a type as in Python, `list[str]`"),
        ("list[int", 4, "not a type: '[' was never closed", ""),
        ("list int", 5, "not a type: invalid syntax", ""),
        ("", 0, "a type is missing", ""),
    ],
)
def test_what_is_wrong(text: str, offset: int, message: str, hint: str) -> None:
    problem = refused(text)
    assert (problem.message, problem.hint) == (message, hint)
    assert problem.at == AT.into(offset)


def test_whether_a_model_exists_is_not_asked() -> None:
    assert read("Integer").ref == Ref("order", "Integer")


def test_offsets_count_characters() -> None:
    assert refused('Literal["é"] | string').at == AT.into(15)
    assert refused("dict[\n  str,\n  string\n]").at == AT.into(15)


@pytest.mark.parametrize("text", ["list[" * 60 + "str" + "]" * 60, "str" + " | str" * 3000, "(" * 300])
def test_too_much_is_a_problem(text: str) -> None:
    assert refused(text).message


NAMES = st.sampled_from([*SCALARS, *CONTAINERS, "Line", "money.Amount", "None", "Optional", "...", "'x'", "1"])
PARTS = st.recursive(NAMES, lambda inner: st.builds("{}[{}, {}] | {}".format, inner, inner, inner, inner))


@given(PARTS | st.text(max_size=30))
def test_every_text_is_a_type_or_a_problem_inside_of_it(text: str) -> None:
    found = parse_type(text, AT, "order")
    if isinstance(found, Problem):
        assert isinstance(found.at, Pointer)
        assert 0 <= found.at.offset <= len(text)
    else:
        assert parse_type(str(found).replace("order.", ""), AT, "order") == found
