"""metadata.yaml: what a catalogue of nodes shows of a node."""

from __future__ import annotations

from omnibuild.core.values import Json, NodeSpec
from omnibuild.onex.names import Names, folder

COMPATIBLE_CORE = ">=0.47,<1.0"
"""The releases of omnibase_core that generated packages are made for."""


def metadata(spec: NodeSpec, names: Names) -> dict[str, Json]:
    """Return a node's metadata."""
    needs = [folder(names.graph.specs[need.node]) for need in names.graph.needs[spec.name]]
    tags: list[Json] = list(dict.fromkeys([*spec.tags, spec.kind.value]))
    return {
        "name": folder(spec),
        "version": spec.version,
        "description": spec.description,
        "pack": names.package,
        "display_name": spec.name.replace("_", " ").capitalize(),
        "node_role": spec.kind.value,
        "tags": tags,
        "capabilities": [f"{spec.domain}.{spec.name}"],
        "omnibase_core_compat": COMPATIBLE_CORE,
        "dependencies": list(needs),
        "entry_points": {"onex.nodes": {folder(spec): names.package_of(spec.name)}},
    }
