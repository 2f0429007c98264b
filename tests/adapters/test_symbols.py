from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from omnibuild.adapters.symbols import InstalledOnex
from omnibuild.core.ports import OnexSymbols


@pytest.mark.parametrize(
    ("module", "name", "offered"),
    [
        ("omnibase_core.nodes", "NodeCompute", True),
        ("omnibase_core.nodes", "NodeNothing", False),
        ("omnibase_core.nodes", "node_compute", True),
        ("omnibase_core.nodes.node_compute", "NodeCompute", True),
        ("omnibase_core.models.container.model_onex_container", "ModelONEXContainer", True),
        ("omnibase_core.types", "JsonType", True),
        ("omnibase_core.runtime", "RuntimeLocal", True),
        ("omnibase_core", "ModelOnexError", True),
        ("omnibase_core", "nodes", True),
        ("omnibase_core.no_such_module", "X", None),
        ("omnibase_core.nodes.node_compute.deeper", "X", None),
        ("no_such_package_at_all", "X", None),
        ("six_is_not_here.", "X", None),
    ],
)
def test_what_onex_offers(module: str, name: str, offered: bool | None) -> None:
    symbols: OnexSymbols = InstalledOnex()

    assert symbols.has(module, name) is offered


def test_nothing_is_imported() -> None:
    script = (
        "import sys; from omnibuild.adapters.symbols import InstalledOnex;"
        "assert InstalledOnex().has('omnibase_core.nodes', 'NodeCompute');"
        "assert not [it for it in sys.modules if it.startswith(('omnibase', 'pydantic'))]"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_every_name_that_a_package_exports_is_found() -> None:
    script = """
import importlib, json
names = {it: sorted(importlib.import_module(it).__all__) for it in (
    "omnibase_core", "omnibase_core.nodes", "omnibase_core.types", "omnibase_core.mixins", "omnibase_core.enums",
    "omnibase_core.models.core", "omnibase_core.runtime", "omnibase_core.errors", "omnibase_core.protocols")}
print(json.dumps(names))
"""
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    import json

    symbols = InstalledOnex()
    missing = [
        (module, name)
        for module, names in json.loads(printed.splitlines()[-1]).items()
        for name in names
        if not symbols.has(module, name)
    ]
    assert missing == []


def test_all_ways_to_bind_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "offers_much"
    (package / "space").mkdir(parents=True)
    (package / "space/inner.py").write_text("")
    (package / "broken.py").write_text("def f(:")
    (package / "stars.py").write_text("from . import *\nfrom .other import *\n")
    (package / "other.py").write_text("from .stars import *\nshared = 1\n_own = 2\n")
    (package / "__init__.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "import os.path\nimport json as j\n"
        "from a import b as c\n"
        "from .other import *\n"
        "__all__ = ['listed']\n__all__ += ['more']\n"
        "if TYPE_CHECKING:\n    from x import only_typed\nelse:\n    real = 1\n"
        "try:\n    tried = 1\nexcept ImportError:\n    caught = 1\nfinally:\n    last = 1\n"
        "annotated: int = 1\nbare: int\nfirst, (second, *third) = 1, (2, 3)\n"
        "type Alias = int\n"
        "class Class:\n    inside = 1\n"
        "async def function():\n    local = 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    symbols = InstalledOnex()

    offered = "TYPE_CHECKING os j c shared listed more real tried caught last annotated first second third Alias Class"
    for name in [*offered.split(), "function", "space", "broken", "other"]:
        assert symbols.has("offers_much", name), name
    for name in ["only_typed", "bare", "inside", "local", "_own", "b", "path", "json"]:
        assert symbols.has("offers_much", name) is False, name
    assert symbols.has("offers_much.stars", "shared")
    assert symbols.has("offers_much.stars", "Class")
    assert symbols.has("offers_much.space", "inner")
    assert symbols.has("offers_much.space", "outer") is False
    assert symbols.has("offers_much.broken", "f") is False


@pytest.mark.parametrize(
    ("requirement", "modules"),
    [
        ("pydantic", {"pydantic"}),
        ("PyYAML>=6", {"yaml", "_yaml"}),
        ("omnibase-core[cli] >=0.47; python_version > '3'", {"omnibase_core"}),
        ("not-installed.here~=1.0", {"not_installed_here"}),
        (">=1", set()),
    ],
)
def test_a_requirement_provides_modules(requirement: str, modules: set[str]) -> None:
    assert modules <= InstalledOnex().modules(requirement)
    assert len(InstalledOnex().modules(requirement)) == len(modules)


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [("pydantic[email]>=2", version("pydantic")), ("not-installed.here~=1.0", "none"), (">=1", "none")],
)
def test_a_requirement_has_a_version(requirement: str, expected: str) -> None:
    assert InstalledOnex().version(requirement) == expected
