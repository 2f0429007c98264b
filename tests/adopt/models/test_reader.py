"""Existing models as fields of the language: what is read of them, and when they stay references."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.adopt.models.reader import Models
from omnibuild.adopt.models.shapes import EnumShape, Extra, FieldShape, Member, ModelShape, Opaque
from omnibuild.core.values import Place
from tests.adopt.code.packages import lay

HEAD = """
from __future__ import annotations
import re, uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum, auto
from pathlib import Path
from typing import (Annotated, Any, Callable, ClassVar, Dict, FrozenSet, Generic, List, Literal, NewType, Optional,
    Tuple, TypeAlias, TypeVar, Union)
from collections.abc import Mapping as AnyMapping, Sequence as AnySequence
from uuid import UUID, uuid4
import pydantic
import pydantic as p
from annotated_types import Ge, MinLen
from pydantic import (AfterValidator, AliasChoices, AliasPath, AwareDatetime, BaseModel, BeforeValidator, ConfigDict,
    Discriminator, Field, HttpUrl, JsonValue, NonNegativeInt, PlainValidator, PositiveFloat, PrivateAttr, RootModel,
    SecretStr, StringConstraints, WithJsonSchema, computed_field, conint, constr, field_validator, model_validator)
"""


def models(root: Path, text: str, **more: str) -> Models:
    files = {f"acme/{name}.py": it for name, it in more.items()}
    return Models(lay(root, {"acme/__init__.py": "", "acme/it.py": HEAD + text, **files}))


def model(root: Path, text: str, name: str = "It", **more: str) -> ModelShape:
    shape = models(root, text, **more).shape(f"acme.it:{name}")
    assert isinstance(shape, ModelShape), shape
    return shape


def field(root: Path, declared: str, before: str = "", **more: str) -> FieldShape:
    """Return the field `a` of a model with this declaration behind the name."""
    (found,) = model(root, f"{before}\nclass It(BaseModel):\n    a{declared}\n", **more).fields
    return found


def refused(root: Path, text: str, name: str = "It") -> str:
    shape = models(root, text).shape(f"acme.it:{name}")
    assert isinstance(shape, Opaque), shape
    return shape.reason


@pytest.mark.parametrize(
    ("annotation", "type_"),
    [
        ("str", "str"),
        ("'str'", "str"),
        ("Optional[int]", "int | None"),
        ("Union[int, None, Optional[str]]", "int | None | str"),
        ("int | 'str' | None", "int | str | None"),
        ("List[Dict[str, float]]", "list[dict[str, float]]"),
        ("tuple[str, ...]", "tuple[str, ...]"),
        ("Tuple[int, str]", "tuple[int, str]"),
        ("FrozenSet[UUID]", "frozenset[UUID]"),
        ("dict", "dict[Any, Any]"),
        ("list", "list[Any]"),
        ("tuple", "tuple[Any, ...]"),
        ("AnyMapping[str, object]", "dict[str, Any]"),
        ("AnySequence[date]", "list[date]"),
        ("Literal['a', 1, True]", "Literal['a', 1, True]"),
        ("Literal['a', None]", "Literal['a'] | None"),
        ("Literal[CONSTANT]", "Literal['constant']"),
        ("Literal[Colour.RED]", "Literal['red']"),
        ("HttpUrl | JsonValue", "HttpUrl | Json"),
        ("pydantic.HttpUrl", "HttpUrl"),
        ("AwareDatetime", "datetime"),
        ("p.SecretStr", "pydantic.SecretStr"),
        ("Alias", "list[int]"),
        ("NewAlias", "str | None"),
        ("Declared", "dict[str, int]"),
        ("Named", "str"),
        ("Colour", "acme.it.Colour"),
        ("'It | None'", "acme.it.It | None"),
        ("Recursive", "acme.it.Recursive"),
        ("list[Texts]", "list[acme.it.Texts]"),
    ],
)
def test_types(tmp_path: Path, annotation: str, type_: str) -> None:
    before = """
class Colour(StrEnum):
    RED = "red"
