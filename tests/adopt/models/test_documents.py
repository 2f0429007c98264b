"""Which document each class stands in, what it is called there, and that the documents mean what they should."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from omnibuild.adopt.models.circles import broken, groups
from omnibuild.adopt.models.documents import Arrangement, adopt
from omnibuild.adopt.models.naming import LONGEST, document_names
from omnibuild.adopt.models.reader import Models
from omnibuild.assemble.yaml_text import to_yaml
from omnibuild.core.values import Ref
from omnibuild.onex.models import model_parts
from omnibuild.onex.names import Names
from tests.adopt.code.packages import lay
from tests.onex.declarations import names_of

HEAD = "from __future__ import annotations\nfrom enum import Enum, IntEnum, StrEnum\n"
HEAD += "from typing import Literal\nfrom pydantic import AliasChoices, BaseModel, ConfigDict, Field, RootModel\n"
HEAD += "from pydantic import SecretStr, StringConstraints\n"


def adopted(root: Path, wanted: Mapping[str, Sequence[str]], **modules: str) -> Arrangement:
    files = {f"acme/{name}.py": HEAD + text for name, text in modules.items()}
    return adopt(wanted, Models(lay(root, {"acme/__init__.py": "", **files})))


def sections(adoption: Arrangement) -> dict[str, Any]:
    return {it.name: dict(it.sections) for it in adoption.documents}


def test_what_one_node_reaches_is_its_own_and_the_rest_is_shared(tmp_path: Path) -> None:
    found = adopted(
        tmp_path,
        {"one": ["acme.one:ModelOneInput"], "two": ["acme.two:ModelTwoInput"]},
        one="from .common import *\nclass ModelOneInput(BaseModel, extra='forbid'):\n    a: ModelAmount\n    b: Own\n"
        "class Own(BaseModel, extra='forbid'):\n    c: int = 1\n",
        two="from . import common as c\nclass ModelTwoInput(BaseModel, extra='forbid'):\n    a: list[c.ModelAmount]\n",
        common="class EnumCurrency(StrEnum):\n    EUR = 'EUR'\n    US_DOLLAR = 'usd'\n"
        "class ModelAmount(BaseModel, extra='forbid'):\n    currency: EnumCurrency = EnumCurrency.US_DOLLAR\n",
    )

    assert sections(found) == {
        "one": {
            "models": {"OneInput": {"a": "common.Amount", "b": "Own"}, "Own": {"c": {"type": "int", "default": 1}}},
            "replaces": {"OneInput": "acme.one:ModelOneInput", "Own": "acme.one:Own"},
        },
        "two": {
            "models": {"TwoInput": {"a": "list[common.Amount]"}},
            "replaces": {"TwoInput": "acme.two:ModelTwoInput"},
        },
        "common": {
            "enums": {"Currency": {"EUR": None, "usd": {"name": "US_DOLLAR"}}},
            "models": {"Amount": {"currency": {"type": "Currency", "default": "usd"}}},
            "replaces": {"Currency": "acme.common:EnumCurrency", "Amount": "acme.common:ModelAmount"},
        },
    }
    assert found.places["acme.one:ModelOneInput"] == Ref("one", "OneInput")
    assert [(it.name, it.is_node, it.modules) for it in found.documents][2] == ("common", False, ("acme.common",))


def test_modules_in_a_circle_share_a_document_and_classes_in_one_lose_a_member(tmp_path: Path) -> None:
    wanted = {"one": ["acme.a:A", "acme.b:D"], "two": ["acme.a:A", "acme.b:D"]}
    found = adopted(
        tmp_path,
        wanted,
        a="from . import b\nclass A(BaseModel):\n    b: b.B | None\nclass C(BaseModel):\n    c: list[C]\n",
        b="from . import a\nclass B(BaseModel):\n    a: list[a.A]\nclass D(BaseModel):\n    d: a.C\n",
    )

    assert [it.name for it in found.documents] == ["a"]
    became = {it.source: (it.became, it.reason) for it in found.notes}
    assert sorted(became) == ["acme.a:A", "acme.a:C", "acme.b:B", "acme.b:D"]
    assert became["acme.a:C"] == ("model", "")
    assert sorted(it for it, _ in (became["acme.a:A"], became["acme.b:B"])) == ["model", "reference"]
    names_of(yaml_of(found))


def test_references_say_why(tmp_path: Path) -> None:
    text = "class It(BaseModel):\n    a: Root\n    b: SecretStr\n    c: Odd = Odd.A\n"
    text += "class Root(RootModel[int]): ...\nclass Odd(IntEnum):\n    A = 1\n"
    found = adopted(tmp_path, {"n": ["acme.it:It"]}, it=text)

    assert {it.source: (it.became, it.reason) for it in found.notes} == {
        "acme.it:It": ("model", ""),
        "acme.it:Root": ("reference", "it is a root model"),
        "pydantic:SecretStr": ("reference", "it is not below the folders that are read"),
        "acme.it:Odd": ("reference", "an enum of numbers, or with names that are none in a spec"),
    }
    models = sections(found)["n"]["models"]
    assert (models["Root"], models["SecretStr"], models["Odd"]) == (
        "acme.it:Root", "pydantic:SecretStr", "acme.it:Odd"
    )  # fmt: skip
    assert sections(found)["n"]["replaces"] == {"It": "acme.it:It"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("    aB: int", "the field aB is not in snake_case"),
        ("    json: int", "the field json hides an attribute of pydantic's models"),
        ("    model_dump: int", "the field model_dump hides an attribute of pydantic's models"),
        ("    date: int\n    b: date", "the field date hides the type of that name"),
        ("    a: int = None", "a is None by default, which is not of its type"),
        ("    a: str = Field('', min_length=1)", "a: pydantic does not take the default"),
        ("    a: _Hidden", "it refers to _Hidden, which is private"),
    ],
)
def test_what_the_language_cannot_say_stays_a_reference(tmp_path: Path, text: str, reason: str) -> None:
    text = f"from datetime import date\nclass _Hidden(RootModel[int]): ...\nclass It(BaseModel):\n{text}\n"
    found = adopted(tmp_path, {"n": ["acme.it:It"]}, it=text)

    (note,) = [it for it in found.notes if it.source == "acme.it:It"]
    assert note.became == "reference"
    assert note.reason.startswith(reason)


def test_names_are_unique_and_no_type_s(tmp_path: Path) -> None:
    text = "class It(BaseModel):\n"
    names = ["ModelPath", "ModelStatus", "EnumStatus", "Status", "ModelInput", "row_of", "_Row"]
    text += "".join(f"    a{position}: {name}\n" for position, name in enumerate(names))
    text += "".join(
        f"class {it}(StrEnum):\n    A = 'A'\n" if it.startswith("Enum") else f"class {it}(BaseModel): ...\n"
        for it in names
    )
    found = adopted(tmp_path, {"n": ["acme.it:It"]}, it=text)

    called = {it.source.partition(":")[2]: it.place.name for it in found.notes}
    assert called == {
        "It": "It",
        "ModelPath": "ModelPath",
        "ModelStatus": "ModelStatus",
        "EnumStatus": "EnumStatus",
        "Status": "Status2",
        "ModelInput": "ModelInput",
        "row_of": "RowOf",
        "_Row": "Row",
    }
    assert "Row" not in sections(found)["n"]["replaces"]
    names_of(yaml_of(found))


def test_two_classes_of_one_name_never_share_a_package(tmp_path: Path) -> None:
    found = adopted(
        tmp_path,
        {"n": ["acme.a:It"]},
        a="from . import b\nclass It(BaseModel):\n    a: Same\n    b: b.Same\nclass Same(BaseModel): ...\n",
        b="class Same(BaseModel):\n    inner: Inner\nclass Inner(BaseModel): ...\n",
    )

    assert {it.source: it.place.document for it in found.notes} == {
        "acme.a:It": "n", "acme.a:Same": "n", "acme.b:Same": "b", "acme.b:Inner": "b"
    }  # fmt: skip
    names_of(yaml_of(found))


def test_documents_have_names_that_are_free() -> None:
    modules = [
        "acme.orders.model_line",
        "acme.parcels.model_line",
        "acme.models",
        "acme.enums.enum_import",
        "acme.class",
        "acme." + "x" * 80,
        "a.line",
    ]
    found = document_names(modules, {"acme"})

    assert len(set(found.values())) == len(modules)
    assert found["acme.orders.model_line"] == "line"
    assert found["acme.parcels.model_line"] == "parcels_line"
    assert found["acme.class"] == "models_class"
    assert "acme" not in found.values()
    assert all(len(it) <= LONGEST and it.isidentifier() for it in found.values())


def test_circles_are_found_and_broken() -> None:
    graph = {"a": ["b"], "b": ["c", "a"], "c": ["d"], "d": ["c", "d"], "e": ["e", "gone"]}

    assert [sorted(it) for it in groups(graph)] == [["c", "d"], ["a", "b"], ["e"]]
    out = broken(graph)
    rest = {it: [other for other in others if other not in out] for it, others in graph.items() if it not in out}
    assert all(len(it) == 1 for it in groups(rest))
    assert len(out) == 2
    long = {str(it): [str(it + 1)] for it in range(5000)}
    assert len(groups(long)) == 5000


MODELS = '''
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Optional, Union
from uuid import UUID, uuid4
class EnumSpeed(str, Enum):
    SLOW = "slow"
    VERY_FAST = "very-fast"
class ModelSent(BaseModel):
    """Sent."""
    kind: Literal["sent"] = "sent"
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))
class ModelLost(BaseModel, extra="allow"):
    kind: Literal["lost"]
class ModelTree(BaseModel):
    children: "list[ModelTree]" = Field(default_factory=list)
    parent: "ModelTree | None" = None
    kind: 'Literal["a"] | ModelTree | None' = None
class ModelBase(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    identifier: UUID = Field(default_factory=uuid4, alias="id")
class ModelIt(ModelBase):
    """What it is.

    And more.
    """
    type: str
    fields: dict[str, Any] = Field(default_factory=dict)
    model_name: Optional[str] = Field(default=None, description="Its name.")
    speed: EnumSpeed = EnumSpeed.VERY_FAST
    speeds: dict[EnumSpeed, int] | None = None
    event: Annotated[Union[ModelSent, ModelLost], Field(discriminator="kind")]
    events: tuple[ModelSent, ...] = ()
    more: tuple[int, ...] = Field(default_factory=tuple)
    amount: Decimal = Field(default=Decimal("1.50"), ge=0, le=Decimal("99.5"))
    wait: timedelta = timedelta(seconds=90)
    day: date | None = None
    ratio: float = Field(1, gt=0, multiple_of=0.5)
    code: Annotated[str, StringConstraints(pattern=r"^[a-z]+$", max_length=9)] | None = None
    tree: ModelTree = Field(default_factory=ModelTree)
    where: Path = Path("/a")
    names: frozenset[str] = frozenset({"a"})
    old: int = Field(0, validation_alias=AliasChoices("old", "older"))
'''


def test_a_model_that_refers_to_a_generic_class_stays_with_it(tmp_path: Path) -> None:
    found = adopted(
        tmp_path,
        {"n": ["acme.it:ModelIt", "acme.it:ModelFine"]},
        it="from typing import Generic, TypeVar\nT = TypeVar('T')\n"
        "class ModelBox(BaseModel, Generic[T]):\n    it: T\n    more: int = Field(1, examples=[1])\n"
        "class ModelPair(BaseModel, Generic[T]):\n    one: T\n"
        "class ModelIt(BaseModel):\n    box: ModelBox | None = None\n"
        "class ModelFine(BaseModel):\n    pair: ModelPair\n",
    )

    became = {it.source.partition(":")[2]: it.became for it in found.notes}
    assert became["ModelIt"] == "reference", "mypy --strict takes no bare ModelBox"
    assert (became["ModelFine"], became["ModelPair"]) == ("model", "model")
    [note] = [it for it in found.notes if it.source == "acme.it:ModelIt"]
    assert note.reason.startswith("it refers to ModelBox, which is generic: more: `examples`")


COMPARE = Path(__file__).parents[3] / "benchmarks" / "compare_schemas.py"


def yaml_of(adoption: Arrangement) -> str:
    return "---\n".join(to_yaml({"shared": it.name, **it.sections}) + "\n" for it in adoption.documents)


def test_what_is_generated_has_the_json_schema_of_the_original(tmp_path: Path) -> None:
    found = adopted(tmp_path, {"n": ["acme.it:ModelIt"]}, it=MODELS)
    assert {it.reason for it in found.notes} == {""}
    names = Names(names_of(yaml_of(found)).graph, "made")
    for part in model_parts(names.graph.specs["n"], names):
        file = tmp_path / part.path.removeprefix("src/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(part.text)
    pairs = [(it.source, f"{names.class_module(it.place)}:{names.class_name(it.place)}") for it in found.notes]

    told = run(
        [sys.executable, str(COMPARE)],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(tmp_path)},
    )

    assert dict(zip([one for one, _ in pairs], json.loads(told.stdout), strict=True)) == {it: "" for it, _ in pairs}
    assert [it.source.partition(":")[2] for it in found.notes] == [
        generated.partition(":")[2] for _, generated in pairs
    ]
