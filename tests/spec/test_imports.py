"""The workspace's own modules that an import brings with it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from omnibuild.core.values import CodeModule, digest
from omnibuild.spec.imports import OwnCode


def behind(files: Mapping[str, str], *names: str) -> list[str]:
    return [it.name for it in OwnCode(files.get).behind(names)]


@pytest.mark.parametrize(
    "line",
    [
        "import rates.table",
        "from rates import table",
        "from rates.table import FULL",
        "def late():\n    from rates import table",
        "try:\n    import rates.table\nexcept ImportError: ...",
    ],
)
def test_what_a_module_imports_comes_with_it(line: str) -> None:
    files = {"prices.py": line, "rates/__init__.py": "", "rates/table.py": "FULL = 1"}

    assert behind(files, "prices") == ["prices", "rates", "rates.table"]


def test_relative_imports_and_circles_are_followed() -> None:
    files = {
        "src/acme/old/__init__.py": "from . import one",
        "src/acme/old/one.py": "from .two import X",
        "src/acme/old/two.py": "from ..old import one",
    }

    assert behind(files, "acme.old.two.X") == ["acme.old", "acme.old.one", "acme.old.two"]


def test_what_the_workspace_does_not_have_is_passed_over() -> None:
    assert behind({"broken.py": "def (:", "decimal.py": ""}, "broken", "decimal.Decimal", "pydantic", "nowhere.x") == [
        "broken"
    ]


def test_a_module_is_known_by_its_file_and_text() -> None:
    assert OwnCode({"src/it.py": "x = 1"}.get).behind(["it"]) == (CodeModule("it", "src/it.py", digest("x = 1")),)