CONSTANT = "constant"
Alias = List[int]
type NewAlias = Optional[str]
Declared: TypeAlias = "dict[str, int]"
Named = NewType("Named", str)
type Recursive = int | list[Recursive]
Texts = list[Annotated[str, MinLen(1)]]
"""
    assert str(field(tmp_path, f": {annotation}", before).type) == type_


@pytest.mark.parametrize(
    ("declared", "constraints"),
    [
        (": int = Field(gt=0, le=LIMIT)", (("gt", 0), ("le", 60))),
        (": Annotated[int, Field(ge=1)] = Field(default=3, le=5)", (("ge", 1), ("le", 5))),
        (": Annotated[str, StringConstraints(min_length=1, pattern='^a')]", (("min_length", 1), ("pattern", "^a"))),
        (": Annotated[list[int], Ge(1), MinLen(2)]", (("ge", 1), ("min_length", 2))),
        (": Annotated[int, Field(ge=1)] | None = None", (("ge", 1),)),
        (": Optional[Short] = None", (("max_length", 3),)),
        (": Short", (("max_length", 3),)),
        (": NonNegativeInt", (("ge", 0),)),
        (": PositiveFloat | None", (("gt", 0),)),
        (": constr(min_length=2)", (("min_length", 2),)),
        (": conint(ge=-1)", (("ge", -1),)),
        (": str = Field(pattern=PATTERN.pattern)", (("pattern", "^[a-z]+$"),)),
        (": Decimal = Field(ge=Decimal('0.5'))", (("ge", "0.5"),)),
        (": Annotated[int, AfterValidator(abs), BeforeValidator(int)]", ()),
    ],
)
def test_constraints(tmp_path: Path, declared: str, constraints: tuple[tuple[str, object], ...]) -> None:
    before = """
LIMIT = 2 * 30
PATTERN = re.compile("^[a-z]+$")
Short = Annotated[str, Field(max_length=3)]
"""
    assert field(tmp_path, declared, before).constraints == constraints


@pytest.mark.parametrize(
    ("declared", "required", "default"),
    [
        (": int", True, None),
        (": int = Field(...)", True, None),
        (": int = ...", True, None),
        (": int | None = None", False, None),
        (": int = Field(default=-1)", False, -1),
        (": int = Field(SECONDS)", False, 3600),
        (": str = f'{PREFIX}-{1}'", False, "acme-1"),
        (": str = Colour.RED", False, "red"),
        (": str = Colour.RED.value", False, "red"),
        (": str = constants.NAME", False, "far"),
        (": tuple[str, ...] = ('a', *MORE)", False, ["a", "b"]),
        (": frozenset[str] = frozenset({'a'})", False, ["a"]),
        (": Decimal = Decimal('0.10')", False, "0.10"),
        (": Path = Path('/tmp')", False, "/tmp"),
        (": timedelta = timedelta(1, minutes=2)", False, 86520),
        (": list[str] = Field(default_factory=list)", False, []),
        (": dict[str, int] = Field(default_factory=lambda: {'a': 1})", False, {"a": 1}),
        (": list[str] = Field(default_factory=lambda: list(MORE))", False, ["b"]),
        (": Point = Field(default_factory=lambda: Point(x=1))", False, {"x": 1}),
        (": Annotated[int, Field(default=4)]", False, 4),
    ],
)
def test_defaults(tmp_path: Path, declared: str, required: bool, default: object) -> None:
    before = """
from acme import constants
class Colour(str, Enum):
    RED = "red"
class Point(BaseModel):
    x: int = 0
SECONDS = 60 * 60
PREFIX = "acme"
MORE = ("b",)
"""
    found = field(tmp_path, declared, before, constants='NAME = "far"\n')

    assert (found.required, found.default, found.factory) == (required, default, "")


@pytest.mark.parametrize(
    ("declared", "factory"),
    [
        (": tuple[int, ...] = Field(default_factory=tuple)", "tuple"),
        (": frozenset[int] = Field(default_factory=frozenset)", "frozenset"),
        (": UUID = Field(default_factory=uuid4)", "uuid4"),
        (": UUID = Field(default_factory=lambda: uuid.uuid4())", "uuid4"),
        (": str = Field(default_factory=lambda: str(uuid4()))", "uuid4"),
        (": datetime = Field(default_factory=lambda: datetime.now(UTC))", "now"),
        (": datetime = Field(default_factory=lambda: datetime.now(tz=timezone.utc))", "now"),
        (": datetime = Field(default_factory=_now)", "now"),
        (": str = Field(default_factory=lambda: datetime.now(UTC).isoformat())", "now"),
        (": Point = Field(default_factory=Point)", "acme.it:Point"),
        (": Point = Field(default_factory=lambda: Point())", "acme.it:Point"),
        (": str = Field(default_factory=made)", "acme.it:made"),
    ],
)
def test_factories(tmp_path: Path, declared: str, factory: str) -> None:
    before = """
