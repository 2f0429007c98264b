"""What a connector is: how the operations of one kind are read, written, and shown in examples.

A connector is one module. Those of omnibuild stand in this package, each with a `CONNECTOR`; any other
distribution can offer one by an entry point of the group `omnibuild.connectors`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from omnibuild.core.values import Imported, Json, Pointer, Problem, Type
from omnibuild.onex.connectors.reading import Reading
from omnibuild.onex.effect.scene import Scene
from omnibuild.spec.expression import Opaque
from omnibuild.spec.written_fields import Written


class Parameters(Written):
    """Base of what a connector is told; a field that is no constant holds an expression as written."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a handler holds from its construction to its end, such as an engine: one for each `key`.

    `name` is that of the constructor's parameter; where a node holds several of one name, `stem` tells them apart.
    `opened` makes it where nothing is passed in, `closed` names the method that the handler then awaits at its
    end. What is not `opened` is None unless it is passed in.
    """

    name: str
    key: str
    annotation: ast.expr = field(compare=False)
    opened: ast.expr | None = field(default=None, compare=False)
    closed: str = field(default="", compare=False)
    stem: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is begun before the first operation that needs it, and ended after the last operation of all.

    `begin` and `nested` are methods of the resource and of the transaction that make asynchronous context managers;
    `name` is what `handle` calls it.
    """

    resource: Resource
    name: str
    begin: str
    nested: str


@dataclass(frozen=True, slots=True)
class Result:
    """What an operation gives.

    `opaque` says what values can do whose type the spec language cannot name, by the head of that type. The
    methods in `once` can be called once in all, since they use the result up; those in `views` lead to them. Those in
    `demanding` can fail, so they belong to the operation. `noun` is what to call a result that has no name.
    """

    type: Type
    opaque: Mapping[str, Opaque] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    views: frozenset[str] = frozenset()
    demanding: frozenset[str] = frozenset()
    noun: str = "result"


class Code(Protocol):
    """The module that is written: what an operation's value is made of beside expressions."""

    def resource(self, resource: Resource) -> ast.expr:
        """Return the handler's resource."""
        ...

    def transaction(self, transaction: Transaction) -> ast.expr:
        """Return the transaction that the operation runs in."""
        ...

    def imported(self, module: str, name: str) -> str:
        """Import a name; return what it is called in this module."""
        ...

    def constant(self, name: str, value: str, at: Pointer) -> ast.expr:
        """Return a constant of the module that is called this, or like this if another value has the name."""
        ...


@dataclass(frozen=True, slots=True)
class Action:
    """An operation that has been read: what it does, as Python.

    `value` writes the expression that does it; its value is the operation's result. `confirm` writes one that raises
    what is wrong with the result of this name. `transient` is a predicate over exceptions: whether another try
    may help. Without it, every failure is worth another try.
    """

    value: Callable[[Code], ast.expr]
    confirm: Callable[[ast.expr], ast.expr] | None = None
    result: Result | None = None
    resources: tuple[Resource, ...] = ()
    transaction: Transaction | None = None
    transient: Imported | None = None


@dataclass(frozen=True, slots=True)
class Fixture:
    """The part of the world that examples give and look at under one key of `given:` and `then:`.

    `given` and `then` are models with one field of that name; None where there is nothing to give. `named` says
    what the keys below are: environment variables, or something else. An `always` fixture is in every
    example of a node that uses the connector. `check` finds what the models cannot.
    """

    key: str
    write: Callable[[Scene, Any, Any], None]
    """Given the scene, and what is given and looked at: instances of the models, None where there is nothing."""
    then: type[Written]
    given: type[Written] | None = None
    named: str = "variable"
    always: bool = False
    requirements: frozenset[str] = frozenset()
    check: Callable[[Json, Pointer, Iterable[str]], Iterable[Problem]] | None = None
    """Given what stands under `then`, where, and the topics that the node's operations publish."""


def _no_topics(_: Json) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Connector:
    """One kind of operation.

    `read` is given parameters that fit their model, and returns None where it has reported a problem. `support`
    names modules of templates/package, `requirements` what the generated code needs to be installed.
    """

    name: str
    parameters: type[Parameters]
    read: Callable[[Reading, Any], Action | None]
    requirements: frozenset[str] = frozenset()
    support: frozenset[str] = frozenset()
    fixture: Fixture | None = None
    topics: Callable[[Json], tuple[str, ...]] = _no_topics
    """The topics that an operation with these parameters, as written, publishes."""
