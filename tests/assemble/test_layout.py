"""Whatever is said to be laid out is as the formatter leaves it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from omnibuild.adapters.ruff import RuffFormatter
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.layout import LaidOut, written
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import (
    Compound,
    Docstring,
    HandWritten,
    Line,
    Parameter,
    Statement,
    assign,
    class_,
    declare,
    function,
    quoted,
    returning,
    spaced,
)

NAMES = ("a", "order", "ModelOrderPricerInput", "st.builds", "self._handler", "a_name_of_forty_characters_or_so_it_is")
WORDS = ("a", "line_total", "quantity_of_what_was_ordered_long_ago", "sku")
PROSE = ("of", "what", "(was)", "ordered,", "for")
FIXED = ("lambda: []", "x * y", "not it", '"one\\n" "two"', 'b""', 'r"a" f"b"')
CHARACTERS = "ab ,()[]{}\"'\\#:=äß漢"


class Author:
    """Writes statements at random, many of them too long for a line."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def _some(self, most: int, make: Callable[[], str], least: int = 0) -> list[str]:
        return [make() for _ in range(self._random.randint(least, most))]

    def _words(self) -> str:
        if self._random.random() < 0.8:
            return " ".join(self._random.choices(PROSE, k=self._random.randint(1, 12)))
        return "".join(self._random.choices([*CHARACTERS, " for ", "lambda "], k=self._random.randint(0, 25)))

    def _name(self) -> str:
        return self._random.choice(NAMES)

    def _atom(self) -> str:
        number, fixed = str(self._random.randrange(10**9)), self._random.choice(FIXED)
        return self._random.choice([self._name(), quoted(self._words()), number, fixed])

    def value(self, depth: int = 2) -> str:
        def inner() -> str:
            return self.value(depth - 1)

        match self._random.randint(0, 5) if depth else 0:
            case 0:
                return self._atom()
            case 1 | 2:
                words = self._random.sample(WORDS, self._random.randint(0, 4))
                return f"{self._name()}({', '.join([*self._some(3, inner), *(f'{it}={inner()}' for it in words)])})"
            case 3:
                return f"[{', '.join(self._some(5, inner, 1))}]"
            case 4:
                return (
                    f"{{{', '.join(f'{quoted(self._words())}: {inner()}' for _ in range(self._random.randint(1, 4)))}}}"
                )
            case _:
                return self._random.choice(
                    [f"{self._name()}({inner()} for it in x)", f"[{inner()} for it, x in {inner()}]"]
                )

    def docstring(self) -> Docstring:
        return Docstring(" ".join(self._words() for _ in range(self._random.randint(1, 3))).strip() or "It.")

    def line(self) -> Line:
        value = self.value()
        forms = ["it = ", "it: dict[str, list[ModelOrderLine]] = ", "return ", "assert it == ", "it = await "]
        forms += ["assert handler().handle(request, 1)[0].it == ", f"assert {self.value(1)} == "]
        return Line(f"{self._random.choice(forms)}{value}")

    def lines(self) -> list[Statement]:
        return [self.line() for _ in range(self._random.randint(1, 3))]

    def method(self, *body: Statement) -> Compound:
        named = self._random.sample(WORDS, self._random.randint(0, 4))
        parameters = [Parameter("self"), *(Parameter(it, self._name(), "None") for it in named)]
        documented = [self.docstring()] if self._random.random() < 0.5 else []
        return function("method", parameters, self._name(), [*documented, *self.lines(), *body], is_async=True)

    def module(self) -> list[Statement]:
        found: list[Statement] = [self.docstring()]
        for _ in range(self._random.randint(1, 2)):
            first, bases = self.docstring(), self._some(2, self._name)
            fields = [spaced(declare("it", "int")), assign("that", self.value(), "str")]
            found += self._random.choice(
                [
                    [self.method()],
                    [class_("It", bases, [first, *fields, self.method()])],
                    [class_("It", bases, [first, self.method(), self.method()])],
                    [self.method(self.method(), *self.lines())],
                    self.lines(),
                ]
            )
        return found


@settings(max_examples=15, deadline=None, phases=[Phase.generate])
@given(st.integers(0, 10**9).map(Random))
def test_what_is_certain_is_what_the_formatter_makes(random: Random) -> None:
    texts = {f"{number}.py": written(Author(random).module()) for number in range(150)}
    made = RuffFormatter().format(texts)
    certain = {path: text for path, text in texts.items() if isinstance(text, LaidOut)}

    assert certain
    for path, text in certain.items():
        assert made[path] == text


def test_most_of_what_is_long_is_certain() -> None:
    fields = ", ".join(f"field_{number}=ModelMoney(value={number}, currency=EnumCurrency.EUR)" for number in range(9))
    statements: list[Statement] = [
        Docstring("Price it."),
        spaced(Line(f"it = Model({fields})")),
        function("handle", [Parameter("request", "ModelInput")], "Model", [returning(f"Model({fields})")]),
        function("test_it", [], "None", [Line(f"assert handle(request) == Model({fields})")]),
    ]

    text = written(statements)

    assert isinstance(text, LaidOut)
    assert RuffFormatter().format({"it.py": text}) == {"it.py": text}
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    "statement",
    [
        HandWritten("def handle( self ):\n    return 1"),
        Line(f"it = {' + '.join(['quantity * unit_price'] * 8)}"),
        Line("it = 1", behind="# why"),
        Line(f"it = {quoted('漢' * 70)}"),
        Compound(f"if {' and '.join(['it.is_so'] * 20)}:", (Line("it()"),)),
        Line(f"it = {'a' * 60}.b({'c' * 30}).{'d' * 30}(e)"),
    ],
)
def test_what_is_not_certain_is_left_to_the_formatter(statement: Statement) -> None:
    assert not isinstance(written([Docstring("It."), statement]), LaidOut)


def test_imports_are_laid_out() -> None:
    imports = Imports("acme")
    for name in ("ModelOrderPricerInput", "ModelOrderPricerOutput", "ModelOrderPricerState", "EnumOrderPricerStatus"):
        imports.name("acme.nodes.node_order_pricer_compute.models", name)
    imports.name(
        "acme.nodes.node_warehouse_notifier_effect.models.model_warehouse_notifier_output_of_old",
        "ModelWarehouseNotifierOutput",
    )

    text = module("Long imports", imports, [])

    assert isinstance(text, LaidOut)
    assert RuffFormatter().format({"it.py": text}) == {"it.py": text}