class Point(BaseModel):
    x: int = 0
def _now() -> datetime:
    "The time."
    return datetime.now(UTC)
def made() -> str:
    print()
    return "x"
"""
    found = field(tmp_path, declared, before)

    assert (found.required, found.factory) == (False, factory)


@pytest.mark.parametrize(
    ("declared", "aliases", "is_alias"),
    [
        (": int = Field(alias='b')", ("b",), True),
        (": int = Field(validation_alias='b')", ("b",), False),
        (": int = Field(validation_alias=AliasChoices('a', 'b'))", ("a", "b"), False),
        (": int = Field(alias='b', validation_alias='c')", ("c",), True),
        (": int = Field(alias='a')", (), True),
    ],
)
def test_aliases(tmp_path: Path, declared: str, aliases: tuple[str, ...], is_alias: bool) -> None:
    found = field(tmp_path, declared)

    assert (found.aliases, found.is_alias) == (aliases, is_alias)


def test_a_model_is_its_fields_in_order_with_what_it_means(tmp_path: Path) -> None:
    text = '''
class It(BaseModel, extra="forbid"):
    """What it is."""

    model_config = ConfigDict(frozen=True)
    KIND: ClassVar[str] = "it"
    other: "ClassVar[int]" = 1
    _private: int = PrivateAttr(default=1)

    a: int = Field(description="The first" " one.", examples=None, repr=False)
    b: Optional[str] = None
    """Said below it."""

    @field_validator("a", mode="before")
    @classmethod
    def _checked(cls, value: object) -> object: ...

    @computed_field
    @property
    def double(self) -> int: ...

    @property
    def half(self) -> int: ...

    def method(self) -> None: ...
'''
    found = model(tmp_path, text)

    assert [(it.name, it.description) for it in found.fields] == [("a", "The first one."), ("b", "Said below it.")]
    assert found.description == "What it is."
    assert found.extra is Extra.FORBID
    assert [(it.kind, it.name) for it in found.kept] == [
        ("validator", "_checked"), ("computed field", "double"), ("property", "half"), ("method", "method")
    ]  # fmt: skip
    line = HEAD.count("\n") + 2
    assert found.at == Place(str(tmp_path / "acme/it.py"), line, 1)
    assert found.fields[0].at == Place(str(tmp_path / "acme/it.py"), line + 8, 5)


def test_inherited_fields_stand_in_front_and_keep_their_places(tmp_path: Path) -> None:
    text = """
from .base import Base, CONFIG
class Mixin:
    m: int = 0
class Middle(Base):
    b: str = "middle"
    model_config = ConfigDict(extra="allow")
class It(Mixin, Middle):
    model_config = CONFIG | {} if False else CONFIG
    a: str
    c: bool
"""
    base = """
from abc import ABC
from pydantic import BaseModel, ConfigDict
CONFIG = ConfigDict(frozen=True)
class Base(BaseModel, ABC):
    a: int
    b: int = 1
"""
    found = model(tmp_path, text.replace("CONFIG | {} if False else ", ""), base=base)

    assert [(it.name, str(it.type), it.default) for it in found.fields] == [
        ("a", "str", None), ("b", "str", "middle"), ("m", "int", 0), ("c", "bool", None)
    ]  # fmt: skip
    assert found.extra is Extra.ALLOW


def test_type_variables_of_bases_are_what_the_class_says(tmp_path: Path) -> None:
    text = """
T = TypeVar("T"); U = TypeVar("U"); B = TypeVar("B", bound=int)
class Result(BaseModel, Generic[T, B]):
    value: T
    bound: B
class Many(Result[list[U], B], Generic[U, B]): ...
class It(Many[UUID, bool]): ...
class New[X](BaseModel):
    x: X
