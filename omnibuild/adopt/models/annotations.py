"""From the annotation of a field to a type of the spec language, and what is said beside the type."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from omnibuild.adopt.code.constants import Constants, EnumMember, Unknown
from omnibuild.adopt.code.library import Assigned, Module
from omnibuild.adopt.code.lineage import Base, Lineage, is_type_variable
from omnibuild.adopt.code.lookup import Definition, Foreign, Found, Lookup, Missing, parsed_annotation
from omnibuild.adopt.models import foreign
from omnibuild.adopt.models.foreign import ANY, canonical
from omnibuild.core.values import Json, Ref, Type

MAX_DEPTH = 60
"""How deep types and their aliases may be nested."""

type Fit = Callable[[Found | Foreign], str]
"""Returns why a class cannot be the type of a field, nothing if it can."""


@dataclass(frozen=True, eq=False)
class Metadata:
    """An argument of `Annotated[…]` behind the type, and the module that it is written in."""

    node: ast.expr
    module: Module


@dataclass(frozen=True, slots=True)
class Read:
    """A type, what `Annotated` says of the whole of it, and the constraints that its own name implies."""

    type: Type
    metadata: tuple[Metadata, ...] = ()
    constraints: tuple[tuple[str, Json], ...] = ()


@dataclass(frozen=True, eq=False)
class Context:
    """Where an annotation stands: in the body of a class, which is among the ancestors of the one that is read."""

    base: Base
    lineage: Lineage

    @property
    def module(self) -> Module:
        """The module that names are looked up in."""
        return self.base.found.module


class Annotations:
    """Reads the annotations of one class; collects the reasons why a type cannot be said, and remarks on others."""

    def __init__(self, lookup: Lookup, constants: Constants, fit: Fit) -> None:
        self._lookup = lookup
        self._constants = constants
        self._fit = fit
        self._open: set[str] = set()
        self.reasons: list[str] = []
        self.notes: list[str] = []

    def read(self, node: ast.expr, context: Context, depth: int = 0) -> Read:
        """Return the type that an annotation says; `Any`, with a reason, where the language cannot say it."""
        if depth > MAX_DEPTH:
            return self._no("a type that is made of itself")
        match node:
            case ast.Constant(value=None):
                return Read(Type("None"))
            case ast.Constant(value=str(text)):
                parsed = parsed_annotation(text)
                return self.read(parsed, context, depth + 1) if parsed else self._no(f"`{text}` is not a type")
            case ast.BinOp(op=ast.BitOr()):
                return self._union(_arms(node), context, depth)
            case ast.Subscript():
                return self._subscript(node, context, depth)
            case ast.Call():
                return self._call(node, context)
            case ast.Name() | ast.Attribute():
                return self._name(node, context, depth)
            case _:
                return self._no(f"`{ast.unparse(node)}` is not a type")

    def inner(self, node: ast.expr, context: Context, depth: int) -> Type:
        """Return the type of a part of an annotation, with the constraints that stand in it."""
        found = self.read(node, context, depth)
        if not found.metadata and not found.constraints:
            return found.type
        named = self._lookup.resolve(context.module, node) if isinstance(node, ast.Name | ast.Attribute) else None
        if isinstance(named, Found | Foreign) and not (isinstance(named, Found) and is_type_variable(named)):
            return self._reference(named).type
        self.reasons.append("constraints on a part of a type")
        return found.type

    def _no(self, reason: str) -> Read:
        self.reasons.append(reason)
        return Read(ANY)

    def _union(self, nodes: Sequence[ast.expr], context: Context, depth: int) -> Read:
        arms = [self.read(it, context, depth + 1) for it in nodes]
        told = [it for it in arms if it.metadata or it.constraints]
        some = [it for it in arms if it.type != Type("None")]
        if told and len(some) > 1:
            self.reasons.append("constraints on a part of a union")
        types: dict[Type, None] = {}
        for it in arms:
            types |= dict.fromkeys(it.type.args if it.type.head == "|" else (it.type,))
        if ANY in types and len(types) > 1 and not self.reasons:
            self.notes.append("Any takes all that stands beside it in a union")
        type_ = Type("|", tuple(types)) if len(types) > 1 else next(iter(types))
        return replace(told[0], type=type_) if told else Read(type_)

    def _name(self, node: ast.Name | ast.Attribute, context: Context, depth: int) -> Read:
        if isinstance(node, ast.Name) and node.id in context.base.arguments:
            owner, argument = context.base.arguments[node.id]
            base = next((it for it in context.lineage.known if it.found.source == owner.source), Base(owner))
            return self.read(argument, Context(base, context.lineage), depth + 1)
        if isinstance(node, ast.Name) and node.id in _parameters(context):
            return Read(ANY)
        found = self._lookup.resolve(context.module, node, context.base.found.class_)
        match found:
            case Missing(reason):
                return self._no(reason)
            case Foreign():
                return self._foreign(found)
            case Found(node=ast.ClassDef()):
                return self._class(found)
            case Found():
                return self._alias(found, context, depth)

    def _foreign(self, found: Foreign) -> Read:
        source = canonical(found.source)
        if source in foreign.SCALARS:
            return Read(Type(foreign.SCALARS[source]))
        if source in foreign.BOUNDED:
            type_, constraints = foreign.BOUNDED[source]
            return Read(type_, constraints=constraints)
        if source in foreign.CONTAINERS:
            head, wanted = foreign.CONTAINERS[source]
            self._remark_abstract(source, head)
            return Read(Type(head, (ANY, Type("...")) if head == "tuple" else (ANY,) * (wanted or 1)))
        return self._class(found)

    def _remark_abstract(self, source: str, head: str) -> None:
        if source in foreign.ABSTRACT:
            self.notes.append(f"{source.partition(':')[2]} is {head}")

    def _class(self, found: Found | Foreign) -> Read:
        reason = self._fit(found)
        if reason:
            return self._no(reason)
        return self._reference(found)

    def _alias(self, found: Found, context: Context, depth: int) -> Read:
        """Read what an alias of a type, a type variable or a new type stands for.

        What the language cannot say of it, its own name can: the alias becomes a reference, as a class would.
        """
        if is_type_variable(found):
            return self._variable(found, context, depth)
        value = _aliased(found.node)
        if value is None:
            return self._no(f"`{found.name}` is no type")
        if found.source in self._open:
            return self._no(f"the alias {found.name}, which is made of itself")
        self._open.add(found.source)
        told = len(self.reasons), len(self.notes)
        read = self.read(value, Context(Base(found), context.lineage), depth + 1)
        self._open.discard(found.source)
        if len(self.reasons) == told[0] or not _is_type_of_its_own(found.node, self.reasons[told[0] :]):
            return read
        del self.reasons[told[0] :], self.notes[told[1] :]
        return self._reference(found)

    def _reference(self, found: Found | Foreign) -> Read:
        module, _, name = found.source.partition(":")
        return Read(Type("ref", ref=Ref(module, name)))

    def _variable(self, found: Found, context: Context, depth: int) -> Read:
        """Read a type variable that nothing is given for: what pydantic takes is its bound, or anything."""
        node = found.node
        if isinstance(node, Assigned) and isinstance(node.value, ast.Call):
            bound = next((it.value for it in node.value.keywords if it.arg in ("bound", "default")), None)
            if bound is not None:
                return self.read(bound, Context(Base(found), context.lineage), depth + 1)
            if len(node.value.args) > 1:
                return self._no(f"the type variable `{found.name}`")
        return Read(ANY)

    def _call(self, node: ast.Call, context: Context) -> Read:
        found = self._lookup.resolve(context.module, node.func)
        source = canonical(found.source) if isinstance(found, Foreign) else ""
        if source in foreign.CONSTRAINED:
            return Read(foreign.CONSTRAINED[source], (Metadata(node, context.module),))
        return self._no(f"`{ast.unparse(node)[:60]}` is known only when the code runs")

    def _subscript(self, node: ast.Subscript, context: Context, depth: int) -> Read:
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        found = self._lookup.resolve(context.module, node.value, context.base.found.class_)
        if isinstance(found, Missing):
            return self._no(found.reason)
        if isinstance(found, Found):
            return self._generic(found, context, depth)
        source = canonical(found.source)
        match source:
            case foreign.OPTIONAL:
                return self._union([*_arms(arguments[0]), ast.Constant(None)], context, depth)
            case foreign.UNION:
                return self._union(arguments, context, depth)
            case foreign.LITERAL:
                return self._literal(arguments, context)
            case foreign.ANNOTATED:
                inner = self.read(arguments[0], context, depth + 1)
                said = tuple(Metadata(it, context.module) for it in arguments[1:])
                return replace(inner, metadata=(*inner.metadata, *said))
            case "typing:Final" | "typing:Required" | "typing:NotRequired" | "typing:ReadOnly":
                return self.read(arguments[0], context, depth + 1)
            case _ if source in foreign.CONTAINERS:
                return self._container(source, arguments, context, depth)
            case _:
                return self._no(self._fit(found) or f"`{found.name}[…]`")

    def _container(self, source: str, arguments: Sequence[ast.expr], context: Context, depth: int) -> Read:
        head, wanted = foreign.CONTAINERS[source]
        self._remark_abstract(source, head)
        if head == "tuple" and len(arguments) == 2 and _is_ellipsis(arguments[1]):
            return Read(Type("tuple", (self.inner(arguments[0], context, depth + 1), Type("..."))))
        if wanted is not None and len(arguments) != wanted:
            return self._no(f"`{head}` with {len(arguments)} arguments")
        return Read(Type(head, tuple(self.inner(it, context, depth + 1) for it in arguments)))

    def _generic(self, found: Found, context: Context, depth: int) -> Read:
        if isinstance(found.node, ast.ClassDef):
            return self._no(f"the generic class {found.name}, with arguments")
        if isinstance(found.node, ast.TypeAlias) and found.node.type_params:
            return self._no(f"the generic alias {found.name}")
        return self._alias(found, context, depth)

    def _literal(self, arguments: Sequence[ast.expr], context: Context) -> Read:
        values: list[str | int | bool] = []
        with_none = False
        for argument in arguments:
            value = self._constants.value(argument, context.module)
            if isinstance(value, EnumMember):
                self.notes.append(f"a Literal of {value.source.partition(':')[2]}.{value.name} is one of its value")
                value = value.value
            if isinstance(value, Unknown):
                return self._no(f"`{ast.unparse(argument)[:60]}` in a Literal is known only when the code runs")
            if value is None:
                with_none = True
            elif isinstance(value, str | int | bool):
                values.append(value)
            else:
                return self._no(f"`{ast.unparse(argument)}` in a Literal")
        literal = Type("Literal", values=tuple(values))
        return Read(Type("|", (literal, Type("None"))) if with_none else literal)


def _is_type_of_its_own(node: Definition, reasons: Sequence[str]) -> bool:
    """Return whether an alias is a type by its own name: not if a name in it is missing or has no JSON."""
    if isinstance(node, ast.TypeAlias) and node.type_params:
        return False
    return not any(it.startswith("`") or it.endswith(("has no JSON", "dataclass")) for it in reasons)


def _parameters(context: Context) -> frozenset[str]:
    """Return the names of the type parameters of the class or alias that an annotation stands in."""
    node = context.base.found.node
    parameters = node.type_params if isinstance(node, ast.ClassDef | ast.TypeAlias) else []
    return frozenset(it.name for it in parameters if isinstance(it, ast.TypeVar))


def _aliased(node: Definition) -> ast.expr | None:
    """Return the expression of a type that a name stands for."""
    match node:
        case ast.TypeAlias(value=value):
            return value
        case Assigned(value=ast.Call(func=ast.Name(id="NewType" | "TypeAliasType"), args=[_, value, *_])):
            return value
        case Assigned(value=value):
            return value
        case _:
            return None


def _arms(node: ast.expr) -> list[ast.expr]:
    """Return the alternatives of a union that is written with `|`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_arms(node.left), *_arms(node.right)]
    return [node]


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
