"""Python expressions: a syntax tree to a libcst tree, with the parentheses a careful reader would keep.

Built directly, without parsing: `ast.parse` of the code gives the tree again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypedDict

import libcst as cst

from omnibuild.assemble.literal import escape, number, quote, text
from omnibuild.assemble.precedence import Level, begins_with_brace, hugs, is_power, is_short, mixes, tightness
from omnibuild.core.values import ClassOf, Imported

type Name = Callable[[Imported | ClassOf], str]

_BINARY: dict[type[ast.operator], type[cst.BaseBinaryOp]] = {
    ast.Add: cst.Add,
    ast.Sub: cst.Subtract,
    ast.Mult: cst.Multiply,
    ast.Div: cst.Divide,
    ast.FloorDiv: cst.FloorDivide,
    ast.Mod: cst.Modulo,
}
_UNARY: dict[type[ast.unaryop], type[cst.BaseUnaryOp]] = {
    ast.Not: cst.Not,
    ast.USub: cst.Minus,
    ast.UAdd: cst.Plus,
}
_COMPARE: dict[type[ast.cmpop], type[cst.BaseCompOp]] = {
    ast.Eq: cst.Equal,
    ast.NotEq: cst.NotEqual,
    ast.Lt: cst.LessThan,
    ast.LtE: cst.LessThanEqual,
    ast.Gt: cst.GreaterThan,
    ast.GtE: cst.GreaterThanEqual,
    ast.Is: cst.Is,
    ast.IsNot: cst.IsNot,
    ast.In: cst.In,
    ast.NotIn: cst.NotIn,
}
_TIGHT = cst.SimpleWhitespace("")
_SPACE = cst.SimpleWhitespace(" ")
_EQUAL = cst.AssignEqual(_TIGHT, _TIGHT)


class _Parentheses(TypedDict):
    lpar: Sequence[cst.LeftParen]
    rpar: Sequence[cst.RightParen]


_BARE: _Parentheses = {"lpar": (), "rpar": ()}
_WRAPPED: _Parentheses = {"lpar": (cst.LeftParen(),), "rpar": (cst.RightParen(),)}


def expression(tree: ast.expr, name: Name) -> cst.BaseExpression:
    """Return an expression as a libcst tree; `name` says how an import or a generated class is spelled.

    Raises TypeError for a node that is not of the expression grammar.
    """
    return _Writer(name).write(tree)


class _Writer:
    """Writes one expression; knows how it stands to the f-strings around it."""

    def __init__(self, name: Name, nested: str = "") -> None:
        self._name = name
        self._nested = nested

    def write(self, tree: ast.expr, level: int = Level.ANY) -> cst.BaseExpression:
        """Return a part; in parentheses if it binds less tightly than its place needs."""
        rule = _RULES.get(type(tree))
        if rule is None:
            raise TypeError(f"not of the expression grammar: {ast.dump(tree)}")
        return rule(self, tree, _WRAPPED if tightness(tree) < level else _BARE)

    def constant(self, tree: ast.Constant, around: _Parentheses) -> cst.BaseExpression:
        match tree.value:
            case bool() | None:
                return cst.Name(repr(tree.value))
            case int() | float() as value if value < 0:
                return cst.UnaryOperation(cst.Minus(), number(-value), **around)
            case int() | float() as value:
                return number(value, **around)
            case str() | bytes() as value:
                return text(value, self._nested)
            case _:
                raise TypeError(f"not of the expression grammar: {ast.dump(tree)}")

    def name(self, tree: ast.Name, _: _Parentheses) -> cst.BaseExpression:
        return cst.Name(tree.id)

    def provided(self, tree: Imported | ClassOf, _: _Parentheses) -> cst.BaseExpression:
        first, *rest = self._name(tree).split(".")
        found: cst.BaseExpression = cst.Name(first)
        for part in rest:
            found = cst.Attribute(found, cst.Name(part))
        return found

    def attribute(self, tree: ast.Attribute, _: _Parentheses) -> cst.BaseExpression:
        return cst.Attribute(self.write(tree.value, Level.ATOM), cst.Name(tree.attr))

    def subscript(self, tree: ast.Subscript, _: _Parentheses) -> cst.BaseExpression:
        several = isinstance(tree.slice, ast.Tuple) and len(tree.slice.elts) > 1
        indices = tree.slice.elts if several and isinstance(tree.slice, ast.Tuple) else [tree.slice]
        elements = [cst.SubscriptElement(self._index(it)) for it in indices]
        return cst.Subscript(self.write(tree.value, Level.ATOM), elements)

    def _index(self, tree: ast.expr) -> cst.Index | cst.Slice:
        if not isinstance(tree, ast.Slice):
            return cst.Index(self.write(tree))
        given = [it for it in (tree.lower, tree.upper, tree.step) if it]
        space = _TIGHT if all(map(is_short, given)) else _SPACE
        first = cst.Colon(space if tree.lower else _TIGHT, space if tree.upper else _TIGHT)
        second = cst.Colon(space if tree.upper else _TIGHT, space)
        lower, upper, step = (self.write(it) if it else None for it in (tree.lower, tree.upper, tree.step))
        if step is None:
            return cst.Slice(lower, upper, first_colon=first)
        return cst.Slice(lower, upper, step, first, second)

    def binary(self, tree: ast.BinOp, around: _Parentheses) -> cst.BaseExpression:
        if isinstance(tree.op, ast.Pow):
            return self._power(tree, around)
        level = tightness(tree)
        confusing = isinstance(tree.left, ast.BinOp) and mixes(tree.left.op, tree.op)
        left = self.write(tree.left, level + 1 if confusing else level)
        return cst.BinaryOperation(
            left, _known(_BINARY.get(type(tree.op)))(), self.write(tree.right, level + 1), **around
        )

    def _power(self, tree: ast.BinOp, around: _Parentheses) -> cst.BaseExpression:
        # The exponent may carry a sign of its own; a power of a power is not for careful readers to work out.
        left = self.write(tree.left, Level.AWAIT)
        right = self.write(tree.right, Level.ATOM if is_power(tree.right) else Level.SIGN)
        space = _TIGHT if hugs(tree.left) and hugs(tree.right) and tightness(tree.left) != Level.SIGN else _SPACE
        return cst.BinaryOperation(left, cst.Power(space, space), right, **around)

    def unary(self, tree: ast.UnaryOp, around: _Parentheses) -> cst.BaseExpression:
        operand = self.write(tree.operand, Level.ATOM if is_power(tree.operand) else tightness(tree))
        return cst.UnaryOperation(_known(_UNARY.get(type(tree.op)))(), operand, **around)

    def boolean(self, tree: ast.BoolOp, around: _Parentheses) -> cst.BaseExpression:
        operator = cst.And if isinstance(tree.op, ast.And) else cst.Or
        # `and` inside `or` needs none, but a careful reader would not want to remember that.
        first, *rest = (self.write(it, Level.ATOM if isinstance(it, ast.BoolOp) else Level.NOT) for it in tree.values)
        for right in rest[:-1]:
            first = cst.BooleanOperation(first, operator(), right)
        return cst.BooleanOperation(first, operator(), rest[-1], **around)

    def comparison(self, tree: ast.Compare, around: _Parentheses) -> cst.BaseExpression:
        targets = [
            cst.ComparisonTarget(_known(_COMPARE.get(type(op)))(), self.write(it, Level.SUM))
            for op, it in zip(tree.ops, tree.comparators, strict=True)
        ]
        return cst.Comparison(self.write(tree.left, Level.SUM), targets, **around)

    def conditional(self, tree: ast.IfExp, around: _Parentheses) -> cst.BaseExpression:
        body, test, orelse = (self.write(it, Level.OR) for it in (tree.body, tree.test, tree.orelse))
        return cst.IfExp(test, body, orelse, **around)

    def awaited(self, tree: ast.Await, around: _Parentheses) -> cst.BaseExpression:
        return cst.Await(self.write(tree.value, Level.ATOM), **around)

    def call(self, tree: ast.Call, _: _Parentheses) -> cst.BaseExpression:
        if len(tree.args) == 1 and not tree.keywords and isinstance(tree.args[0], ast.GeneratorExp):
            arguments = [cst.Arg(self.generator(tree.args[0], _BARE))]
        else:
            arguments = [cst.Arg(self.write(it)) for it in tree.args]
        arguments += [
            cst.Arg(self.write(it.value), keyword=cst.Name(_known(it.arg)), equal=_EQUAL) for it in tree.keywords
        ]
        return cst.Call(self.write(tree.func, Level.ATOM), arguments)

    def generator(self, tree: ast.GeneratorExp, around: _Parentheses = _WRAPPED) -> cst.BaseExpression:
        return cst.GeneratorExp(self.write(tree.elt), self._clauses(tree.generators), **around)

    def list_comprehension(self, tree: ast.ListComp, _: _Parentheses) -> cst.BaseExpression:
        return cst.ListComp(self.write(tree.elt), self._clauses(tree.generators))

    def set_comprehension(self, tree: ast.SetComp, _: _Parentheses) -> cst.BaseExpression:
        return cst.SetComp(self.write(tree.elt), self._clauses(tree.generators))

    def dict_comprehension(self, tree: ast.DictComp, _: _Parentheses) -> cst.BaseExpression:
        return cst.DictComp(self.write(tree.key), self.write(tree.value), self._clauses(tree.generators))

    def _clauses(self, clauses: Sequence[ast.comprehension]) -> cst.CompFor:
        inner: cst.CompFor | None = None
        for clause in reversed(clauses):
            conditions = [cst.CompIf(self.write(it, Level.OR)) for it in clause.ifs]
            inner = cst.CompFor(self._target(clause.target), self.write(clause.iter, Level.OR), conditions, inner)
        if inner is None:
            raise TypeError("a comprehension needs a `for`")
        return inner

    def _target(self, tree: ast.expr) -> cst.BaseAssignTargetExpression:
        if isinstance(tree, ast.Tuple):
            around = _BARE if len(tree.elts) > 1 else _WRAPPED
            return cst.Tuple([cst.Element(self._inner_target(it)) for it in tree.elts], **around)
        return self._inner_target(tree)

    def _inner_target(self, tree: ast.expr) -> cst.Name | cst.Tuple:
        if isinstance(tree, ast.Name):
            return cst.Name(tree.id)
        if isinstance(tree, ast.Tuple):
            return cst.Tuple([cst.Element(self._inner_target(it)) for it in tree.elts])
        raise TypeError(f"not of the expression grammar: {ast.dump(tree)}")

    def tuple_(self, tree: ast.Tuple, _: _Parentheses) -> cst.BaseExpression:
        return cst.Tuple(self._elements(tree.elts))

    def list_(self, tree: ast.List, _: _Parentheses) -> cst.BaseExpression:
        return cst.List(self._elements(tree.elts))

    def set_(self, tree: ast.Set, _: _Parentheses) -> cst.BaseExpression:
        return cst.Set(self._elements(tree.elts))

    def _elements(self, trees: Iterable[ast.expr]) -> list[cst.Element]:
        return [cst.Element(self.write(it)) for it in trees]

    def dict_(self, tree: ast.Dict, _: _Parentheses) -> cst.BaseExpression:
        pairs = zip(tree.keys, tree.values, strict=True)
        return cst.Dict([cst.DictElement(self.write(_known(key)), self.write(value)) for key, value in pairs])

    def f_string(self, tree: ast.JoinedStr, _: _Parentheses) -> cst.BaseExpression:
        sign = quote("".join(_texts(tree)), self._nested)
        return cst.FormattedString(self._f_parts(tree, sign), f"f{sign}", "'" if sign == "'" else '"')

    def _f_parts(self, tree: ast.JoinedStr, sign: str) -> list[cst.BaseFormattedStringContent]:
        inner = _Writer(self._name, sign)
        parts: list[cst.BaseFormattedStringContent] = []
        for it in tree.values:
            if isinstance(it, ast.FormattedValue):
                parts.append(inner.formatted(it, sign))
            elif isinstance(it, ast.Constant):
                body = escape(str(it.value), sign).replace("{", "{{").replace("}", "}}")
                parts.append(cst.FormattedStringText(body))
        return parts

    def formatted(self, tree: ast.FormattedValue, sign: str) -> cst.FormattedStringExpression:
        """Return a replacement field of an f-string in these quotes."""
        value = self.write(tree.value)
        margin = _SPACE if begins_with_brace(tree.value) else _TIGHT
        spec = self._f_parts(tree.format_spec, sign) if isinstance(tree.format_spec, ast.JoinedStr) else None
        return cst.FormattedStringExpression(
            value,
            conversion=chr(tree.conversion) if tree.conversion != -1 else None,
            format_spec=spec,
            whitespace_before_expression=margin,
            whitespace_after_expression=margin,
        )


_RULES: dict[type[ast.expr], Callable[[_Writer, Any, _Parentheses], cst.BaseExpression]] = {
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
    ast.GeneratorExp: lambda writer, tree, _: writer.generator(tree),
    ast.ListComp: _Writer.list_comprehension,
    ast.SetComp: _Writer.set_comprehension,
    ast.DictComp: _Writer.dict_comprehension,
    ast.Tuple: _Writer.tuple_,
    ast.List: _Writer.list_,
    ast.Set: _Writer.set_,
    ast.Dict: _Writer.dict_,
    ast.JoinedStr: _Writer.f_string,
}


def _texts(tree: ast.JoinedStr) -> list[str]:
    return [str(it.value) for it in tree.values if isinstance(it, ast.Constant)]


def _known[T](part: T | None) -> T:
    """Return a part that only what is not of the grammar does not have: `**`, bitwise operators."""
    if part is None:
        raise TypeError("not of the expression grammar")
    return part