class Newer(New[date]): ...
"""
    found = models(tmp_path, text)
    types = {
        name: [str(it.type) for it in shape.fields]
        for name in ("It", "Result", "New", "Newer")
        if isinstance(shape := found.shape(f"acme.it:{name}"), ModelShape)
    }

    assert types == {"It": ["list[UUID]", "bool"], "Result": ["Any", "int"], "New": ["Any"], "Newer": ["date"]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("class It(RootModel[int]): ...", "it is a root model"),
        ("class It(Nowhere): ...", "its base is not known: there is no `Nowhere` in"),
        ("class It(BaseModel):\n    a: Callable[[], int]", "a: Callable has no JSON"),
        ("class It(BaseModel):\n    a: Other\nclass Other: ...", "a: Other is no model, enum or dataclass"),
        ("class It(BaseModel):\n    a: list[Annotated[int, Ge(1)]]", "a: constraints on a part of a type"),
        ("class It(BaseModel):\n    a: Annotated[int, Ge(1)] | str", "a: constraints on a part of a union"),
        ("class It(BaseModel):\n    a: list[int] = []", "a: a default that can be changed"),
        ("class It(BaseModel):\n    a: str = input()", "a: a default of input"),
        ("class It(BaseModel):\n    a: int = Field(le=len('a'))", "a: the limit `le` is known only"),
        ("class It(BaseModel):\n    a: int = Field(examples=[1])", "a: `examples` of a field"),
        ("class It(BaseModel):\n    a: int = Field(alias=AliasPath('a', 0))", "a: an alias that is no text"),
        ("class It(BaseModel):\n    a: Annotated[int, PlainValidator(int)]", "a: `PlainValidator` in an annotation"),
        ("class It(BaseModel):\n    a: Annotated[int, WithJsonSchema({})]", "a: `WithJsonSchema` in an annotation"),
        (
            "class It(BaseModel):\n    a: Generous[int]\nclass Generous[T](BaseModel): ...",
            "a: the generic class Generous",
        ),
        ("class It(BaseModel):\n    a: B = B()\nclass B(BaseModel): ...", "a: a default of B"),
        (
            "class It(BaseModel):\n    model_config = ConfigDict(alias_generator=str.upper)",
            "its configuration makes alia",
        ),
        ("class It(BaseModel):\n    model_config = made()", "its configuration is known only when the code runs"),
        (
            "class It(BaseModel):\n    model_config = {'json_schema_extra': {}}",
            "its configuration adds to the JSON Sch",
        ),
        ("class It(BaseModel):\n    class Config:\n        alias_generator = str", "its configuration makes aliases"),
        ("class It(BaseModel):\n    def model_json_schema(cls): ...", "it defines model_json_schema"),
        (
            "class It(BaseModel):\n    a: int\n    @field_validator('a', mode='plain')\n    def f(cls, v): ...",
            "the valid",
        ),
        ("class It(BaseModel):\n    if UTC:\n        a: int", "which fields it has is known only when the code runs"),
        (
            "class It(BaseModel):\n    a: Annotated[int, BeforeValidator(int, json_schema_input_type=str)]",
            "a: BeforeValidator says what is accepted",
        ),
        (
            "class It(BaseModel):\n    a: dict[bool, int] = Field(default_factory=lambda: {True: 1})",
            "a: its default is made by",
        ),
        ("class It(BaseModel):\n    __pydantic_extra__: dict[str, int]", "it says of which type extra fields are"),
        ("class It: ...", "it is no pydantic model"),
        ("It = int", "it is not below the folders that are read"),
        ("It = int | str", "it is an alias, not a class"),
        ("class It(It): ...", "its base is not known"),
        ("X = X + 1\nclass It(BaseModel):\n    a: int = X", "a: its default"),
        (f"class It(BaseModel):\n    a: {'list[' * 100}int{']' * 100}", "a: a type that is made of itself"),
    ],
)
def test_a_model_that_cannot_be_said_stays_a_reference(tmp_path: Path, text: str, reason: str) -> None:
    assert refused(tmp_path, text).startswith(reason)


def test_what_pydantic_takes_for_a_variable_of_the_class_is_no_field(tmp_path: Path) -> None:
    text = """
