"""Outlines: what is read of classes, and that mypy says the same with them as with ONEX itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from omnibuild.adapters import outline
from omnibuild.adapters.outline import OUTLINED, Outlines, find_source
from omnibuild.adapters.stage import StageFolder

PACKAGE = {
    "heavy/__init__.py": "import heavy.nodes\n",
    "heavy/nodes/__init__.py": """
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Named as Node, Old
    from heavy.base import Other
""",
    "heavy/nodes/base.py": """
from __future__ import annotations
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID
from pydantic import BaseModel
from heavy.base import Mixin, Model

T = TypeVar("T")

class Named[A, B: Model](Mixin, ABC):
    '''What it is.'''

    kind: Literal["x"] = "x"
    limits = {1: 2}
    _hidden: int = 3

    def __init__(self, container: Model, *, name: str = "x") -> None:
        self.container = container

    @abstractmethod
    async def process(self, data: A, *more: int, **options: Model | None) -> B: ...

    @property
    def number(self) -> UUID | None: ...

    @cached_property
    def model(self) -> Model: ...

    @staticmethod
    def make(it: list[dict[str, int]]) -> Named: ...

    @Model.decorated
    def decorated(self) -> int: ...

    def call(self, by: Callable[..., Any], model: "Model", bare=3) -> list[Model]: ...

    def generic[C](self, it: C) -> C: ...

    def _private(self) -> None: ...

class Old(Generic[T], BaseModel):
    value: T
""",
    "heavy/base.py": """
class Model: ...

class Mixin:
    def number(self) -> str: ...
    def mixed(self, a: int, /) -> bool: ...
    def of_model(self) -> Model: ...

class Other(object): ...
""",
}

EXPECTED = """\
from collections.abc import Callable
from typing import Any
from typing import Literal
from uuid import UUID

class Node[A, B]:
    kind: Literal['x']
    limits: Any

    def __init__(self, container: Any, *, name: str=...) -> None:
        ...

    async def process(self, data: A, *more: int, **options: Any) -> B:
        ...
    number: UUID | None
    model: Any

    @staticmethod
    def make(it: list[dict[str, int]]) -> Any:
        ...
    decorated: Any

    def call(self, by: Callable[..., Any], model: Any, bare: Any=...) -> Any:
        ...
    generic: Any

    def mixed(self, a: int, /) -> bool:
        ...

    def of_model(self) -> Any:
        ...

    def __getattr__(self, name: str) -> Any:
        ...

class Old[T]:
    value: T

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        ...

    def __getattr__(self, name: str) -> Any:
        ...

class Other:

    def __getattr__(self, name: str) -> Any:
        ...
"""


@pytest.fixture
def heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in PACKAGE.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(outline, "OUTLINED", {"heavy.nodes": ("Node", "Old", "Other")})
    return tmp_path


def test_names_and_parameters_are_kept_and_heavy_types_are_not(heavy: Path) -> None:
    files = Outlines().files()

    assert files is not None
    assert sorted(files) == ["heavy/__init__.pyi", "heavy/nodes/__init__.pyi"]
    assert files["heavy/__init__.pyi"] == ""
    assert files["heavy/nodes/__init__.pyi"] == EXPECTED


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("heavy/base.py", "class Other(object): ...", ""),
        ("heavy/base.py", "class Other(object): ...", "class Other(: ..."),
        ("heavy/base.py", "class Other(object): ...", "class Other[*Ts]: ..."),
        ("heavy/base.py", "class Other(object): ...", "from heavy.nodes import Other"),
        ("heavy/nodes/__init__.py", "heavy.base", "heavier"),
    ],
)
def test_a_class_that_cannot_be_outlined_leaves_no_outlines_at_all(heavy: Path, file: str, old: str, new: str) -> None:
    text = (heavy / file).read_text()
    assert old in text
    (heavy / file).write_text(text.replace(old, new))

    assert Outlines().files() is None


def test_what_is_installed_has_all_that_is_outlined() -> None:
    files = Outlines().files()

    assert files is not None
    assert files == Outlines().files()
    for module, names in OUTLINED.items():
        path = module.replace(".", "/")
        text = files.get(f"{path}.pyi") or files[f"{path}/__init__.pyi"]
        assert all(f"class {name}" in text for name in names)
    assert "class NodeCompute[T_Input, T_Output]:" in files["omnibase_core/nodes/__init__.pyi"]
    assert find_source("nowhere.at_all") is None


NODE = """
from omnibase_core.nodes import NodeCompute, NodeEffect


class NodeFine(NodeCompute[int, str]): ...
class NodeBare(NodeCompute): ...
class NodeOne(NodeCompute[int]): ...
class NodeMany(NodeEffect[int]): ...


NodeFine("container", 2)
NodeFine().process(1)
"""
TEST = """
import asyncio
from typing import Protocol

from omnibase_core.event_bus.event_bus_inmemory import EventBusInmemory


class Bus(Protocol):
    async def publish(self, topic: str, key: bytes | None, value: bytes) -> None: ...


class Other(Protocol):
    async def publish(self, topic: int, key: bytes | None, value: bytes) -> None: ...


def test_it(bus: EventBusInmemory) -> None:
    a: Bus = bus
    b: Other = bus
    asyncio.run(bus.start())
    assert [it.value for it in asyncio.run(bus.get_event_history(topic="x"))] == []
    asyncio.run(bus.get_event_history(topics="x"))
"""
BODY = "from omnibase_core.enums import EnumNodeKind\n\nx: int = EnumNodeKind.EFFECT\n"


def found(folder: Path, files: Mapping[str, str], *, outlined: bool) -> list[tuple[str, int, str]]:
    stage = StageFolder(folder, outlined=outlined)
    stage.lay(files)
    with stage.checking_types(sorted(files)) as findings:
        return sorted((it.file, it.line, it.code) for it in findings())


def test_mypy_finds_the_same_with_outlines_but_for_heavy_types(tmp_path: Path) -> None:
    files = {"src/acme/__init__.py": "", "src/acme/node.py": NODE, "src/acme/tests/test_it.py": TEST}

    with_outlines = found(tmp_path, files, outlined=True)

    assert (tmp_path / "mypy").is_dir()
    assert not (tmp_path / "mypy-whole").exists()
    assert len(with_outlines) == 9
    heavy = [("src/acme/node.py", 11, "arg-type"), ("src/acme/node.py", 12, "arg-type")]
    assert sorted(with_outlines + heavy) == found(tmp_path, files, outlined=False)
    assert (tmp_path / "mypy-whole").is_dir()


def test_what_somebody_wrote_is_checked_against_onex_itself(tmp_path: Path) -> None:
    files = {"src/acme/__init__.py": "", "src/acme/handlers/handler_it.py": BODY}

    assert found(tmp_path, files, outlined=True) == [("src/acme/handlers/handler_it.py", 3, "assignment")]
    assert not (tmp_path / "mypy").exists()
