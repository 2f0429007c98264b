"""Which way a spec says what its node does."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from omnibuild.core.values import NodeSpec
from omnibuild.onex.way import Way

_HOMES: tuple[tuple[Callable[[NodeSpec], object], str], ...] = (
    (lambda spec: spec.adopted, "adopted.way"),
    (lambda spec: spec.handlers, "reference"),
    (lambda spec: spec.body, "body"),
    (lambda spec: spec.machine, "reducer.handler"),
    (lambda spec: spec.operations, "effect.handler"),
    (lambda spec: spec.steps, "orchestrator.handler"),
    (lambda spec: spec.logic, "compute"),
)
"""What a spec has that goes a way, and the module of that way, which is loaded when the first spec does."""

_WAYS: dict[str, Way] = {}


def way_of(spec: NodeSpec) -> Way:
    """Return the way of a spec. Raises ValueError if it has none, which gate G1 stops."""
    for section, home in _HOMES:
        if section(spec):
            return _way(home)
    raise ValueError(f"{spec.name} does not say what it does")


def load_ways() -> None:
    """Load the modules of all ways: for whoever has time before the first spec is known."""
    for _, home in _HOMES:
        _way(home)


def _way(home: str) -> Way:
    if home not in _WAYS:
        _WAYS[home] = import_module(f"omnibuild.onex.{home}").WAY
    return _WAYS[home]
