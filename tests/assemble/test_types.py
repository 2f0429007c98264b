from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import HttpUrl, JsonValue, TypeAdapter

from omnibuild.assemble import layout
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.types import Types
from omnibuild.core.values import Enum, Field, Json, Model, Pointer, Problem, Ref, Type
from omnibuild.spec.types import parse_type

AT = Pointer("specs/it.yaml", 0, ("input", "it"))
LEAF = Model(Ref("it", "Leaf"), (Field("label", Type("str"), AT), Field("size", Type("int"), AT, required=False)), AT)
COLOUR = Enum(Ref("it", "Colour"), (("red", ""), ("green", "")), AT)


def lookup(ref: Ref) -> Model | Enum | None:
    declared: Mapping[str, Model | Enum] = {"Leaf": LEAF, "Colour": COLOUR}
    return declared.get(ref.name)


def types(imports: Imports | None = None) -> Types:
    return Types(imports or Imports("acme"), lambda ref: f"Model{ref.name}", lookup)


def parsed(text: str) -> Type:
    type_ = parse_type(text, AT, "it")
    assert not isinstance(type_, Problem)
    return type_


def evaluated(text: str, imports: Imports) -> Any:
    space: dict[str, Any] = {}
    exec(layout.written(imports.statements()), space)
    return eval(text, space)


_SCALARS: dict[str, tuple[Any, st.SearchStrategy[Json]]] = {
    "str": (str, st.text()),
    "int": (int, st.integers()),
    "bool": (bool, st.booleans()),
    "float": (float, st.integers(-1000, 1000) | st.floats(allow_nan=False, allow_infinity=False)),
    "bytes": (bytes, st.text()),
    "Decimal": (Decimal, st.integers(-1000, 1000) | st.decimals(allow_nan=False, allow_infinity=False).map(str)),
    "UUID": (UUID, st.uuids().map(str)),
    "datetime": (datetime, st.datetimes().map(datetime.isoformat) | st.integers(0, 10**9)),
    "date": (date, st.dates().map(date.isoformat)),
    "time": (time, st.times().map(time.isoformat) | st.integers(0, 86_399)),
    "timedelta": (
        timedelta,
        st.integers(-(10**6), 10**6) | st.sampled_from(["PT90S", "P1DT2H", "-PT0.5S", "01:30:00"]),
    ),
    "Path": (Path, st.sampled_from(["a/b.txt", "/x", 'q"uote'])),
    "HttpUrl": (HttpUrl, st.sampled_from(["https://example.org/", "http://a.b:80/c?d=e#f"])),
    'Literal["a", "b", 3]': (Literal["a", "b", 3], st.sampled_from(["a", "b", 3])),
    "int | None": (int | None, st.none() | st.integers()),
    "str | int | bool | None": (str | int | bool | None, st.none() | st.integers() | st.text() | st.booleans()),
    "Json": (
        JsonValue,
        st.recursive(
            st.none() | st.integers() | st.text() | st.booleans(),
            lambda it: st.lists(it) | st.dictionaries(st.text(), it),
            max_leaves=6,
        ),
    ),
}
_ITEMS = st.sampled_from(["str", "int", "Decimal", "UUID", "date", "int | None", 'Literal["a", "b", 3]'])


@st.composite
def values(draw: st.DrawFn) -> tuple[str, Any, Json]:
    """Draw a type as written, the same for pydantic, and a JSON value of it."""
    name = draw(st.sampled_from(sorted(_SCALARS)) | _ITEMS)
    kind: Any
    kind, made = _SCALARS[name]
    containers: Mapping[str, Any] = {"list": list, "set": set, "frozenset": frozenset, "dict": dict, "tuple": tuple}
    match draw(st.sampled_from(["", "", "list", "set", "frozenset", "dict", "tuple", "tuple..."])):
        case "list":
            return f"list[{name}]", containers["list"][kind], draw(st.lists(made, max_size=3))
        case ("set" | "frozenset") as head if name != "Json":
            return f"{head}[{name}]", containers[head][kind], draw(st.lists(made, max_size=3))
        case "dict":
            return (
                f"dict[str, {name}]",
                containers["dict"][str, kind],
                draw(st.dictionaries(st.text(), made, max_size=3)),
            )
        case "tuple":
            return f"tuple[{name}, int]", containers["tuple"][kind, int], [draw(made), draw(st.integers())]
        case "tuple...":
            return f"tuple[{name}, ...]", containers["tuple"][kind, ...], draw(st.lists(made, max_size=3))
        case _:
            return name, kind, draw(made)


@settings(max_examples=300, deadline=None)
@given(values())
def test_a_value_as_code_is_what_pydantic_reads(drawn: tuple[str, Any, Json]) -> None:
    written, kind, value = drawn
    imports = Imports("acme")

    text = types(imports).value(parsed(written), value)

    expected = TypeAdapter(kind).validate_python(value)
    found = evaluated(text, imports)
    assert found == expected
    assert type(found) is type(expected)


