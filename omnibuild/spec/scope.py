"""What the names of an expression mean, and what all rules of the expression grammar share."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from omnibuild.core.values import Enum, Lowered, Model, Problem, Ref, Type
from omnibuild.spec.syntax import Syntax

ANY = Type("Any")


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name means: its type, and the Python that it stands for."""

    type: Type
    tree: ast.expr


@dataclass(frozen=True, slots=True)
class Opaque:
    """What can be done with a value whose type the spec language cannot name: the result of an operation.

    `members` are its attributes, `calls` the results of its methods, `item` what iterating over it or
    indexing it gives.
    """

    members: Mapping[str, Type] = field(default_factory=dict)
    calls: Mapping[str, Type] = field(default_factory=dict)
    item: Type | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can name.

    A name may be dotted: `env.DATABASE_URL` binds that attribute, whatever `env` alone may mean.
    `documents` are the other documents, `models` the models and enums of this one. `opaque` says, by the
    head of its type, what an opaque value can do. `member` spells an enum's member in Python. `settle`
    returns what an expression is where it stands, and what is wrong with that; its parts keep their places.
    """

    names: Mapping[str, Binding]
    document: str
    lookup: Callable[[Ref], Model | Enum | None]
    models: Collection[str] = ()
    documents: Collection[str] = ()
    opaque: Mapping[str, Opaque] = field(default_factory=dict)
    member: Callable[[str], str] = str
    settle: Callable[[Syntax], tuple[ast.expr, list[Problem]]] | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """The type that a place needs. Without `strict` it only says what a literal should become."""

    type: Type
    strict: bool = False

    def of(self, type_: Type) -> Want:
        """Return the want of a part."""
        return Want(type_, self.strict)

    def arm(self, *heads: str) -> Type | None:
        """Return the only alternative of the type that has one of these heads."""
        arms = [it for it in arms_of(self.type) if it.head in heads]
        return arms[0] if len(arms) == 1 else None


@dataclass(frozen=True, slots=True)
class Env:
    """What holds at one point of an expression: comprehension variables, and what conditions proved.

    `narrowed` has the types of names and attribute paths (`event.note`), as written.
    """

    local: Mapping[str, Binding] = field(default_factory=dict)
    narrowed: Mapping[str, Type] = field(default_factory=dict)

    def bind(self, local: Mapping[str, Binding]) -> Env:
        """Return the environment with more variables; what was proved of shadowed names is forgotten."""
        kept = {path: it for path, it in self.narrowed.items() if path.partition(".")[0] not in local}
        return Env({**self.local, **local}, kept)

    def narrow(self, facts: Mapping[str, Type]) -> Env:
        """Return the environment with more that is proved."""
        return Env(self.local, {**self.narrowed, **facts}) if facts else self


class Reader(Protocol):
    """Reads the parts of one expression: what the rules, one module each group, ask for."""

    @property
    def scope(self) -> Scope:
        """What the expression can name."""

    def infer(self, node: ast.expr, env: Env, want: Want | None = None) -> Lowered:
        """Return a part as Python, and its type; `Any` where a problem was reported."""

    def report(self, message: str, where: ast.expr | ast.keyword | int, hint: str = "") -> None:
        """Note a problem at a part, or at an offset."""

    def name_of(self, node: ast.Attribute) -> int:
        """Return the offset of the name behind the dot."""

    def segment(self, node: ast.expr) -> str:
        """Return a part as it is written."""


def arms_of(type_: Type) -> tuple[Type, ...]:
    """Return the alternatives of a type: itself, unless it is a union."""
    return type_.args if type_.head == "|" else (type_,)


def union(types: Iterable[Type]) -> Type:
    """Return the type of a value that has one of these types."""
    arms = dict.fromkeys(arm for it in types for arm in arms_of(it))
    if ANY in arms or not arms:
        return ANY
    heads = {arm.head for arm in arms}
    if "float" in heads:
        arms = {arm: None for arm in arms if arm.head not in ("int", "bool")}
    elif "int" in heads:
        arms = {arm: None for arm in arms if arm.head != "bool"}
    return next(iter(arms)) if len(arms) == 1 else Type("|", tuple(arms))


def without_none(type_: Type) -> Type:
    """Return a type without its `None`."""
    if type_.head != "|":
        return type_
    return union(arm for arm in type_.args if arm.head != "None")


def may_be_none(type_: Type) -> bool:
    """Return whether a value of the type may be None."""
    return any(arm.head == "None" for arm in arms_of(type_))


def path_of(node: ast.expr) -> str | None:
    """Return a name or an attribute path as written, `event.note`; None for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            path = path_of(value)
            return path and f"{path}.{attr}"
        case _:
            return None
