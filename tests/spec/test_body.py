from __future__ import annotations

import pytest

from omnibuild.core.values import Body, Place
from omnibuild.spec.body import BodyImport, read_body

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
