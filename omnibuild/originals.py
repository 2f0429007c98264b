"""What became of the existing classes that adopted models stand for, at the level of gate G19."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from omnibuild.core.ports import World
from omnibuild.core.values import Level, NodeSpec, Problem, Spec
from omnibuild.gates.g19_original import GATE
from omnibuild.survey import Survey


def drift(found: Survey, world: World, levels: Mapping[str, Level]) -> list[Problem]:
    """Return what the workspace's own code does not keep to of what adopted specs say of it."""
    specs, level = found.graph.specs.values(), levels[GATE.code]
    if level is Level.OFF or not any(_is_adopted(it) for it in specs):
        return []
    from omnibuild.adopt.drift import drifted  # reads Python: only the workspaces that have such specs pay for it

    return [replace(it, code=GATE.code, level=level) for it in drifted(specs, world.inputs.text)]


def _is_adopted(spec: Spec) -> bool:
    replaced = any(it.replaces for it in spec.models) or any(it.replaces for it in spec.enums)
    return replaced or (isinstance(spec, NodeSpec) and spec.adopted is not None)
