"""Which way a spec says what its node does."""

from __future__ import annotations

from omnibuild.core.values import NodeSpec
from omnibuild.onex.body import WAY as BODY
from omnibuild.onex.compute import WAY as COMPUTE
from omnibuild.onex.effect.handler import WAY as EFFECT
from omnibuild.onex.orchestrator.handler import WAY as ORCHESTRATOR
from omnibuild.onex.reducer.handler import WAY as REDUCER
from omnibuild.onex.reference import WAY as REFERENCE
from omnibuild.onex.way import Way


def way_of(spec: NodeSpec) -> Way:
    """Return the way of a spec. Raises ValueError if it has none, which gate G1 stops."""
    ways = (
        (spec.handlers, REFERENCE),
        (spec.body, BODY),
        (spec.machine, REDUCER),
        (spec.operations, EFFECT),
        (spec.steps, ORCHESTRATOR),
        (spec.logic, COMPUTE),
    )
    for section, way in ways:
        if section:
            return way
    raise ValueError(f"{spec.name} does not say what it does")
