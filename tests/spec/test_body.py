from __future__ import annotations

from collections.abc import Callable

import pytest

from omnibuild.core.values import Body, Place, Pointer
from omnibuild.spec.body import BodyImport, find_body, read_body
from omnibuild.spec.document import Document

GOOD = """\
import os.path, re
from acme.shared.money import ModelAmount

async def handle(request: ModelAmount, environment: Environment) -> ModelAmount:
    from decimal import Decimal
    return request
"""


def body(text: str) -> Body:
    return Body("specs/it.py", text)


def test_the_shape_of_a_body() -> None:
    shape, problems = read_body(body(GOOD), environment=True)

    assert problems == []
    assert shape is not None
    assert (shape.is_async, shape.parameters) == (True, ("request", "environment"))
    assert shape.imports == (
        BodyImport("os.path", Place("specs/it.py", 1, 1)),
        BodyImport("re", Place("specs/it.py", 1, 1)),
        BodyImport("acme.shared.money", Place("specs/it.py", 2, 1), ("ModelAmount",)),
        BodyImport("decimal", Place("specs/it.py", 5, 5), ("Decimal",)),
    )


@pytest.mark.parametrize(
    ("text", "environment", "line", "column", "message"),
    [
        ("def handle(request:\n", False, 1, 11, "this is not Python: '(' was never closed"),
        ("x = 1\n", False, 1, 1, "the body does not define `handle`"),
        ("class A:\n    def handle(self): ...\n", False, 1, 1, "the body does not define `handle`"),
        ("def handle(r): ...\n\ndef handle(r): ...\n", False, 3, 1, "a body defines `handle` once"),
        ("from .models import X\ndef handle(r): ...\n", False, 1, 1, "a body cannot import relatively"),
        (
            "x = 1\n\ndef handle(r, e): ...\n",
            False,
            3,
            1,
            "`handle` has other parameters than a body's `handle` can have",
        ),
        ("def handle(): ...\n", True, 1, 1, "`handle` has other parameters than a body's `handle` can have"),
        ("def handle(r, e, f): ...\n", True, 1, 1, "`handle` has other parameters than a body's `handle` can have"),
        ("def handle(*r): ...\n", True, 1, 1, "`handle` has other parameters than a body's `handle` can have"),
        ("def handle(r, *, e): ...\n", True, 1, 1, "`handle` has other parameters than a body's `handle` can have"),
        ("def handle(r=1): ...\n", True, 1, 1, "`handle` has other parameters than a body's `handle` can have"),
        ("@cached\ndef handle(r): ...\n", False, 2, 1, "`handle` cannot be decorated: it becomes a method"),
        ("def handle(r): ...\x00", False, 1, 1, "this is not Python: source code string cannot contain null bytes"),
    ],
)
def test_what_keeps_a_body_from_being_spliced(
    text: str, environment: bool, line: int, column: int, message: str
) -> None:
    _, (problem,) = read_body(body(text), environment=environment)

    assert (problem.code, problem.at, problem.message) == ("body", Place("specs/it.py", line, column), message)


def test_the_hint_says_what_handle_looks_like() -> None:
    (one,) = read_body(body("def handle(a, b): ...\n"), environment=False)[1]
    (two,) = read_body(body("def handle(a, b, c): ...\n"), environment=True)[1]

    assert one.hint == "one: the request"
    assert two.hint == "def handle(request: ModelXInput, environment: Environment)"


def _asking(asked: list[str]) -> Callable[[str], None]:
    def text(file: str) -> None:
        asked.append(file)

    return text


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("/etc/passwd", "`/etc/passwd` leads out of the folder of the spec"),
        ("../other/x.py", "`../other/x.py` leads out of the folder of the spec"),
        ("a/../../x.py", "`a/../../x.py` leads out of the folder of the spec"),
        ("C:\\x.py", "`C:\\x.py` leads out of the folder of the spec"),
        ("x.txt", "`x.txt` is no Python file"),
        ("x.py", "there is no file `x.py`"),
    ],
)
def test_a_body_stands_beside_its_spec(named: str, message: str) -> None:
    document = Document("node", "a", {"node": "a", "body": named}, Pointer("specs/a.yaml", 0, ()))
    asked: list[str] = []

    found, (problem,) = find_body(document, _asking(asked), alone=True)

    assert found is None
    assert (problem.code, problem.message, problem.at) == ("body", message, document.at.to("body"))
    assert asked == (["specs/x.py"] if named == "x.py" else [])


@pytest.mark.parametrize("text", [f"x = {'1+' * 50_000}1\n", f"x = {'-' * 50_000}1\n", f"x = {'(' * 150}{')' * 150}\n"])
def test_python_that_is_nested_too_deep_is_a_problem(text: str) -> None:
    _, (problem, *_) = read_body(body(text), environment=False)

    assert problem.code == "body"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("def handle(r):\n    return handle(r.less)\n", 2, 12),
        ("def other(r): return handle(r)\ndef handle(r): ...\n", 1, 22),
        ("def handle(r): ...\nif __name__ == '__main__':\n    print(handle(1))\n", 3, 11),
        ("def handle(r): ...\nanswer = {'é': handle}\n", 2, 16),
        ("def handle(r): ...\ndef other(x):\n    global handle\n    handle = x\n", 4, 5),
    ],
)
def test_a_body_cannot_use_its_own_handle(text: str, line: int, column: int) -> None:
    _, (problem,) = read_body(body(text), environment=False)

    assert (problem.message, problem.at) == ("a body cannot use its own `handle`", Place("specs/it.py", line, column))
    assert problem.hint == "`handle` becomes a method: move what both need into a function of its own"


@pytest.mark.parametrize(
    "text",
    [
        "def other(file):\n    with open(file) as handle:\n        return handle.read()\n",
        "def other(handle): return handle\n",
        "other = lambda handle: handle\n",
        "others = [handle for handle in 'abc']\n",
        "def other():\n    try: ...\n    except OSError as handle: print(handle)\n",
        "def other():\n    from signals import handle\n    handle()\n",
        "class Other:\n    def handle(self): ...\n",
        "def other(it): it.handle()\n",
    ],
)
def test_another_handle_is_none_of_its_own(text: str) -> None:
    assert read_body(body(f"{text}def handle(r): ...\n"), environment=False)[1] == []


@pytest.mark.parametrize("environment", [True, False])
def test_no_parameter_is_named_self(environment: bool) -> None:
    _, (problem,) = read_body(body("def handle(self: ModelIn): ...\n"), environment=environment)

    assert problem.message == "no parameter of a body's `handle` can be named `self`"
    assert problem.hint == "`handle` becomes a method: name it `request`"


def test_columns_count_characters() -> None:
    shape, _ = read_body(body("é = 'ü'; import re\ndef handle(r): ...\n"), environment=False)

    assert shape is not None
    assert shape.imports == (BodyImport("re", Place("specs/it.py", 1, 10)),)
