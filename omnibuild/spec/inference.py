"""Reading an expression: a rule for each kind of part, and what is checked of every part."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from omnibuild.core.values import Lowered, Problem, Type
from omnibuild.spec.access import attribute, name, subscript
from omnibuild.spec.calls import call
from omnibuild.spec.comparison import comparison
from omnibuild.spec.compatibility import conversion, fits, show
from omnibuild.spec.comprehensions import comprehension, dict_comprehension
from omnibuild.spec.displays import dict_, f_string, sequence, tuple_
from omnibuild.spec.literals import constant, decimal, opened
from omnibuild.spec.operators import arithmetic, boolean, conditional, unary
from omnibuild.spec.scope import ANY, Env, Scope, Want, arms_of
from omnibuild.spec.syntax import Syntax

type Rule = Callable[[Inference, Any, Env, Want | None], Lowered]

_RULES: dict[type[ast.expr], Rule] = {
    ast.Constant: constant,
    ast.Name: name,
    ast.Attribute: attribute,
    ast.Subscript: subscript,
    ast.BinOp: arithmetic,
    ast.UnaryOp: unary,
    ast.BoolOp: boolean,
    ast.Compare: comparison,
    ast.IfExp: conditional,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.DictComp: dict_comprehension,
    ast.JoinedStr: f_string,
    ast.Tuple: tuple_,
    ast.List: sequence,
    ast.Set: sequence,
    ast.Dict: dict_,
    ast.Call: call,
}
_REFUSED: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("`lambda`", "write a comprehension, or a body"),
    ast.NamedExpr: ("`:=`", "name it under let:"),
    ast.Await: ("`await`", ""),
    ast.Yield: ("`yield`", ""),
    ast.YieldFrom: ("`yield`", ""),
    ast.Starred: ("`*` in front of a value", "write a + b"),
    ast.Slice: ("a slice inside a tuple", ""),
}
_NARROWER = ({"int", "Decimal"}, {"int"})


class Inference:
    """One expression: its problems, and the rules at work. A `Reader`."""

    def __init__(self, syntax: Syntax, scope: Scope) -> None:
        self.scope = scope
        self._syntax = syntax
        self._problems: dict[Problem, None] = {}

    @property
    def problems(self) -> list[Problem]:
        """All problems found, in the order of the text."""
        return sorted(self._problems, key=lambda it: getattr(it.at, "offset", 0))

    def infer(self, node: ast.expr, env: Env, want: Want | None = None) -> Lowered:
        """Return a part as Python, and its type; where it is not what is strictly wanted, report it."""
        rule = _RULES.get(type(node))
        if rule is None:
            shown, hint = _REFUSED.get(type(node), (f"`{self.segment(node)}`", ""))
            self.report(f"{shown} is not part of expressions", node, hint)
            return Lowered(node, ANY)
        found = rule(self, node, env, want)
        return self._conform(node, found, want.type) if want and want.strict else found

    def _conform(self, node: ast.expr, found: Lowered, wanted: Type) -> Lowered:
        if all(arm.head not in ("Any", "Json") for arm in arms_of(wanted)):
            found = opened(found)
        if fits(found.type, wanted, self.scope):
            return found
        converted = _convert(found, wanted)
        if converted and fits(converted.type, wanted, self.scope):
            return converted
        shown = show(found.type, self.scope)
        hint = conversion(found.type, wanted)
        if found.type.head == "iterator":
            shown, hint = "an iterator", hint or "write [… for … in …]"
        self.report(f"this gives {shown}, but {show(wanted, self.scope)} is needed", node, hint)
        return Lowered(found.tree, wanted)

    def report(self, message: str, where: ast.expr | ast.keyword | int, hint: str = "") -> None:
        """Note a problem at a part, or at an offset; once, however often the part is read."""
        self._problems[self._syntax.problem(message, where, hint)] = None

    def name_of(self, node: ast.Attribute) -> int:
        """Return the offset of the name behind the dot."""
        return self._syntax.name_of(node)

    def segment(self, node: ast.expr) -> str:
        """Return a part as it is written."""
        return self._syntax.segment(node)


def _convert(found: Lowered, wanted: Type) -> Lowered | None:
    """Return a value in the wider type that is wanted, where nothing can be lost."""
    heads = {arm.head for arm in arms_of(wanted)}
    if "Decimal" in heads and {arm.head for arm in arms_of(found.type)} in _NARROWER:
        return Lowered(decimal(found.tree), Type("Decimal"))
    if "frozenset" in heads and found.type.head == "set":
        tree = found.tree
        if isinstance(tree, ast.SetComp):
            tree = ast.GeneratorExp(tree.elt, tree.generators)
        return Lowered(ast.Call(ast.Name("frozenset", ast.Load()), [tree], []), Type("frozenset", found.type.args))
    return None
