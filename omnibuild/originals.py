"""What became of the existing classes that adopted models stand for, at the level of gate G19."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from omnibuild.core.ports import World
from omnibuild.core.values import Level, Problem
from omnibuild.gates.g19_original import GATE
from omnibuild.survey import Survey


def drift(found: Survey, world: World, levels: Mapping[str, Level]) -> list[Problem]:
    """Return a problem for every model that says something else than the workspace's own class that it stands for."""
    specs, level = found.graph.specs.values(), levels[GATE.code]
    stand_ins = any(it.replaces for spec in specs for it in spec.models) or any(
        it.replaces for spec in specs for it in spec.enums
    )
    if level is Level.OFF or not stand_ins:
        return []
    from omnibuild.adopt.drift import drifted  # reads Python: only the workspaces that have such models pay for it

    return [replace(it, code=GATE.code, level=level) for it in drifted(specs, world.inputs.text)]