@settings(max_examples=150, deadline=None)
@given(values())
def test_a_default_is_the_value_or_makes_it(drawn: tuple[str, Any, Json]) -> None:
    written, kind, value = drawn
    imports = Imports("acme")
    field = Field("it", parsed(written), AT, required=False, default=value)

    text, is_factory = types(imports).default(field)

    found = evaluated(text, imports)
    assert (found() if is_factory else found) == TypeAdapter(kind).validate_python(value)
    assert is_factory or not isinstance(found, list | dict | set)


@pytest.mark.parametrize(
    ("written", "annotation", "imported"),
    [
        ("list[int | None]", "list[int | None]", ""),
        ("dict[str, Decimal]", "dict[str, Decimal]", "from decimal import Decimal"),
        ("tuple[date, ...]", "tuple[date, ...]", "from datetime import date"),
        ('Literal["a", 3, True]', 'Literal["a", 3, True]', "from typing import Literal"),
        ("Json", "JsonValue", "from pydantic import JsonValue"),
        ("Leaf | None", "ModelLeaf | None", ""),
    ],
)
def test_annotations(written: str, annotation: str, imported: str) -> None:
    imports = Imports("acme")

    assert types(imports).annotation(parsed(written)) == annotation
    assert layout.written(imports.statements()).strip() == imported


@pytest.mark.parametrize(
    ("written", "value", "text", "is_factory"),
    [
        ("list[str]", [], "list", True),
        ("list[str] | None", [], "list", True),
        ("dict[str, int]", {}, "dict", True),
        ("set[int]", [], "set", True),
        ("frozenset[int]", [], "frozenset()", False),
        ("list[str]", ["a"], 'lambda: ["a"]', True),
        ("list[int | str]", [1], "lambda: list[int | str]([1])", True),
        ("dict[str, list[str]]", {"a": []}, 'lambda: dict[str, list[str]]({"a": []})', True),
        ('set[Literal["a", "b"]]', ["a"], 'lambda: set[Literal["a", "b"]]({"a"})', True),
        ("Json", {"a": 1}, 'lambda: dict[str, JsonValue]({"a": 1})', True),
        ("Json", [1], "lambda: list[JsonValue]([1])", True),
        ("Json", 1, "1", False),
        ("Leaf", {}, "ModelLeaf", True),
        ("Leaf", {"label": "x"}, 'lambda: ModelLeaf(label="x")', True),
        ("Colour", "red", "ModelColour.RED", False),
        ("list[Colour]", ["red"], "lambda: [ModelColour.RED]", True),
        ("tuple[int, str]", [1, "a"], '(1, "a")', False),
        ("int | str", "5", '"5"', False),
        ("Decimal", 5, "Decimal(5)", False),
        ("Decimal", "5.00", 'Decimal("5.00")', False),
        ("float", 1, "1.0", False),
        ("date", "2026-01-31", "date(2026, 1, 31)", False),
        ("timedelta", "P1DT2H", "timedelta(days=1, seconds=7200)", False),
        ("timedelta", 0, "timedelta()", False),
        ("datetime", 0, 'datetime.fromisoformat("1970-01-01T00:00:00+00:00")', False),
        ("bytes", "ä", '"ä".encode()', False),
    ],
)
def test_defaults(written: str, value: Json, text: str, is_factory: bool) -> None:
    field = Field("it", parsed(written), AT, required=False, default=value)

    assert types().default(field) == (text, is_factory)


def test_defaults_are_what_the_type_checker_expects(tmp_path: Path) -> None:
    imports = Imports("acme")
    writer = types(imports)
    fields: list[str] = []
    defaults: list[tuple[str, Json]] = [
        ("list[int | str]", [1]),
        ("dict[str, Decimal | None]", {"x": 1}),
        ("Json", {"a": [1, None]}),
        ("Json", []),
        ("list[Json]", [1, [], {}]),
        ("set[int | str] | None", [1]),
        ("list[list[str]]", [[]]),
        ("tuple[list[int | str], ...]", [[1]]),
        ("frozenset[int | str]", [1]),
        ('list[Literal["a", "b"]]', ["a"]),
        ("dict[str, dict[str, int]]", {"x": {}}),
    ]
    for number, (written, value) in enumerate(defaults):
        field = Field("it", parsed(written), AT, required=False, default=value)
        text, is_factory = writer.default(field)
        key = "default_factory" if is_factory else "default"
        fields.append(f"    f{number}: {writer.annotation(field.type)} = Field({key}={text}, description='x')")
    imports.name("pydantic", "BaseModel")
    imports.name("pydantic", "Field")
    source = "\n".join([layout.written(imports.statements()), "class M(BaseModel):", *fields, ""])
    (tmp_path / "it.py").write_text(source)
    ast.parse(source)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "it.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
