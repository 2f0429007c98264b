from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.adapters.importable import importable
from omnibuild.core.values import Settings


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("shop.models:Order", True),
        ("flat.models:Order", True),
        ("omnibase_core.enums.enum_node_kind:EnumNodeKind", True),
        ("omnibase_core.enums.enum_node_kind:Nothing", False),
        ("omnibase_core.nowhere:EnumNodeKind", False),
        ("click:Command", False),
        ("shop.models:Nothing", False),
        ("shop._private:Order", False),
        ("shop.models:_order", False),
        ("nowhere:Order", False),
    ],
)
def test_a_class_is_importable_where_generated_code_may_import_it(tmp_path: Path, source: str, expected: bool) -> None:
    for file in ("src/shop/__init__.py", "src/shop/models.py", "src/shop/_private.py", "flat/models.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("class Order: ...\n")

    assert importable(tmp_path, Settings("acme"))(source) is expected


def test_a_declared_dependency_is_importable(tmp_path: Path) -> None:
    assert importable(tmp_path, Settings("acme", dependencies=("click>=8",)))("click:Command")
