from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.layout import written

MODULES = (
    "abc",
    "asyncio",
    "collections.abc",
    "os",
    "re",
    "typing",
    "hypothesis",
    "httpx",
    "pydantic",
    "pydantic_core",
    "sqlalchemy",
    "sqlalchemy.ext.asyncio",
    "acme.shared.money",
    "acme.shared.money2",
    "acme.shared.money10",
    "acme.nodes.node_a_compute.models",
    "acme.nodes.node_a_compute.models.model_a",
    "acme",
)
NAMES = (
    "given",
    "strategies",
    "Model",
    "ModelLine",
    "ModelLine2",
    "ModelLine10",
    "MAX",
    "MAX_SIZE",
    "X",
    "a",
    "_b",
    "URL",
)
WANTED = st.lists(
    st.tuples(st.sampled_from(MODULES), st.sampled_from(("", *NAMES)), st.sampled_from(["", "", "Alias", "as_it"])),
    min_size=1,
    max_size=12,
)


def text(imports: Imports) -> str:
    return written(imports.statements())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WANTED, min_size=20, max_size=20))
def test_imports_stand_as_isort_would_put_them(modules: list[list[tuple[str, str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, wanted in enumerate(modules):
            imports = Imports("acme")
            for module, name, alias in wanted:
                if name:
                    imports.bind(module, name, alias or name)
                else:
                    imports.module(module, alias)
            (Path(folder) / f"module_{number}.py").write_text(text(imports))
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                "check",
                "--isolated",
                "--no-cache",
                "--select=I001",
                "--line-length=320",
                "--config=lint.isort.known-first-party=['acme']",
                folder,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_groups_are_standard_library_others_own() -> None:
    imports = Imports("acme")
    imports.name("acme.shared.money", "ModelAmount")
    imports.name("pydantic", "Field")
    imports.name("decimal", "Decimal")
    imports.name("pydantic", "BaseModel")
    imports.module("os")

    assert text(imports) == (
        "import os\n"
        "from decimal import Decimal\n"
        "\n"
        "from pydantic import BaseModel, Field\n"
        "\n"
        "from acme.shared.money import ModelAmount\n"
    )


def test_a_name_is_imported_once() -> None:
    imports = Imports("acme")

    assert imports.name("decimal", "Decimal") == imports.name("decimal", "Decimal") == "Decimal"
    assert text(imports) == "from decimal import Decimal\n"


def test_a_name_that_is_taken_is_imported_under_its_alias() -> None:
    imports = Imports("acme")

    assert imports.name("acme.a", "ModelLine", "ModelALine") == "ModelLine"
    assert imports.name("acme.b", "ModelLine", "ModelBLine") == "ModelBLine"
    assert imports.name("acme.c", "ModelLine") == "c_ModelLine"
    assert imports.name("acme.b", "ModelLine") == "ModelBLine"
    assert text(imports).splitlines()[1] == "from acme.b import ModelLine as ModelBLine"


def test_a_name_that_the_module_defines_itself_is_not_taken_by_an_import() -> None:
    imports = Imports("acme", reserved=("ModelLine",))

    assert imports.name("acme.a", "ModelLine", "ModelALine") == "ModelALine"


def test_what_hand_written_code_calls_a_name_stays() -> None:
    imports = Imports("acme")
    imports.bind("decimal", "Decimal", "D")
    imports.module("numpy", "np")

    assert imports.name("decimal", "Decimal") == "D"
    assert imports.taken() == {"D", "np"}


def test_comments_stay_with_their_imports() -> None:
    imports = Imports("acme")
    imports.module("untyped")
    imports.comment("untyped", "", ["# Why."], "# type: ignore[import-untyped]")
    imports.bind("decimal", "Decimal", "Decimal")
    imports.comment("decimal", "Decimal", ["# Exact."], "")
    imports.bind("decimal", "Context", "Context")
    imports.comment("decimal", "Context", [], "# rounds")

    assert text(imports) == (
        "# Exact.\nfrom decimal import Context, Decimal  # rounds\n\n"
        "# Why.\nimport untyped  # type: ignore[import-untyped]\n"
    )


@pytest.mark.parametrize(("module", "first"), [("__future__", True), ("typing", False)])
def test_the_future_comes_first(module: str, first: bool) -> None:
    imports = Imports("acme")
    imports.name("abc", "ABC")
    imports.name(module, "annotations")

    assert text(imports).startswith("from __future__") is first


def test_what_is_imported_twice_has_both_names() -> None:
    imports = Imports("acme")
    for local in ("Decimal", "D", "Decimal", "E"):
        imports.bind("decimal", "Decimal", local)
    for alias in ("", "operating", ""):
        imports.module("os", alias)

    assert [it.text for it in imports.statements()] == [
        "import os",
        "import os as operating",
        "from decimal import Decimal",
        "from decimal import Decimal as D",
        "from decimal import Decimal as E",
    ]
    assert imports.taken() == {"os", "operating", "Decimal", "D", "E"}
