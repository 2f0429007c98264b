from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from omnibuild.adapters.reach import reaches_only_outlines

PLAIN = {
    "src/acme/__init__.py": "",
    "src/acme/node.py": "from omnibase_core.nodes import NodeCompute, NodeEffect\n",
    "src/acme/tests/test_it.py": (
        "import pytest\nfrom hypothesis import given\n"
        "from omnibase_core.event_bus.event_bus_inmemory import EventBusInmemory\n"
    ),
    "src/acme/handlers/it.py": (
        '"""What comes\nfrom omnibase_core.enums, and\nimport omnibase_core.\n"""\n'
        "import os, json\nfrom pydantic import BaseModel\nfrom . import other\nfrom acme.models import ModelX\n"
        "from tests_of_mine.this import that\n"
    ),
    "README.md": "import omnibase_core\n",
}
OWN = {
    "tests_of_mine/__init__.py": "from .this import *\nfrom ..above import that\nimport helping\n",
    "tests_of_mine/this.py": "from src_of_mine import it\n",
    "helping.py": "import tests_of_mine\nimport decimal\n",
    "src/src_of_mine.py": "import yaml\n",
}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    write(tmp_path, OWN)
    return tmp_path


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def reaches(own: Path, files: Mapping[str, str] = {}) -> bool:
    return reaches_only_outlines({**PLAIN, **files}, [own, own / "src"])


def test_generated_modules_use_what_is_outlined(own: Path) -> None:
    assert reaches(own)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/acme/handlers/it.py", "from omnibase_core.nodes import NodeCompute\n"),
        ("src/acme/handlers/it.py", "from acme.node import NodeX\n"),
        ("src/acme/handlers/it.py", "from acme import node\n"),
        ("src/acme/handlers/it.py", "import os; import omnibase_core\n"),
        ("src/acme/handlers/it.py", "import os, omnibase_core.enums as e\n"),
        ("src/acme/handlers/it.py", "def f():\n    if 1: from omnibase_core import errors\n"),
        ("src/acme/handlers/it.py", "import omnibase_core\ndef f(:\n"),
        ("src/acme/handlers/it.py", "import nowhere_at_all\n"),
        ("src/acme/node.py", "from omnibase_core.nodes import NodeCompute, ModelComputeInput\n"),
        ("src/acme/node.py", "import omnibase_core.nodes\n"),
        ("src/acme/tests/test_it.py", "from omnibase_core.errors import ModelOnexError\n"),
    ],
)
def test_other_ways_to_onex_are_seen(own: Path, path: str, text: str) -> None:
    assert not reaches(own, {path: text})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("helping.py", "import omnibase_core\n"),
        ("tests_of_mine/deep/down.py", "def f():\n    from omnibase_core import errors\n"),
        ("src/src_of_mine.py", "import nowhere_at_all\n"),
        ("src/src_of_mine.py", "def f(:\n"),
        ("src/src_of_mine.pyi", "import omnibase_core\n"),
    ],
)
def test_the_workspaces_own_modules_are_read(own: Path, path: str, text: str) -> None:
    write(own, {path: text})

    assert not reaches(own)


def test_own_modules_that_nobody_imports_do_not_matter(own: Path) -> None:
    write(own, {"elsewhere.py": "import omnibase_core\n"})

    assert reaches(own)


def test_installed_packages_that_need_onex_are_known(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def distribution(name: str, *needed: str) -> dict[str, str]:
        about = "".join(f"Requires-Dist: {it}\n" for it in needed)
        home = f"site/{name}-1.dist-info"
        return {
            f"{home}/METADATA": f"Metadata-Version: 2.1\nName: {name.replace('_', '-').title()}\nVersion: 1\n{about}",
            f"{home}/RECORD": f"{name}/__init__.py,,\n{home}/METADATA,,\n",
            f"site/{name}/__init__.py": "",
        }

    write(tmp_path, distribution("near", "Omnibase.Core[x]>=0.4; extra == 'onex'"))
    write(tmp_path, {**distribution("farther_off", "near~=1.0", "click"), **distribution("clear_of_it", "click")})
    monkeypatch.syspath_prepend(tmp_path / "site")

    handler = "src/acme/handlers/it.py"
    assert reaches(own, {handler: "import clear_of_it\n"})
    assert not reaches(own, {handler: "import near\n"})
    assert not reaches(own, {handler: "import farther_off.deep\n"})
