"""The type grammar: the text of a TYPE to a `Type`. Whether the models it names exist is not asked here."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Pointer, Problem, Ref, Type
from omnibuild.spec.syntax import Syntax, parse

NUMBERS = ("int", "float", "bool", "Decimal")
TIMES = ("datetime", "date", "time", "timedelta")
SCALARS = ("str", "bytes", *NUMBERS, *TIMES, "UUID", "Path", "HttpUrl", "Json", "Any")
CONTAINERS = {"list": 1, "set": 1, "frozenset": 1, "dict": 2, "tuple": None}
"""How many arguments each takes; None for any number."""

_SCALAR_TYPES = {name: Type(name) for name in SCALARS}
"""One value for each, whoever names it."""

ELLIPSIS = Type("...")
"""The last argument of `tuple[X, ...]`."""

_UNHASHABLE = ("list", "set", "dict", "Json")
_FROZEN = {"list": "write tuple[…, ...]", "set": "write frozenset[…]"}
_EXAMPLES = {
    "list": "list[str]",
    "set": "set[str]",
    "frozenset": "frozenset[str]",
    "dict": "dict[str, int]",
    "tuple": "tuple[str, int]",
    "Literal": 'Literal["a", "b"]',
}
_MODULES = ("datetime", "decimal", "uuid", "pathlib", "pydantic", "typing", "dt", "t")
_MEANT = {
    "string": "str",
    "text": "str",
    "char": "str",
    "varchar": "str",
    "integer": "int",
    "long": "int",
    "int32": "int",
    "int64": "int",
    "number": "int, float or Decimal",
    "double": "float",
    "real": "float",
    "float32": "float",
    "float64": "float",
    "boolean": "bool",
    "decimal": "Decimal",
    "money": "Decimal",
    "uuid": "UUID",
    "timestamp": "datetime",
    "duration": "timedelta",
    "interval": "timedelta",
    "path": "Path",
    "url": "HttpUrl",
    "binary": "bytes",
    "json": "Json",
    "object": "Json",
    "any": "Any",
    "array": "list[…]",
    "map": "dict[…, …]",
    "null": "None",
    "none": "None",
    "Optional": "X | None",
    "Union": "X | Y",
    "List": "list[…]",
    "Set": "set[…]",
    "FrozenSet": "frozenset[…]",
    "Dict": "dict[…, …]",
    "Mapping": "dict[…, …]",
    "Sequence": "list[…]",
    "Tuple": "tuple[…]",
}
_NO_MODELS = ("Optional", "Union")
"""Capitalised names that nobody means as a model's."""


def parse_type(text: str, at: Pointer, document: str) -> Type | Problem:
    """Return the type that the text says, or the first problem in it, at its own character.

    A capitalised bare name is a model or enum of `document`.
    """
    if text in _SCALAR_TYPES:
        return _SCALAR_TYPES[text]
    syntax = parse(text, at, "type", "a type")
    if isinstance(syntax, Problem):
        return syntax
    return _Reader(syntax, document).read(syntax.tree)


