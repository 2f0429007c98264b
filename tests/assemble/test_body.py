from __future__ import annotations

import inspect
import io
import tokenize
from typing import Any

import pytest

from omnibuild.assemble.body import method, take_apart
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.layout import written
from omnibuild.assemble.tree import Compound, Statement

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


def code(*statements: Statement) -> str:
    return str(written(statements))


def test_a_body_is_taken_apart_with_its_comments() -> None:
    imports = Imports("acme")

    parts = take_apart(BODY, imports)

    assert parts.description == "Orders in a database."
    assert code(*imports.statements()) == (
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
    assert parts.handle.above[-1].strip() == "# About handle."
    assert parts.handle.parameters == ("request", "environment")


def made(text: str, *first: str) -> str:
    """Return a class with the method that a body's `handle` becomes."""
    handle = take_apart(text, Imports("acme")).handle
    return code(Compound("class Handler:", (method(handle, "Answer one request.", first),)))


def test_handle_becomes_a_method_of_one_parameter() -> None:
    assert made(BODY.replace("@staticmethod\n", ""), "environment = self._environment") == (
        "class Handler:\n"
        "\n"
        "\n"
        "    # About handle.\n"
        "    async def handle(self, request: Request) -> Result:\n"
        '        """Store it."""\n'
        "        environment = self._environment\n"
        "        # First this.\n"
        "        return Result(os.name)  # then that\n"
    )


@pytest.mark.parametrize(
    "text", ["def handle(request: int) -> int: return 1\n", "def handle(request: int) -> int:\n    return 1\n"]
)
def test_a_method_without_docstring_gets_one(text: str) -> None:
    assert made(text).rstrip() == (
        "class Handler:\n"
        "    def handle(self, request: int) -> int:\n"
        '        """Answer one request."""\n'
        "        return 1"
    )


SHAPES = {
    "a text of several lines": 'def handle(r):\n    x = """a\n  b\n"""\n    return x, first, r\n',
    "an f-string of several lines": 'def handle(r):\n    return f"""{first}\n  {r}\n   {f\'{r}\'}"""\n',
    "nested f-strings": "def handle(r):\n    return f\"\"\"{f'''a\n{r}'''}\nb\"\"\"\n",
    "a docstring of several lines": 'def handle(r):\n    """One.\n\n    Two.\n    """\n    return first, r\n',
    "a statement behind the docstring": 'def handle(r):\n    """One."""; x = r\n    return x\n',
    "only a docstring": 'def handle(r):\n    """One."""\n',
    "one line with a docstring": 'def handle(r): "One."; x = r; return first, x  # so\n',
    "tabs": "def handle(r):\n\tif r:\n\t\treturn first\n\treturn r\n",
    "two spaces": "def handle(r):\n  if r:\n    return first\n  return r\n",
    "carriage returns": 'def handle(r):\r\n    x = """a\r\nb"""\r\n    return first, x\r\n',
    "a long head": "def handle(\n  r: int,  # the request\n) -> (\n  int\n):  # why\n    # first\n    return r\n",
    "type parameters": "def handle[T: (int, str)](r: T) -> T:\n    return r\n",
    "a dictionary in the annotation": "def handle(r: dict[str, int]) -> {1: 2}:\n    return r\n",
    "umlauts": 'def handle(grüße: "größe") -> "größe": x = "ä"; return (first, "ö", grüße, x)\n',
    "a line that goes on": "def handle(r):\n    x = r + \\\n  1\n    return x\n",
    "brackets at the margin": "def handle(r):\n    return [\nr,\n  first,\n]\n",
    "comments at the end": "def handle(r):\n    return r\n    # the end\n\n# of the file\n",
    "a lambda beside": "LIMIT = lambda: 1; other = 2\ndef handle(r): return LIMIT()\n",
    "a form feed": "def handle(r):\n    x = r\n\f    if x:\n        return first\n    return r\n",
    "no line feed at the end": "def handle(r):\n    return r",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_a_method_does_what_the_function_did(text: str) -> None:
    alone: dict[str, Any] = {"first": 7}
    exec(text, alone)
    imports = Imports("acme")
    parts = take_apart(text, imports)
    together: dict[str, Any] = {"first": 0}
    handler = Compound("class Handler:", (method(parts.handle, "Answer.", ["first = self.first"]),))
    exec(code(*imports.statements(), *parts.beside, handler), together)
    together["Handler"].first = 7

    assert together["Handler"]().handle(3) == alone["handle"](3)
    assert inspect.getdoc(together["Handler"].handle) == (inspect.getdoc(alone["handle"]) or "Answer.")
    comments = {it.string for it in tokenize.generate_tokens(io.StringIO(text).readline) if it.type == tokenize.COMMENT}
    written = code(*parts.beside, handler)
    assert all(it in written for it in comments - {"# the request"})


def test_an_import_that_is_conditional_stays_where_it_is() -> None:
    text = "import sys\n\nif sys.platform:\n    import os\n\ndef handle(r: int) -> int:\n    import re\n    return r\n"
    imports = Imports("acme")

    parts = take_apart(text, imports)

    assert code(*imports.statements()) == "import sys\n"
    assert code(parts.beside[0]).strip() == "if sys.platform:\n    import os"
    assert parts.handle.suite[0].strip() == "import re"


def test_a_body_without_handle_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="without `handle`"):
        take_apart("x = 1\n", Imports("acme"))
