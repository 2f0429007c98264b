from __future__ import annotations

import libcst as cst
import pytest

from omnibuild.assemble.body import method, take_apart
from omnibuild.assemble.imports import Imports

BODY = '''\
# SPDX-License-Identifier: MIT
"""Orders in a database."""

# Why os.
import os  # no other way
import untyped  # type: ignore[import-untyped]

# Two of them.
from collections import (
    deque,  # fast
    OrderedDict as Ordered,
)

LIMIT = 3  # at most


# About the class.
class Refused(Exception):
    """No."""


# About handle.
@staticmethod
async def handle(request: Request, environment: Environment) -> Result:
    """Store it."""
    # First this.
    return Result(os.name)  # then that


def helper() -> None: ...
'''


def code(node: cst.BaseStatement) -> str:
    return cst.Module(body=[node]).code  # type: ignore[list-item]


def test_a_body_is_taken_apart_with_its_comments() -> None:
    imports = Imports("acme")

    parts = take_apart(BODY, imports)

    assert parts.description == "Orders in a database."
    assert cst.Module(body=imports.statements()).code == (
        "# SPDX-License-Identifier: MIT\n"
        "# Why os.\n"
        "import os  # no other way\n"
        "from collections import OrderedDict as Ordered\n"
        "# Two of them.\n"
        "# fast\n"
        "from collections import deque\n"
        "\n"
        "import untyped  # type: ignore[import-untyped]\n"
    )
    assert [code(it).strip() for it in parts.beside] == [
        "LIMIT = 3  # at most",
        '# About the class.\nclass Refused(Exception):\n    """No."""',
        "def helper() -> None: ...",
    ]
    assert code(parts.handle).lstrip().startswith("# About handle.\n@staticmethod\nasync def handle(")


def test_handle_becomes_a_method_of_one_parameter() -> None:
    parts = take_apart(BODY.replace("@staticmethod\n", ""), Imports("acme"))

    assert code(method(parts.handle, "Not needed.", ["environment = self._environment"])).strip() == (
        "# About handle.\n"
        "async def handle(self, request: Request) -> Result:\n"
        '    """Store it."""\n'
        "    environment = self._environment\n"
        "    # First this.\n"
        "    return Result(os.name)  # then that"
    )


@pytest.mark.parametrize(
    "text", ["def handle(request: int) -> int: return 1\n", "def handle(request: int) -> int:\n    return 1\n"]
)
def test_a_method_without_docstring_gets_one(text: str) -> None:
    made = method(take_apart(text, Imports("acme")).handle, "Answer one request.", [])

    assert code(made) == 'def handle(self, request: int) -> int:\n    """Answer one request."""\n    return 1\n'


def test_an_import_that_is_conditional_stays_where_it_is() -> None:
    text = "import sys\n\nif sys.platform:\n    import os\n\ndef handle(r: int) -> int:\n    import re\n    return r\n"
    imports = Imports("acme")

    parts = take_apart(text, imports)

    assert cst.Module(body=imports.statements()).code == "import sys\n"
    assert code(parts.beside[0]).strip() == "if sys.platform:\n    import os"
    assert "import re" in code(parts.handle)


def test_a_body_without_handle_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="without `handle`"):
        take_apart("x = 1\n", Imports("acme"))