class _Reader:
    """The rules of the grammar, one method each; every one returns a type or the first problem."""

    def __init__(self, syntax: Syntax, document: str) -> None:
        self._problem = syntax.problem
        self._syntax = syntax
        self._document = document

    def read(self, node: ast.expr) -> Type | Problem:
        """Return the type that a node says."""
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.BinOp(op=ast.BitOr()):
                return self._union(node)
            case ast.Constant(value=None):
                return Type("None")
            case ast.Constant(value=str(name)):
                return self._problem("a type stands without quotes", node, f"write {name}")
            case _:
                wrong = self._syntax.segment(node)
                return self._problem(f"`{wrong}` is not a type", node, "write a type as in Python, `list[str]`")

    def _name(self, node: ast.Name) -> Type | Problem:
        name = node.id
        if name in _SCALAR_TYPES:
            return _SCALAR_TYPES[name]
        if name in CONTAINERS or name == "Literal":
            return self._problem(f"`{name}` of what?", node, f"write for example {_EXAMPLES[name]}")
        if name[0].isupper() and name not in _NO_MODELS:
            return Type("ref", ref=Ref(self._document, name))
        return self._unknown(name, node)

    def _unknown(self, name: str, node: ast.expr) -> Problem:
        meant = _MEANT.get(name) or _MEANT.get(name.lower())
        if meant:
            return self._problem(f"unknown type `{name}`", node, f"write {meant}")
        near = nearest(name, (*SCALARS, *CONTAINERS, "Literal"))
        hint = f"did you mean `{near}`?" if near else "a model's name begins with a capital letter"
        return self._problem(f"unknown type `{name}`", node, hint)

    def _attribute(self, node: ast.Attribute) -> Type | Problem:
        name = node.attr
        if not isinstance(node.value, ast.Name):
            return self._problem(f"`{self._syntax.segment(node)}` is not a type", node, "write `document.Model`")
        if node.value.id in _MODULES and (name in (*SCALARS, *CONTAINERS, "Literal") or name in _MEANT):
            hint = f"write {_MEANT.get(name, name)}"
            return self._problem(f"unknown type `{node.value.id}.{name}`", node, hint)
        if not name[0].isupper():
            return self._problem(f"`{name}` is not a model", self._syntax.name_of(node), "models are capitalised")
        return Type("ref", ref=Ref(node.value.id, name))

    def _union(self, node: ast.BinOp) -> Type | Problem:
        arms: dict[Type, None] = {}
        for side in (node.left, node.right):
            arm = self.read(side)
            if isinstance(arm, Problem):
                return arm
            arms |= dict.fromkeys(arm.args if arm.head == "|" else (arm,))
        return Type("|", tuple(arms)) if len(arms) > 1 else next(iter(arms))

    def _subscript(self, node: ast.Subscript) -> Type | Problem:
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        match node.value:
            case ast.Name(id="Literal"):
                return self._literal(node, arguments)
            case ast.Name(id=head) if head in CONTAINERS:
                return self._container(node, head, arguments)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return self._problem(f"`{name}` takes no arguments", node, self._instead(name, arguments))
            case _:
                return self._problem(f"`{self._syntax.segment(node)}` is not a type", node)

    def _instead(self, name: str, arguments: list[ast.expr]) -> str:
        """Return what to write for `typing`'s generic names."""
        written = [self._syntax.segment(it) for it in arguments]
        match name:
            case "Optional":
                return f"write {' | '.join([*written, 'None'])}"
            case "Union":
                return f"write {' | '.join(written)}"
            case "List" | "Set" | "FrozenSet" | "Dict" | "Tuple":
                return f"write {name.lower()}[{', '.join(written)}]"
            case "Sequence" | "Iterable" | "array":
                return f"write list[{', '.join(written)}]"
            case "Mapping" | "map":
                return f"write dict[{', '.join(written)}]"
            case _:
                return ""

    def _container(self, node: ast.Subscript, head: str, arguments: list[ast.expr]) -> Type | Problem:
        tail: tuple[Type, ...] = ()
        if head == "tuple" and len(arguments) == 2 and _is_ellipsis(arguments[1]):
            arguments, tail = arguments[:1], (ELLIPSIS,)
        wanted = CONTAINERS[head] or max(len(arguments), 1)
        if len(arguments) != wanted:
            plural = "s" if wanted > 1 else ""
            message = f"`{head}` takes {wanted} argument{plural}, not {len(arguments)}"
            return self._problem(message, node, f"write for example {_EXAMPLES[head]}")
        types: list[Type] = []
        for argument in arguments:
            type_ = self.read(argument)
            if isinstance(type_, Problem):
                return type_
            types.append(type_)
        unhashable = next(_unhashable(types[0]), None) if head in ("set", "frozenset", "dict") else None
        if unhashable:
            part = "a key" if head == "dict" else "an item"
            message = f"`{unhashable}` cannot be {part} of a {head}: it can change"
            return self._problem(message, arguments[0], _FROZEN.get(unhashable.head, ""))
        return Type(head, (*types, *tail))

    def _literal(self, node: ast.Subscript, arguments: list[ast.expr]) -> Type | Problem:
        values: list[str | int | bool] = []
        for argument in arguments:
            match argument:
                case ast.Constant(value=bool() | int() | str() as value):
                    values.append(value)
                case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
                    values.append(-value)
                case ast.Constant(value=None):
                    return self._problem("`None` stands outside of `Literal`", argument, "write `Literal[…] | None`")
                case _:
                    wrong = self._syntax.segment(argument)
                    hint = f'write "{wrong}"' if isinstance(argument, ast.Name) else ""
                    return self._problem(f"`{wrong}` is not a text, whole number or bool", argument, hint)
        if not values:
            return self._problem("`Literal` of what?", node, f"write for example {_EXAMPLES['Literal']}")
        return Type("Literal", values=tuple(values))


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _unhashable(type_: Type) -> Iterator[Type]:
    """Yield what in a type makes it unfit for a set or a key."""
    if type_.head in _UNHASHABLE:
        yield type_
    elif type_.head in ("tuple", "|", "frozenset"):
        for argument in type_.args:
            yield from _unhashable(argument)
