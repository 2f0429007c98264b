"""metadata.yaml: what a catalogue of nodes shows of a node."""

from __future__ import annotations

from omnibuild.core.values import Json, NodeSpec
from omnibuild.onex.names import Names, folder, node_type
from omnibuild.onex.version import semver

COMPATIBLE_CORE = ">=0.47,<1.0"
"""The releases of omnibase_core that generated packages are made for."""


def metadata(spec: NodeSpec, names: Names) -> dict[str, Json]:
    """Return a node's metadata.

    ONEX's `onex validate` reads every YAML file of a tree as a contract: it wants `node_type` and
    `contract_version`, and refuses the plain `version` that hand-written metadata often has.
    """
    needs = [folder(names.graph.specs[need.node]) for need in names.graph.needs[spec.name]]
    tags: list[Json] = list(dict.fromkeys([*spec.tags, spec.kind.value]))
    return {
        "name": folder(spec),
        "node_type": node_type(spec.kind),
        "contract_version": semver(spec.version),
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
