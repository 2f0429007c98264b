from __future__ import annotations

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import Line


def test_a_module_is_a_docstring_imports_and_statements() -> None:
    imports = Imports("acme")
    imports.name("decimal", "Decimal")

    assert module("Price it", imports, [Line("x = Decimal(1)")]) == (
        '"""Price it."""\n\nfrom decimal import Decimal\nx = Decimal(1)\n'
    )


def test_a_module_may_hold_nothing_but_its_docstring() -> None:
    assert module("Nothing yet", None, []) == '"""Nothing yet."""\n'
    assert module("Nothing yet", Imports("acme"), []) == '"""Nothing yet."""\n'


def test_the_comment_of_the_first_import_stays() -> None:
    imports = Imports("acme")
    imports.module("os")
    imports.comment("os", "", ["# Why."], "")

    assert module("M", imports, []) == '"""M."""\n\n# Why.\nimport os\n'
