"""Names are followed to where they are defined, and nothing is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.adapters.sources import MAX_SIZE, DiskSources
from omnibuild.adopt.code.library import Library, SourceText, Unread
from omnibuild.adopt.code.lookup import Foreign, Found, Lookup, Missing
from tests.adopt.code.packages import lay

INNER = {"acme/inner/models.py": "class Order:\n    class Line: ...\n", "acme/inner/__init__.py": ""}


@pytest.mark.parametrize(
    "text",
    [
        "from acme.inner.models import Order",
        "from .inner.models import Order",
        "from .inner import models\nOrder = models.Order",
        "from .inner.models import *",
        "from .inner.models import Order as Other\nOrder = Other",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .inner.models import Order",
        "try:\n    from .inner.models import Order\nexcept ImportError:\n    Order = None",
        "def __getattr__(name):\n    from .inner.models import Order\n    return Order",
        "_NAMES = {'Order': 'acme.inner.models'}\ndef __getattr__(name):\n    return _NAMES[name]",
        "_NAMES = {'Order': ('.inner.models', 'Order')}\ndef __getattr__(name):\n    return _NAMES[name]",
    ],
)
def test_a_class_that_is_offered_elsewhere_is_found_where_it_is_defined(tmp_path: Path, text: str) -> None:
    lookup = lay(tmp_path, {**INNER, "acme/__init__.py": text})

    found = lookup.find("acme:Order")

    assert isinstance(found, Found)
    assert found.source == "acme.inner.models:Order"
    assert found.class_ is not None
    assert found.module.file == str(tmp_path / "acme/inner/models.py")


def test_both_ways_to_write_a_class_lead_to_it(tmp_path: Path) -> None:
    lookup = lay(tmp_path, INNER)

    assert [
        getattr(lookup.find(it), "source", it) for it in ("acme.inner.models:Order", "acme.inner.models.Order")
    ] == ["acme.inner.models:Order"] * 2
    inner = lookup.find("acme.inner.models:Order.Line")
    assert isinstance(inner, Found)
    assert inner.name == "Order.Line"


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("import acme.inner.models as m", "m.Order"),
        ("import acme.inner.models", "acme.inner.models.Order"),
        ("from acme.inner import models", "models.Order.Line"),
        ("from acme import inner as i", "i.models.Order"),
        ("from acme.inner.models import Order", "'Order'"),
    ],
)
def test_chains_of_attributes_are_followed(tmp_path: Path, line: str, written: str) -> None:
    import ast

    from omnibuild.adopt.code.library import Module

    lookup = lay(tmp_path, {**INNER, "acme/use.py": line})
    module = lookup.library.module("acme.use")
    assert isinstance(module, Module)

    found = lookup.resolve(module, ast.parse(written, mode="eval").body)

    assert isinstance(found, Found)
    assert found.module.name == "acme.inner.models"


def test_what_is_not_below_a_root_is_foreign(tmp_path: Path) -> None:
    lookup = lay(tmp_path, {"acme.py": "import uuid\nfrom pydantic import BaseModel\nfrom uuid import UUID as U\n"})

    assert lookup.find("acme:BaseModel") == Foreign("pydantic", "BaseModel")
    assert lookup.find("acme:U") == Foreign("uuid", "UUID")
    assert lookup.find("acme:str") == Foreign("builtins", "str")
    assert lookup.find("acme:uuid.UUID") == Foreign("uuid", "UUID")


def test_circles_end(tmp_path: Path) -> None:
    lookup = lay(
        tmp_path,
        {"a.py": "from b import X\nfrom b import *\n", "b.py": "from a import X\nfrom a import *\nclass Y: ...\n"},
    )

    assert isinstance(lookup.find("a:X"), Missing)
    found = lookup.find("a:Y")
    assert isinstance(found, Found)
    assert found.source == "b:Y"


def test_the_last_binding_that_runs_counts(tmp_path: Path) -> None:
    text = """
        import typing
        class A: "first"
        class A: "last"
        if typing.TYPE_CHECKING:
            from nowhere import B
        else:
            class B: ...
        try:
            class C: ...
        except ImportError:
            C = None
    """
    lookup = lay(tmp_path, {"acme.py": text})

    first = lookup.find("acme:A")
    assert isinstance(first, Found)
    assert first.class_ is not None
    assert first.class_.lineno == 4
    assert all(getattr(lookup.find(f"acme:{name}"), "class_", None) for name in "BC")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"class A(:\n", "line 1 is not Python"),
        (b"x = '\xff'\n", "not UTF-8"),
        (b"#" * (MAX_SIZE + 1), "larger than 1024 KiB"),
        (b"x = 1\0", "not Python"),
        (b"x = " + b"(" * 5000 + b")" * 5000, "nested"),
    ],
)
def test_a_broken_file_is_told_and_not_raised(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "acme.py").write_bytes(data)
    lookup = Lookup(Library(DiskSources([tmp_path])))

    found = lookup.find("acme:A")

    assert isinstance(found, Missing)
    assert reason in found.reason
    assert lookup.library.unread()["acme"].file == str(tmp_path / "acme.py")


def test_a_byte_order_mark_is_no_part_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "acme.py").write_bytes(b"\xef\xbb\xbfclass A: ...\n")

    assert isinstance(Lookup(Library(DiskSources([tmp_path]))).find("acme:A"), Found)


def test_folders_without_a_module_are_packages_and_missing_modules_are_told(tmp_path: Path) -> None:
    lookup = lay(tmp_path, {"acme/inner/models.py": "class A: ...\n"})

    assert isinstance(lookup.find("acme:inner.models.A"), Found)
    missing = lookup.find("acme.other:A")
    assert isinstance(missing, Missing)
    assert "no module acme.other" in missing.reason
    absent = lookup.find("acme.inner.models:B")
    assert isinstance(absent, Missing)
    assert "no `B`" in absent.reason


def test_every_file_is_read_once(tmp_path: Path) -> None:
    asked: list[str] = []

    class Counting(DiskSources):
        def read(self, module: str) -> SourceText | Unread | None:
            asked.append(module)
            return super().read(module)

    lay(tmp_path, {"a.py": "from b import *\n", "b.py": "class A: ...\nclass B: ...\n"})
    lookup = Lookup(Library(Counting([tmp_path])))
    for source in ("a:A", "a:B", "b:A", "a:A"):
        assert isinstance(lookup.find(source), Found)

    assert sorted(asked) == sorted(set(asked))


def test_ancestors_are_given_once_however_they_are_reached(tmp_path: Path) -> None:
    text = """
        from pydantic import BaseModel
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Base(BaseModel): ...
        class Left(Base): ...
        class Right(Base, Generic[T]): ...
        class Both(Left, Right[int]): ...
    """
    lookup = lay(tmp_path, {"acme.py": text})
    found = lookup.find("acme:Both")
    assert isinstance(found, Found)

    assert [getattr(it, "source", "") for it in lookup.ancestors(found)] == [
        "acme:Left", "acme:Right", "acme:Base", "typing:Generic", "pydantic:BaseModel"
    ]  # fmt: skip
