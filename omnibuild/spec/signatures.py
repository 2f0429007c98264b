"""What the stubs say, as values: the signatures of functions and methods, and the types of properties."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from omnibuild.core.values import Type
from omnibuild.spec.scope import ANY, union
from omnibuild.spec.stubs import FUNCTIONS, MEMBERS

_VARIABLES = {"list": "T", "set": "T", "frozenset": "T", "dict": "KV"}
_LINE = re.compile(r"(?P<names>[\w ]+)(\((?P<parameters>.*)\) -> |: )(?P<result>.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: whether an argument must be given, and how it may be."""

    name: str
    type: Type
    required: bool
    by_position: bool
    by_name: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters in order, and the result."""

    parameters: tuple[Parameter, ...]
    result: Type


@dataclass(frozen=True, slots=True)
class Members:
    """What a type has behind the dot; a method has one signature for each way to call it."""

    properties: Mapping[str, Type] = field(default_factory=dict)
    methods: Mapping[str, tuple[Signature, ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All names."""
        return (*self.properties, *self.methods)


@cache
def functions() -> Mapping[str, tuple[Signature, ...]]:
    """Return the functions whose signature says all."""
    return _read(FUNCTIONS).methods


@cache
def members(head: str) -> Members:
    """Return what types of this head have behind the dot; a string enum also has what `str` has."""
    own = _read(MEMBERS.get(head, ""))
    if head != "enum":
        return own
    text = members("str")
    return Members({**own.properties, **text.properties}, text.methods)


@cache
def method_names() -> frozenset[str]:
    """Return the names of all methods: what may be called on a value whose type is not known."""
    return frozenset(name for head in MEMBERS for name in members(head).methods)


def variables(receiver: Type) -> dict[str, Type]:
    """Return what the type variables of a container's methods stand for."""
    return dict(zip(_VARIABLES.get(receiver.head, ""), receiver.args, strict=False))


def substitute(type_: Type, known: Mapping[str, Type]) -> Type:
    """Return a type with its type variables replaced; what is not known is `Any`."""
    if len(type_.head) == 1 and type_.head.isupper():
        return known.get(type_.head, ANY)
    if type_.head == "|":
        return union(substitute(it, known) for it in type_.args)
    return Type(type_.head, tuple(substitute(it, known) for it in type_.args), type_.values, type_.ref)


def _read(stub: str) -> Members:
    properties: dict[str, Type] = {}
    methods: dict[str, tuple[Signature, ...]] = {}
    for line in filter(None, stub.splitlines()):
        match = _LINE.fullmatch(line)
        assert match, line  # noqa: S101 - the stubs are ours
        for name in match["names"].split():
            if match["parameters"] is None:
                properties[name] = _type(ast.parse(match["result"], mode="eval").body)
            else:
                methods[name] = (*methods.get(name, ()), _signature(match["parameters"], match["result"]))
    return Members(properties, methods)


def _signature(parameters: str, result: str) -> Signature:
    function = ast.parse(f"def f({parameters}) -> {result}: ...").body[0]
    assert isinstance(function, ast.FunctionDef) and function.returns  # noqa: S101, PT018 - the stubs are ours
    return Signature(tuple(_parameters(function.args)), _type(function.returns))


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    for index, it in enumerate(positional):
        by_name = index >= len(arguments.posonlyargs)
        yield Parameter(it.arg, _annotation(it), index < required, by_position=True, by_name=by_name)
    for it, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield Parameter(it.arg, _annotation(it), default is None, by_position=False, by_name=True)


def _annotation(argument: ast.arg) -> Type:
    return _type(argument.annotation) if argument.annotation else ANY


def _type(node: ast.expr) -> Type:
    match node:
        case ast.Name(id=head):
            return Type(head)
        case ast.Constant(value=value):
            return Type("None" if value is None else "...")
        case ast.BinOp(left=left, right=right):
            sides = (_type(left), _type(right))
            return Type("|", tuple(arm for it in sides for arm in (it.args if it.head == "|" else (it,))))
        case ast.Subscript(value=ast.Name(id=head), slice=index):
            parts = index.elts if isinstance(index, ast.Tuple) else [index]
            if head == "Literal":
                return Type(head, values=tuple(ast.literal_eval(it) for it in parts))
            return Type(head, tuple(map(_type, parts)))
        case _:
            raise AssertionError(ast.dump(node))
