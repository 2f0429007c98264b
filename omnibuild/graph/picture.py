"""The graph as text, Graphviz dot, Mermaid or JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from omnibuild.core.values import Graph, Json, NodeSpec, Spec

_SHAPES = {
    "shared": ("folder", "[/", "/]"),
    "compute": ("box", "[", "]"),
    "effect": ("cds", "[(", ")]"),
    "reducer": ("octagon", "{{", "}}"),
    "orchestrator": ("doubleoctagon", "[[", "]]"),
}


def text(graph: Graph, names: Sequence[str]) -> str:
    """Return a line per node: its kind, and what it needs."""
    width = max((len(name) for name in names), default=0)
    lines = []
    for name in names:
        needs = ", ".join(f"{need.node} ({need.why})" for need in graph.needs[name])
        lines.append(f"{name:{width}}  {_kind(graph.specs[name]):12}{f'  needs {needs}' if needs else ''}".rstrip())
    return "\n".join(lines)


def dot(graph: Graph, names: Sequence[str]) -> str:
    """Return the graph in Graphviz's language, an arrow from a node to what it needs."""
    lines = ["digraph nodes {", "  rankdir=LR;"]
    lines += [f'  "{name}" [shape={_SHAPES[_kind(graph.specs[name])][0]}];' for name in names]
    lines += [f'  "{name}" -> "{other}" [label="{why}"];' for name, other, why in _edges(graph, names)]
    return "\n".join([*lines, "}"])


def mermaid(graph: Graph, names: Sequence[str], marked: Sequence[str] = ()) -> str:
    """Return the graph in Mermaid's language, an arrow from a node to what it needs; `marked` nodes stand out."""
    lines = ["graph LR"]
    for name in names:
        _, opening, closing = _SHAPES[_kind(graph.specs[name])]
        lines.append(f"  {_id(name)}{opening}{name}{closing}")
    lines += [f"  {_id(name)} -->|{why}| {_id(other)}" for name, other, why in _edges(graph, names)]
    if marked:
        lines += ["  classDef marked stroke-width:4px", f"  class {','.join(map(_id, marked))} marked"]
    return "\n".join(lines)


def as_json(graph: Graph, names: Sequence[str]) -> dict[str, Json]:
    """Return the graph as nodes and edges."""
    nodes: list[Json] = []
    for name in names:
        spec = graph.specs[name]
        nodes.append(
            {
                "name": name,
                "kind": _kind(spec),
                "description": spec.description,
                "tags": list(spec.tags),
                "domain": spec.domain if isinstance(spec, NodeSpec) else None,
                "file": spec.at.file,
            }
        )
    edges: list[Json] = [{"from": name, "to": other, "why": why} for name, other, why in _edges(graph, names)]
    return {"nodes": nodes, "edges": edges}


PICTURES: dict[str, Callable[[Graph, Sequence[str]], str]] = {"text": text, "dot": dot, "mermaid": mermaid}


def _id(name: str) -> str:
    """Return an id that is none of Mermaid's reserved words, such as `end`."""
    return f"n_{name}"


def _kind(spec: Spec) -> str:
    return spec.kind.value if isinstance(spec, NodeSpec) else "shared"


def _edges(graph: Graph, names: Sequence[str]) -> list[tuple[str, str, str]]:
    return [(name, need.node, need.why) for name in names for need in graph.needs[name] if need.node in names]
