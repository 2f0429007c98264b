from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.adopt.models.arrangement import arranged, declaration
from omnibuild.adopt.models.reader import Models
from omnibuild.core.values import Body, Problem, Ref, Spec
from omnibuild.spec.document import Document
from omnibuild.spec.reader import read_spec
from tests.adopt.code.packages import lay

CODE = {
    "shop/__init__.py": "",
    "shop/foreign.py": "class Plain: ...\n",
    "shop/models.py": """\
    from pydantic import BaseModel
    from shop.foreign import Plain

    class Line(BaseModel):
        sku: str

    class Order(BaseModel):
        lines: list[Line]

    class Shelf(BaseModel):
        model_config = {"arbitrary_types_allowed": True, "json_schema_extra": {"a": 1}}
        height: int

    class Room(BaseModel):
        shelf: Shelf

    class House(BaseModel):
        rooms: list[Room]
    """,
}


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(lay(tmp_path, CODE))


def yes(_: str) -> bool:
    return True


def no(_: str) -> bool:
    return False


def test_what_one_node_needs_stands_in_its_spec(models: Models) -> None:
    found = arranged({"pricer": ["shop.models:Order"]}, models, (), yes)

    [document] = found.documents
    assert (document.name, document.is_node) == ("pricer", True)
    assert found.places == {"shop.models:Order": Ref("pricer", "Order")}
    assert document.sections["replaces"] == {"Order": "shop.models:Order", "Line": "shop.models:Line"}


def test_what_several_need_is_shared_and_says_where_it_comes_from(models: Models) -> None:
    found = arranged({"pricer": ["shop.models:Order"], "packer": ["shop.models:Order"]}, models, (), yes)

    [document] = found.documents
    assert not document.is_node
    said = declaration(document)
    assert next(iter(said)) == "shared"
    assert "shop.models" in str(said["description"])


def test_what_stays_a_reference_needs_to_be_importable(models: Models) -> None:
    wanted = {"builder": ["shop.models:House", "shop.models:Line"]}

    there = arranged(wanted, models, (), yes)
    assert {it.source: it.became for it in there.notes}["shop.models:Shelf"] == "reference"
    assert there.left == {}

    gone = arranged(wanted, models, (), no)
    assert set(gone.left) == {"shop.models:Shelf", "shop.models:Room", "shop.models:House"}
    assert gone.left["shop.models:House"].startswith("it needs Room: it needs Shelf: ")
    assert gone.left["shop.models:House"].endswith("and it cannot be imported here")
    assert set(gone.places) == {"shop.models:Line"}


def test_what_the_language_refuses_is_left_out_with_what_it_says(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(document: Document, body: Body | None, domain: str) -> tuple[Spec | None, list[Problem]]:
        models = document.data["models"]
        assert isinstance(models, dict)
        models |= {"Line": {"sku": "strr"}} if "Line" in models else {}
        return read_spec(document, body, domain)

    monkeypatch.setattr("omnibuild.adopt.models.arrangement.read_spec", read)
    found = arranged({"pricer": ["shop.models:Line", "shop.models:Room"]}, models, (), yes)

    assert found.left == {"shop.models:Line": "unknown type `strr`"}
    assert set(found.places) == {"shop.models:Room"}


def test_a_class_that_is_not_there_is_left_out(models: Models) -> None:
    found = arranged({"pricer": ["shop.models:Nothing", "shop.nowhere:Order"]}, models, (), no)

    assert found.documents == ()
    assert set(found.left) == {"shop.models:Nothing", "shop.nowhere:Order"}