from typing import Final, TYPE_CHECKING
class It(BaseModel):
    a: int
    limit: Final[int] = 3
    other: "Final" = Field(3)
    given: Final[int]
    shared: ClassVar[int] = 3
    if TYPE_CHECKING:
        never: int
"""
    assert [it.name for it in model(tmp_path, text).fields] == ["a", "given"]


@pytest.mark.parametrize(
    ("bases", "extra"),
    [("Strict, Loose", Extra.ALLOW), ("Loose, Strict", Extra.FORBID), ("Strict, Plain", Extra.IGNORE)],
)
def test_of_several_bases_the_configuration_of_the_last_counts(tmp_path: Path, bases: str, extra: Extra) -> None:
    text = f"""
class Top(BaseModel):
    model_config = ConfigDict(extra="ignore")
class Strict(Top, extra="forbid"): ...
class Loose(Top, extra="allow"): ...
class Plain(Top): ...
class It({bases}):
    a: int
"""
    assert model(tmp_path, text).extra is extra


def test_what_the_language_has_no_word_for_is_told(tmp_path: Path) -> None:
    text = """
class It(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, strict=False)
    a: int = Field(exclude=True, repr=False)
    b: int = Field(serialization_alias="c", strict=None)
"""
    assert model(tmp_path, text).notes == (
        "`str_strip_whitespace` stays with the existing class",
        "a: `exclude` stays with the existing class",
        "b: `serialization_alias` stays with the existing class",
    )


def test_the_methods_of_an_enum_stay_python(tmp_path: Path) -> None:
    text = """
class Base(str, Enum):
    def upper_name(self): ...
class It(Base):
    A = "a"
    @classmethod
    def _missing_(cls, value): ...
    @property
    def is_a(self): ...
"""
    shape = models(tmp_path, text).shape("acme.it:It")
    assert isinstance(shape, EnumShape)
    assert [(it.kind, it.name) for it in shape.kept] == [
        ("method", "_missing_"),
        ("property", "is_a"),
        ("method", "upper_name"),
    ]


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ('class It(StrEnum):\n    A = "a"\n    "First."\n    B = auto()', [("A", "a", "First."), ("B", "b", "")]),
        ('class It(str, Enum):\n    OFF = "off-on"\n    A = "a"\n    C = A', [("OFF", "off-on", ""), ("A", "a", "")]),
        ("class It(IntEnum):\n    ONE = 1\n    TWO = auto()", [("ONE", 1, ""), ("TWO", 2, "")]),
        ('P = "onex."\nclass It(str, Enum):\n    A = P + "a"\n    _ignore_ = []', [("A", "onex.a", "")]),
    ],
)  # fmt: skip
def test_enums(tmp_path: Path, text: str, members: list[tuple[str, str | int, str]]) -> None:
    shape = models(tmp_path, text).shape("acme.it:It")

    assert isinstance(shape, EnumShape)
    assert shape.members == tuple(Member(*it) for it in members)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("class It(Enum):\n    A = object()", "the value of `A` is known only when the code runs"),
        ("class It(Enum):\n    A = 1\n    B = 'b'", "an enum of texts and numbers"),
        ("class It(Enum): ...", "an enum without members"),
        (
            "class Base(StrEnum):\n    def _generate_next_value_(n, *_): return n\nclass It(Base):\n    A = auto()",
            "the value of `A` is known only when the code runs",
        ),
        ("import enum\nclass It(enum.Flag):\n    A = 1", "an enum of flags"),
    ],
)
def test_an_enum_that_is_not_known_stays_a_reference(tmp_path: Path, text: str, reason: str) -> None:
    assert refused(tmp_path, text) == reason


def test_all_that_is_reached_is_found_once(tmp_path: Path) -> None:
    text = """
class A(BaseModel):
    b: "list[B]"
class B(BaseModel):
    a: A | None
    c: dict[str, Colour]
class Colour(StrEnum):
    RED = "red"
class Unused(BaseModel): ...
"""
    assert [*models(tmp_path, text).reached(["acme.it:A", "acme.it:B"])] == ["acme.it:A", "acme.it:B", "acme.it:Colour"]


def test_a_deep_expression_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    deep = "1" + "+1" * 900

    assert refused(tmp_path, f"class It(BaseModel):\n    a: int = {deep}\n") == "it is nested too deep"
