"""Which way a spec says what its node does."""

from __future__ import annotations

from omnibuild.core.values import NodeSpec
from omnibuild.onex import body, compute, effect, orchestrator, reducer, reference
from omnibuild.onex.way import Way


def way_of(spec: NodeSpec) -> Way:
    """Return the way of a spec. Raises ValueError if it has none, which gate G1 stops."""
    if spec.handlers:
        return reference.WAY
    if spec.body is not None:
        return body.WAY
    if spec.machine is not None:
        return reducer.WAY
    if spec.operations:
        return effect.WAY
    if spec.steps:
        return orchestrator.WAY
    if spec.logic is not None:
        return compute.WAY
    raise ValueError(f"{spec.name} does not say what it does")
