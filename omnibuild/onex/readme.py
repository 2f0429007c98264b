"""What README.md of the generated package says of its nodes."""

from __future__ import annotations

from omnibuild.core.values import Json, NodeSpec
from omnibuild.graph.machine_picture import mermaid
from omnibuild.onex.adopted.contract import adopted_handlers
from omnibuild.onex.names import Names, folder, handler_class
from omnibuild.onex.topics import topics


def nodes(names: Names) -> list[Json]:
    """Return what the template can use of each node, sorted by their names."""
    specs = sorted(names.standing.items())
    return [_node(spec, names) for _, spec in specs if isinstance(spec, NodeSpec)]


def _node(spec: NodeSpec, names: Names) -> Json:
    found = topics(spec, names.graph)
    existing: list[Json] = [it.source.replace(":", ".") for it in spec.handlers]
    if spec.adopted:
        existing += adopted_handlers(spec.adopted)
    result: dict[str, Json] = {
        "name": spec.name,
        "kind": spec.kind.value,
        "version": spec.version,
        "description": spec.description,
        "folder": folder(spec),
        "handlers": existing if existing or spec.adopted else [f"{names.handlers_package(spec)}.{handler_class(spec)}"],
        "subscribed": list(found.subscribed),
        "published": list(found.published),
        "machine": mermaid(spec.machine) if spec.machine else "",
    }
    return result
