"""Selectors, the same for every verb.

`name`, `+name` (with what it needs), `name+` (with what needs it), `+name+`, `tag:x`, `kind:x`,
`domain:x`; a `+` works on each of them. Those that look back, `changed`, `stale` and `failed`, are given
what they mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Graph, NodeSpec, Problem, Spec

_METHODS = ("tag", "kind", "domain")

type Meanings = Mapping[str, frozenset[str] | Problem]
"""What some selectors mean, without their `+`: nodes, or why that cannot be told."""


def bare(selector: str) -> str:
    """Return a selector without its `+`."""
    return selector.removeprefix("+").removesuffix("+")


def select(
    graph: Graph, selectors: Sequence[str], meanings: Meanings | None = None
) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the names that any of the selectors picks, in the graph's order; all if there is none."""
    if not selectors:
        return graph.order, []
    picked: set[str] = set()
    problems: list[Problem] = []
    for selector in selectors:
        core = bare(selector)
        found, problem = _meant(graph, (meanings or {})[core]) if core in (meanings or {}) else _matches(graph, core)
        if problem:
            problems.append(problem)
        picked |= found
        if selector.startswith("+"):
            picked |= closure(found, {name: [need.node for need in needs] for name, needs in graph.needs.items()})
        if selector.endswith("+"):
            picked |= closure(found, dependents(graph))
    return tuple(name for name in graph.order if name in picked), problems


def dependents(graph: Graph) -> dict[str, list[str]]:
    """Return, for each node, those that need it directly, in the graph's order."""
    result: dict[str, list[str]] = {name: [] for name in graph.order}
    for name in graph.order:
        for need in graph.needs[name]:
            result[need.node].append(name)
    return result


def closure(start: Collection[str], following: Mapping[str, Sequence[str]]) -> set[str]:
    """Return all that is reached from the start, the start included."""
    reached, waiting = set(start), list(start)
    while waiting:
        for name in following.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached


def _meant(graph: Graph, meaning: frozenset[str] | Problem) -> tuple[set[str], Problem | None]:
    return (set(), meaning) if isinstance(meaning, Problem) else (set(meaning.intersection(graph.specs)), None)


def _matches(graph: Graph, core: str) -> tuple[set[str], Problem | None]:
    method, colon, value = core.partition(":")
    if not colon:
        if core in graph.specs:
            return {core}, None
        near = nearest(core, graph.order)
        hint = f"did you mean `{near}`?" if near else "`omnibuild list` shows the names"
        return set(), Problem("selector", f"there is no node `{core}`", hint=hint)
    if method not in _METHODS:
        return set(), Problem(
            "selector", f"there is no selector `{method}:`", hint="use tag:, kind:, domain: or changed:"
        )
    found = {name for name, spec in graph.specs.items() if value in _values(spec, method)}
    if not found:
        known = sorted({it for spec in graph.specs.values() for it in _values(spec, method)})
        hint = f"known here: {', '.join(known)}" if known else f"no node has a {method}"
        return set(), Problem("selector", f"nothing has the {method} `{value}`", hint=hint)
    return found, None


def _values(spec: Spec, method: str) -> tuple[str, ...]:
    if method == "tag":
        return spec.tags
    if not isinstance(spec, NodeSpec):
        return ("shared",) if method == "kind" else ()
    return (spec.kind.value,) if method == "kind" else (spec.domain,)
