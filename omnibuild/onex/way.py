"""One way to say what a node does: by logic, a body, a state machine, operations, steps, or existing code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from omnibuild.core.values import NodeSpec, Problem
from omnibuild.onex.names import Names
from omnibuild.onex.part import Part


def _none(_: NodeSpec) -> frozenset[str]:
    return frozenset()


def _nothing(*_: NodeSpec | Names) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Way:
    """How a node of this way is checked and assembled.

    Nothing but `check` is asked of a spec in which `check` found a problem that blocks.
    """

    check: Callable[[NodeSpec, Names], Iterable[Problem]]
    handler: Callable[[NodeSpec, Names], Part | None]
    """The handler's module, None if the handler exists already."""
    is_async: Callable[[NodeSpec], bool]
    """Whether `handle` is a coroutine function."""
    tests: Callable[[NodeSpec, Names], Part | None]
    """The test module of the examples, with a function `test_NAME` for each (names.example_names)."""
    direct: bool = False
    """Whether an example is no more than an input and what `handle` gives for it."""
    support: Callable[[NodeSpec], frozenset[str]] = _none
    """The modules that the package must have beside its nodes: templates/package/NAME.py.j2."""
    requirements: Callable[[NodeSpec], frozenset[str]] = _none
    """What the generated code needs to be installed, such as `httpx>=0.28`."""
    closes: Callable[[NodeSpec, Names], bool] = _nothing
    """Whether the handler has an `aclose`, which who made it must await."""
    test_requirements: Callable[[NodeSpec], frozenset[str]] = _none
    """What the generated tests need beside pytest and hypothesis."""
    is_kept: bool = False
    """Whether the node's code stays where it is: nothing is generated but models and what describes the node."""
