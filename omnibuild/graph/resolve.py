"""References to a graph: every name is looked up, every cycle is found, the rest is put in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Field, Graph, Need, NodeSpec, Pointer, Problem, Ref, Spec


def resolve(
    specs: Mapping[str, Spec], known: Collection[str], bodies: Mapping[str, Sequence[Need]], *, whole: bool = True
) -> tuple[Graph, list[Problem]]:
    """Return the graph of the specs that are sound, and what is wrong with the others.

    `known` are the names of all documents, those that could not be read included: a reference to
    one of these is no problem of its own, but leaves the node that has it out of the graph.
    `bodies` are the needs that the bodies' imports show. Where the workspace is not `whole`, a name
    that is like no other may stand in a file that cannot be read: that, too, is no problem of its own.
    """
    needs: dict[str, tuple[Need, ...]] = {}
    problems: list[Problem] = []
    all_specs = Graph(specs, {})
    for name, spec in specs.items():
        unknown = {it for it in _documents(spec) if it not in known}
        certain = {it for it in unknown if whole or nearest(it, known)}
        wrong = [
            *_unknown(spec, all_specs, known, certain),
            *_aliases(spec, all_specs),
            *_recursive(spec),
        ]
        problems += wrong
        if not wrong and not unknown:
            needs[name] = _distinct(name, [*_references(spec), *_named(spec), *bodies.get(name, ())])
    for name, cycle in _cycles(needs):
        problems.append(_cycle_problem(name, cycle, needs))
        for member in cycle:
            needs.pop(member, None)
    order = _order(needs)
    return Graph({name: specs[name] for name in order}, {name: needs[name] for name in order}), problems


def _models(spec: Spec) -> Iterator[tuple[Ref, Pointer, Field | None]]:
    """Yield every reference that a spec's types make, with the field or the key that makes it."""
    for model in spec.models:
        for field in model.fields:
            for ref in field.type.refs():
                yield ref, field.at.to("type"), field
    if isinstance(spec, NodeSpec):
        for key, ref in (("input", spec.input), ("output", spec.output)):
            if ref != Ref(spec.name, key.capitalize()):
                yield ref, spec.at.to(key), None


def _references(spec: Spec) -> Iterator[Need]:
    for ref, at, _ in _models(spec):
        if ref.document != spec.name:
            yield Need(ref.document, "models", at)


def _named(spec: Spec) -> Iterator[Need]:
    """Yield the nodes that a spec names without a type: those that it uses, and those that its steps call."""
    if isinstance(spec, NodeSpec):
        for index, name in enumerate(spec.uses):
            yield Need(name, "uses", spec.at.to("uses", index))
        for step in spec.steps:
            yield Need(step.node, "calls", step.at.to("call"))
            if step.undo:
                yield Need(step.undo, "calls", step.at.to("undo"))


def _distinct(name: str, needs: Sequence[Need]) -> tuple[Need, ...]:
    first: dict[str, Need] = {}
    for need in needs:
        # Who runs another node's code depends on all of it, whatever else it needs of it.
        if need.node != name and (need.node not in first or (need.why == "body" != first[need.node].why)):
            first[need.node] = need
    return tuple(first[node] for node in sorted(first))


def _documents(spec: Spec) -> Iterator[str]:
    """Yield the names of all documents that a spec refers to."""
    yield from (ref.document for ref, _, _ in _models(spec))
    yield from (need.node for need in _named(spec))


def _aliases(spec: Spec, specs: Graph) -> Iterator[Problem]:
    """Yield a problem for an input or output that leads to itself, where its name comes first of those on the way."""
    if not isinstance(spec, NodeSpec):
        return
    for key in ("input", "output"):
        start = Ref(spec.name, key.capitalize())
        way = specs.way(start)
        if way[-1] == start and len(way) > 1 and start == min(way, key=lambda it: (it.document, it.name)):
            path = " → ".join(f"{it.document}.{it.name}" for it in way)
            hint = "write the fields of one of them"
            yield Problem("cycle", f"nothing says what `{key}` is: {path}", spec.at.to(key), hint, spec.name)


