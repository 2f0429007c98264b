"""One operation being read: its expressions as Python, and what is wrong with it."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from omnibuild.core.values import (
    Expression,
    Imported,
    Json,
    Lowered,
    Model,
    NodeSpec,
    Operation,
    Pointer,
    Problem,
    Type,
)
from omnibuild.onex.names import Names
from omnibuild.spec.expression import Scope, lower
from omnibuild.spec.expression import names as free_names

_JSON = Type("Json")
_TEXT = Type("str")


class Reading:
    """Reads the parameters of one operation in the scope where it stands; collects problems.

    A `path` leads from the parameters to a value: keys and list positions.
    """

    def __init__(self, spec: NodeSpec, operation: Operation, names: Names, scope: Scope) -> None:
        self.spec = spec
        self.operation = operation
        self.at = operation.at.to(operation.connector)
        self.problems: list[Problem] = []
        self.expressions: list[tuple[Expression, Lowered]] = []
        """All expressions that were read without a problem."""
        self._names = names
        self._scope = scope

    def problem(self, message: str, at: Pointer, hint: str = "") -> None:
        """Take note of a problem."""
        self.problems.append(Problem("operation", message, at, hint))

    def support(self, module: str, name: str) -> Imported:
        """Return a name of a support module of the generated package."""
        return Imported(f"{self._names.package}.{module}", name)

    def value(self, written: Json, path: Sequence[str | int], expected: Type | None = None) -> Lowered | None:
        """Return an expression as Python; YAML's numbers, booleans and null are expressions, too."""
        expression = self._expression(written, path)
        if expression is None:
            return None
        lowered, problems = lower(expression, self._scope, expected)
        self.problems += problems
        if lowered:
            self.expressions.append((expression, lowered))
        return lowered

    def text(self, written: Json, path: Sequence[str | int]) -> Lowered | None:
        """Return an expression that gives a text."""
        return self.value(written, path, _TEXT)

    def constant(self, written: Json, path: Sequence[str | int], what: str) -> Lowered | None:
        """Return an expression that gives a text and is the same for every request: it names `env` only."""
        expression = self._expression(written, path)
        others = free_names(expression) - {"env"} if expression else None
        if expression and others:
            message = f"{what} is the same for every request, and `{min(others)}` is not"
            self.problem(message, expression.at, "name variables only: env.NAME")
            return None
        return self.text(written, path)

    def mapping(
        self, written: dict[str, Json], path: Sequence[str | int], expected: Type | None = None
    ) -> dict[str, Lowered] | None:
        """Return the expressions of a mapping as Python, None if one of them has a problem."""
        values = {key: self.value(it, (*path, key), expected) for key, it in written.items()}
        found = {key: it for key, it in values.items() if it}
        return found if len(found) == len(values) else None

    def json(self, written: Json, path: Sequence[str | int]) -> ast.expr | None:
        """Return lists and mappings whose leaves are expressions as JSON; a leaf that gives a model is dumped."""
        if isinstance(written, dict):
            trees = {key: self.json(it, (*path, key)) for key, it in written.items()}
            known = {key: it for key, it in trees.items() if it}
            return as_dict(known) if len(known) == len(trees) else None
        if isinstance(written, list):
            items = [self.json(it, (*path, index)) for index, it in enumerate(written)]
            found = [it for it in items if it]
            return ast.List(found, ast.Load()) if len(found) == len(items) else None
        return self._json_leaf(written, path)

    def _json_leaf(self, written: Json, path: Sequence[str | int]) -> ast.expr | None:
        expression = self._expression(written, path)
        found, _ = lower(expression, self._scope, None) if expression else (None, [])
        if expression and found and self.is_model(found.type):
            self.expressions.append((expression, found))
            return _dumped(found.tree)
        if expression and found and found.type.head == "list" and all(map(self.is_model, found.type.args)):
            self.expressions.append((expression, found))
            clause = ast.comprehension(ast.Name("it", ast.Store()), found.tree, [], 0)
            return ast.ListComp(_dumped(ast.Name("it", ast.Load())), [clause])
        lowered = self.value(written, path, _JSON)
        return lowered.tree if lowered else None

    def is_model(self, type_: Type) -> bool:
        """Return whether a type is a model."""
        return type_.ref is not None and isinstance(self._names.graph.lookup(type_.ref), Model)

    def _expression(self, written: Json, path: Sequence[str | int]) -> Expression | None:
        at = self.at.to(*path)
        match written:
            case str():
                return Expression(written, at)
            case None | bool() | int() | float():
                return Expression(repr(written), at)
            case _:
                self.problem(f"`{path[-1]}` must be an expression", at, "quote it if it begins with [ or {")
                return None


def as_dict(values: Mapping[str, Lowered | ast.expr]) -> ast.Dict:
    """Return a dict with these keys and values."""
    trees = [it.tree if isinstance(it, Lowered) else it for it in values.values()]
    return ast.Dict([ast.Constant(key) for key in values], trees)


def _dumped(tree: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(tree, "model_dump", ast.Load()), [], [ast.keyword("mode", ast.Constant("json"))])
