"""Python expressions: a syntax tree to text, with the parentheses a careful reader would keep.

`ast.parse` of the text gives the tree again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from omnibuild.assemble.literal import escape, number, quote, text
from omnibuild.assemble.precedence import Level, begins_with_brace, hugs, is_power, is_short, mixes, tightness
from omnibuild.core.values import ClassOf, Imported

type Name = Callable[[Imported | ClassOf], str]

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
_UNARY: dict[type[ast.unaryop], str] = {ast.Not: "not ", ast.USub: "-", ast.UAdd: "+"}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


def expression(tree: ast.expr, name: Name) -> str:
    """Return an expression as text; `name` says how an import or a generated class is spelled.

    Raises TypeError for a node that is not of the expression grammar.
    """
    return _Writer(name).write(tree)


class _Writer:
    """Writes one expression; knows how it stands to the f-strings around it."""

    def __init__(self, name: Name, nested: str = "") -> None:
        self._name = name
        self._nested = nested

    def write(self, tree: ast.expr, level: int = Level.ANY) -> str:
        """Return a part; in parentheses if it binds less tightly than its place needs."""
        rule = _RULES.get(type(tree))
        if rule is None:
            raise TypeError(f"not of the expression grammar: {ast.dump(tree)}")
        written = rule(self, tree)
        return f"({written})" if tightness(tree) < level else written

    def constant(self, tree: ast.Constant) -> str:
        match tree.value:
            case bool() | None:
                return repr(tree.value)
            case int() | float() as value:
                return f"-{number(-value)}" if value < 0 else number(value)
            case str() | bytes() as value:
                return text(value, self._nested)
            case _:
                raise TypeError(f"not of the expression grammar: {ast.dump(tree)}")

    def name(self, tree: ast.Name) -> str:
        return tree.id

    def provided(self, tree: Imported | ClassOf) -> str:
        return self._name(tree)

    def attribute(self, tree: ast.Attribute) -> str:
        return f"{self.write(tree.value, Level.ATOM)}.{tree.attr}"

    def subscript(self, tree: ast.Subscript) -> str:
        several = isinstance(tree.slice, ast.Tuple) and len(tree.slice.elts) > 1
        indices = tree.slice.elts if several and isinstance(tree.slice, ast.Tuple) else [tree.slice]
        return f"{self.write(tree.value, Level.ATOM)}[{', '.join(map(self._index, indices))}]"

    def _index(self, tree: ast.expr) -> str:
        if not isinstance(tree, ast.Slice):
            return self.write(tree)
        given = [it for it in (tree.lower, tree.upper, tree.step) if it]
        space = "" if all(map(is_short, given)) else " "
        lower, upper, step = (self.write(it) if it else "" for it in (tree.lower, tree.upper, tree.step))
        written = f"{lower}{space if lower else ''}:{space if upper else ''}{upper}"
        return f"{written}{space if upper else ''}:{space}{step}" if step else written

    def binary(self, tree: ast.BinOp) -> str:
        if isinstance(tree.op, ast.Pow):
            return self._power(tree)
        level = tightness(tree)
        confusing = isinstance(tree.left, ast.BinOp) and mixes(tree.left.op, tree.op)
        left = self.write(tree.left, level + 1 if confusing else level)
        return f"{left} {_known(_BINARY.get(type(tree.op)))} {self.write(tree.right, level + 1)}"

    def _power(self, tree: ast.BinOp) -> str:
        # The exponent may carry a sign of its own; a power of a power is not for careful readers to work out.
        left = self.write(tree.left, Level.AWAIT)
        right = self.write(tree.right, Level.ATOM if is_power(tree.right) else Level.SIGN)
        space = "" if hugs(tree.left) and hugs(tree.right) and tightness(tree.left) != Level.SIGN else " "
        return f"{left}{space}**{space}{right}"

    def unary(self, tree: ast.UnaryOp) -> str:
        operand = self.write(tree.operand, Level.ATOM if is_power(tree.operand) else tightness(tree))
        return f"{_known(_UNARY.get(type(tree.op)))}{operand}"

    def boolean(self, tree: ast.BoolOp) -> str:
        # `and` inside `or` needs none, but a careful reader would not want to remember that.
        parts = (self.write(it, Level.ATOM if isinstance(it, ast.BoolOp) else Level.NOT) for it in tree.values)
        return (" and " if isinstance(tree.op, ast.And) else " or ").join(parts)

    def comparison(self, tree: ast.Compare) -> str:
        written = [self.write(tree.left, Level.SUM)]
        for op, it in zip(tree.ops, tree.comparators, strict=True):
            written += [_known(_COMPARE.get(type(op))), self.write(it, Level.SUM)]
        return " ".join(written)

    def conditional(self, tree: ast.IfExp) -> str:
        body, test, orelse = (self.write(it, Level.OR) for it in (tree.body, tree.test, tree.orelse))
        return f"{body} if {test} else {orelse}"

    def awaited(self, tree: ast.Await) -> str:
        return f"await {self.write(tree.value, Level.ATOM)}"

    def call(self, tree: ast.Call) -> str:
        if len(tree.args) == 1 and not tree.keywords and isinstance(tree.args[0], ast.GeneratorExp):
            arguments = [self._generated(tree.args[0])]
        else:
            arguments = [self.write(it) for it in tree.args]
        arguments += [f"{_known(it.arg)}={self.write(it.value)}" for it in tree.keywords]
        return f"{self.write(tree.func, Level.ATOM)}({', '.join(arguments)})"

    def _generated(self, tree: ast.GeneratorExp | ast.ListComp | ast.SetComp) -> str:
        return f"{self.write(tree.elt)} {self._clauses(tree.generators)}"

    def generator(self, tree: ast.GeneratorExp) -> str:
        return f"({self._generated(tree)})"

    def list_comprehension(self, tree: ast.ListComp) -> str:
        return f"[{self._generated(tree)}]"

    def set_comprehension(self, tree: ast.SetComp) -> str:
        return f"{{{self._generated(tree)}}}"

    def dict_comprehension(self, tree: ast.DictComp) -> str:
        return f"{{{self.write(tree.key)}: {self.write(tree.value)} {self._clauses(tree.generators)}}}"

    def _clauses(self, clauses: Sequence[ast.comprehension]) -> str:
        written: list[str] = []
        for clause in clauses:
            written.append(f"for {self._target(clause.target)} in {self.write(clause.iter, Level.OR)}")
            written += (f"if {self.write(it, Level.OR)}" for it in clause.ifs)
        return " ".join(written)

    def _target(self, tree: ast.expr) -> str:
        if isinstance(tree, ast.Tuple) and len(tree.elts) > 1:
            return ", ".join(map(self._inner_target, tree.elts))
        return self._inner_target(tree)

    def _inner_target(self, tree: ast.expr) -> str:
        if isinstance(tree, ast.Name):
            return tree.id
        if isinstance(tree, ast.Tuple):
            return _tuple([self._inner_target(it) for it in tree.elts])
        raise TypeError(f"not of the expression grammar: {ast.dump(tree)}")

    def tuple_(self, tree: ast.Tuple) -> str:
        return _tuple(self._elements(tree.elts))

    def list_(self, tree: ast.List) -> str:
        return f"[{', '.join(self._elements(tree.elts))}]"

    def set_(self, tree: ast.Set) -> str:
        return f"{{{', '.join(self._elements(tree.elts))}}}"

    def _elements(self, trees: Iterable[ast.expr]) -> list[str]:
        return [self.write(it) for it in trees]

    def dict_(self, tree: ast.Dict) -> str:
        pairs = zip(tree.keys, tree.values, strict=True)
        return f"{{{', '.join(f'{self.write(_known(key))}: {self.write(value)}' for key, value in pairs)}}}"

    def f_string(self, tree: ast.JoinedStr) -> str:
        sign = quote("".join(_texts(tree)), self._nested)
        return f"f{sign}{self._f_parts(tree, sign)}{sign}"

    def _f_parts(self, tree: ast.JoinedStr, sign: str) -> str:
        inner = _Writer(self._name, sign)
        parts: list[str] = []
        for it in tree.values:
            if isinstance(it, ast.FormattedValue):
                parts.append(inner.formatted(it, sign))
            elif isinstance(it, ast.Constant):
                parts.append(escape(str(it.value), sign).replace("{", "{{").replace("}", "}}"))
        return "".join(parts)

    def formatted(self, tree: ast.FormattedValue, sign: str) -> str:
        """Return a replacement field of an f-string in these quotes."""
        margin = " " if begins_with_brace(tree.value) else ""
        conversion = f"!{chr(tree.conversion)}" if tree.conversion != -1 else ""
        spec = f":{self._f_parts(tree.format_spec, sign)}" if isinstance(tree.format_spec, ast.JoinedStr) else ""
        return f"{{{margin}{self.write(tree.value)}{margin}{conversion}{spec}}}"


_RULES: dict[type[ast.expr], Callable[[_Writer, Any], str]] = {
    ast.Constant: _Writer.constant,
    ast.Name: _Writer.name,
    Imported: _Writer.provided,
    ClassOf: _Writer.provided,
    ast.Attribute: _Writer.attribute,
    ast.Subscript: _Writer.subscript,
    ast.BinOp: _Writer.binary,
    ast.UnaryOp: _Writer.unary,
    ast.BoolOp: _Writer.boolean,
    ast.Compare: _Writer.comparison,
    ast.IfExp: _Writer.conditional,
    ast.Await: _Writer.awaited,
    ast.Call: _Writer.call,
    ast.GeneratorExp: _Writer.generator,
    ast.ListComp: _Writer.list_comprehension,
    ast.SetComp: _Writer.set_comprehension,
    ast.DictComp: _Writer.dict_comprehension,
    ast.Tuple: _Writer.tuple_,
    ast.List: _Writer.list_,
    ast.Set: _Writer.set_,
    ast.Dict: _Writer.dict_,
    ast.JoinedStr: _Writer.f_string,
}


def _tuple(elements: Sequence[str]) -> str:
    return f"({elements[0]},)" if len(elements) == 1 else f"({', '.join(elements)})"


def _texts(tree: ast.JoinedStr) -> list[str]:
    return [str(it.value) for it in tree.values if isinstance(it, ast.Constant)]


def _known[T](part: T | None) -> T:
    """Return a part that only what is not of the grammar does not have: `**`, bitwise operators."""
    if part is None:
        raise TypeError("not of the expression grammar")
    return part
