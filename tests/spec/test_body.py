from __future__ import annotations

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
        BodyImport("acme.shared.money", Place("specs/it.py", 2, 1)),
        BodyImport("decimal", Place("specs/it.py", 5, 5)),
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

    found, (problem,) = find_body(document, lambda file: asked.append(file), alone=True)

    assert found is None
    assert (problem.code, problem.message, problem.at) == ("body", message, document.at.to("body"))
    assert asked == (["specs/x.py"] if named == "x.py" else [])


@pytest.mark.parametrize("text", [f"x = {'1+' * 50_000}1\n", f"x = {'-' * 50_000}1\n", f"x = {'(' * 150}{')' * 150}\n"])
def test_python_that_is_nested_too_deep_is_a_problem(text: str) -> None:
    _, (problem, *_) = read_body(body(text), environment=False)

    assert problem.code == "body"