def _unknown(spec: Spec, specs: Graph, known: Collection[str], unknown: Collection[str]) -> Iterator[Problem]:
    for ref, at, field in _models(spec):
        where = at.into(_offset(field, ref, spec)) if field else at
        if ref.document in unknown:
            near = nearest(ref.document, known)
            hint = f"did you mean `{near}.{ref.name}`?" if near else f"no spec declares `{ref.document}`"
            yield Problem("unknown-reference", f"there is no `{ref.document}`", where, hint, spec.name)
        elif ref.document in specs.specs and specs.lookup(ref) is None and not _is_circular(ref, specs):
            names = _offered(specs.specs[ref.document])
            near = nearest(ref.name, names)
            called = ref.name if ref.document == spec.name else f"{ref.document}.{ref.name}"
            hint = f"did you mean `{near}`?" if near else f"`{ref.document}` has {', '.join(names) or 'no models'}"
            yield Problem("unknown-reference", f"there is no model or enum `{called}`", where, hint, spec.name)
    for need in _named(spec):
        if need.node in unknown:
            near = nearest(need.node, known)
            hint = f"did you mean `{near}`?" if near else "it must be the name of a spec"
            yield Problem("unknown-reference", f"there is no `{need.node}`", need.at, hint, spec.name)


def _is_circular(ref: Ref, specs: Graph) -> bool:
    *passed, end = specs.way(ref)
    return end in passed


def _offset(field: Field, ref: Ref, spec: Spec) -> int:
    written = ref.name if ref.document == spec.name else f"{ref.document}.{ref.name}"
    return max(field.written.find(written), 0)


def _offered(spec: Spec) -> list[str]:
    ends = ["Input", "Output"] if isinstance(spec, NodeSpec) else []
    names = [model.ref.name for model in spec.models] + [enum.ref.name for enum in spec.enums]
    return [name for name in names if name not in ends] + ends


def _recursive(spec: Spec) -> Iterator[Problem]:
    """Yield a problem per cycle among a document's own models; a model may hold itself."""
    inner: dict[str, tuple[Need, ...]] = {}
    own = {model.ref for model in spec.models}
    for model in spec.models:
        refs = [(ref, field) for field in model.fields for ref in field.type.refs() if ref in own]
        inner[model.ref.name] = _distinct(model.ref.name, [Need(ref.name, "models", field.at) for ref, field in refs])
    for name, cycle in _cycles(inner):
        path = " → ".join((*cycle, cycle[0]))
        at = next(need.at for need in inner[name] if need.node in cycle)
        hint = "take the part that both need into a model of its own"
        yield Problem("cycle", f"the models refer to each other: {path}", at, hint, spec.name)


def _cycle_problem(name: str, cycle: Sequence[str], needs: Mapping[str, tuple[Need, ...]]) -> Problem:
    following = cycle[1] if len(cycle) > 1 else cycle[0]
    at = next(need.at for need in needs[name] if need.node == following)
    path = " → ".join((*cycle, cycle[0]))
    called = any(need.why == "calls" for member in cycle for need in needs[member] if need.node in cycle)
    hint = "" if called else "move the models that both sides need into a `shared` document"
    return Problem("cycle", f"the nodes need each other: {path}", at, hint, name)


def _cycles(needs: Mapping[str, tuple[Need, ...]]) -> Iterator[tuple[str, list[str]]]:
    """Yield one shortest cycle for every group of nodes that need each other, from its first name on."""
    if len(_order(needs)) == len(needs):
        return
    import networkx

    graph: networkx.DiGraph[str] = networkx.DiGraph([(name, need.node) for name in needs for need in needs[name]])
    groups = sorted(sorted(group) for group in networkx.strongly_connected_components(graph) if len(group) > 1)
    for group in groups:
        inside = graph.subgraph(group)
        paths = (
            networkx.shortest_path(inside, after, before) for before, after in sorted(inside.edges) if before != after
        )
        cycle = min(paths, key=len)
        start = cycle.index(min(cycle))
        yield min(cycle), cycle[start:] + cycle[:start]


def _order(needs: Mapping[str, tuple[Need, ...]]) -> list[str]:
    """Return the names, needed ones first and otherwise by name; those on or behind a cycle are left out."""
    import heapq

    waiting = {name: sum(need.node != name for need in needs[name]) for name in needs}
    dependents: dict[str, list[str]] = {}
    for name in needs:
        for need in needs[name]:
            dependents.setdefault(need.node, []).append(name)
    ready = [name for name, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    order: list[str] = []
    while ready:
        name = heapq.heappop(ready)
        order.append(name)
        for dependent in dependents.get(name, ()):
            waiting[dependent] -= 1
            if waiting[dependent] == 0:
                heapq.heappush(ready, dependent)
    return order
