"""What a method takes and gives."""

from __future__ import annotations

from pathlib import Path

from omnibuild.adopt.code.lookup import Found
from omnibuild.adopt.code.methods import Annotation, Method, Parameter, function_of, method_of
from omnibuild.core.values import Place
from tests.adopt.code.packages import lay

MODELS = "class Request: ...\nclass Result: ...\n"


def method(root: Path, text: str, name: str = "Handler") -> Method | None:
    lookup = lay(root, {"acme/handler.py": f"from .models import Request, Result\n{text}", "acme/models.py": MODELS})
    found = lookup.find(f"acme.handler:{name}")
    assert isinstance(found, Found)
    return function_of(lookup, found) if found.class_ is None else method_of(lookup, found)


def test_the_classes_of_a_handler_are_those_that_its_annotations_name(tmp_path: Path) -> None:
    text = (
        "class Handler:\n    async def handle(self, request: 'Request | None', *, dry: bool = False) -> Result: ...\n"
    )

    assert method(tmp_path, text) == Method(
        name="handle",
        definer="acme.handler:Handler",
        inherited=False,
        at=Place(str(tmp_path / "acme/handler.py"), 3, 5),
        is_async=True,
        is_static=False,
        parameters=(
            Parameter("request", Annotation("Request | None", ("acme.models:Request", "builtins:None")), True),
            Parameter("dry", Annotation("bool", ("builtins:bool",)), False, by_name=True),
        ),
        returns=Annotation("Result", ("acme.models:Result",)),
    )


def test_a_method_may_be_inherited_or_static_or_lack_annotations(tmp_path: Path) -> None:
    text = """
class Base:
    @staticmethod
    def handle(request, *rest: int, **more: str) -> "dict[str, Result]": ...
class Handler(Base): ...
"""
    found = method(tmp_path, text)

    assert found is not None
    assert (found.inherited, found.definer, found.is_static) == (True, "acme.handler:Base", True)
    assert [(it.name, it.required) for it in found.parameters] == [
        ("request", True), ("*rest", False), ("**more", False)
    ]  # fmt: skip
    assert found.parameters[0].type is None
    assert found.returns is not None
    assert found.returns.source == "builtins:dict"


def test_unions_and_aliases_name_all_their_classes(tmp_path: Path) -> None:
    text = """
from typing import Annotated, Optional, Union
Either = Union[Request, Result]
type Maybe = Optional[Either]
class Handler:
    def handle(self, request: Maybe) -> Annotated[Result, 1]: ...
"""
    found = method(tmp_path, text)

    assert found is not None
    assert found.parameters[0].type is not None
    assert found.parameters[0].type.classes == ("acme.models:Request", "acme.models:Result", "builtins:None")
    assert found.parameters[0].type.source == ""
    assert found.returns is not None
    assert found.returns.source == "acme.models:Result"


def test_a_function_has_its_parameters_all(tmp_path: Path) -> None:
    found = method(tmp_path, "def handle(request: Request) -> Result: ...\n", "handle")

    assert found is not None
    assert [it.name for it in found.required] == ["request"]
    assert found.definer == "acme.handler"


def test_a_class_without_the_method_has_none(tmp_path: Path) -> None:
    assert method(tmp_path, "class Handler: ...\n") is None
