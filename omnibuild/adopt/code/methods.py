"""What a method of an existing class takes and gives, as far as its source says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from omnibuild.adopt.code.library import Function, Module
from omnibuild.adopt.code.lookup import Foreign, Found, Lookup, Missing, parsed_annotation
from omnibuild.core.values import Place

_NONE = "builtins:None"
_OPTIONAL = ("typing:Optional", "typing_extensions:Optional")
_UNION = ("typing:Union", "typing_extensions:Union")
_WRAPPERS = (
    "typing:Annotated",
    "typing_extensions:Annotated",
    "collections.abc:Awaitable",
    "collections.abc:Coroutine",
)
_STATIC = ("staticmethod",)


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation: its text, and the classes that a value may be of, each as `module:Class`.

    `None` is `builtins:None`. Of a generic class the arguments are left out; what cannot be found is left out, too.
    """

    written: str
    classes: tuple[str, ...]

    @property
    def source(self) -> str:
        """The one class that it names, None aside; nothing if there is none, or several."""
        found = [it for it in self.classes if it != _NONE]
        return found[0] if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, `self` left out; `*` and `**` stand in the name; without annotation, `type` is None."""

    name: str
    type: Annotation | None
    required: bool
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """A method: the class that defines it, whether that is another than the one asked about, where, and its types."""

    name: str
    definer: str
    inherited: bool
    at: Place
    is_async: bool
    is_static: bool
    parameters: tuple[Parameter, ...]
    returns: Annotation | None

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters that a call must give."""
        return tuple(it for it in self.parameters if it.required)


def method_of(lookup: Lookup, found: Found, name: str = "handle") -> Method | None:
    """Return a method of a class, its own or the nearest that it inherits; None if its source shows none."""
    for owner in (found, *lookup.ancestors(found)):
        if isinstance(owner, Found) and owner.class_:
            for statement in owner.class_.body:
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name:
                    return _method(lookup, owner, statement, inherited=owner is not found)
    return None


def function_of(lookup: Lookup, found: Found) -> Method | None:
    """Return what a function at the top of a module takes and gives; `definer` is the module."""
    if not isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    reader = _Annotations(lookup, found.module, None)
    return reader.signature(found.node, found.module.name, inherited=False, is_static=True)


def _method(lookup: Lookup, owner: Found, node: Function, *, inherited: bool) -> Method:
    is_static = any(isinstance(it, ast.Name) and it.id in _STATIC for it in node.decorator_list)
    reader = _Annotations(lookup, owner.module, owner.class_)
    return reader.signature(node, owner.source, inherited=inherited, is_static=is_static)


@dataclass(frozen=True, slots=True)
class _Annotations:
    """Reads annotations of one class's module."""

    lookup: Lookup
    module: Module
    class_: ast.ClassDef | None

    def signature(self, node: Function, definer: str, *, inherited: bool, is_static: bool) -> Method:
        """Return what a function takes and gives."""
        parameters = tuple(self._parameters(node))
        return Method(
            name=node.name,
            definer=definer,
            inherited=inherited,
            at=self.module.place(node),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            is_static=is_static,
            parameters=parameters if is_static else parameters[1:],
            returns=self.annotation(node.returns),
        )

    def _parameters(self, node: Function) -> Iterator[Parameter]:
        arguments = node.args
        plain = [*arguments.posonlyargs, *arguments.args]
        first_default = len(plain) - len(arguments.defaults)
        for position, it in enumerate(plain):
            yield Parameter(it.arg, self.annotation(it.annotation), position < first_default)
        if arguments.vararg:
            yield Parameter(f"*{arguments.vararg.arg}", self.annotation(arguments.vararg.annotation), False)
        for it, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            yield Parameter(it.arg, self.annotation(it.annotation), default is None, by_name=True)
        if arguments.kwarg:
            yield Parameter(f"**{arguments.kwarg.arg}", self.annotation(arguments.kwarg.annotation), False)

    def annotation(self, node: ast.expr | None) -> Annotation | None:
        """Return what an annotation says, None if there is none."""
        if node is None:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = parsed_annotation(node.value) or node
        return Annotation(ast.unparse(node), tuple(dict.fromkeys(self.classes(node))))

    def classes(self, node: ast.expr) -> Iterator[str]:
        """Yield the classes that an annotation names, None included."""
        match node:
            case ast.Constant(value=None):
                yield _NONE
            case ast.Constant(value=str(text)):
                parsed = parsed_annotation(text)
                yield from self.classes(parsed) if parsed else ()
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                yield from self.classes(left)
                yield from self.classes(right)
            case ast.Subscript(value=value, slice=inside):
                yield from self._subscript(value, inside)
            case ast.Name() | ast.Attribute():
                found = self.lookup.resolve(self.module, node, self.class_)
                yield from () if isinstance(found, Missing) else self._alias(found)

    def _subscript(self, value: ast.expr, inside: ast.expr) -> Iterator[str]:
        arguments = inside.elts if isinstance(inside, ast.Tuple) else [inside]
        match self.lookup.resolve(self.module, value, self.class_):
            case Foreign() as it if it.source in _OPTIONAL:
                yield from self.classes(arguments[0])
                yield _NONE
            case Foreign() as it if it.source in _UNION:
                for argument in arguments:
                    yield from self.classes(argument)
            case Foreign() as it if it.source in _WRAPPERS:
                yield from self.classes(arguments[-1] if it.name in ("Awaitable", "Coroutine") else arguments[0])
            case (Found() | Foreign()) as it:
                yield it.source

    def _alias(self, found: Found | Foreign) -> Iterator[str]:
        """Yield the classes that an alias of a type stands for, or the class itself."""
        if isinstance(found, Found) and found.class_ is None:
            value = getattr(found.node, "value", None)
            if value is not None:
                yield from _Annotations(self.lookup, found.module, None).classes(value)
        else:
            yield found.source
