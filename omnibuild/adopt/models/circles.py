"""Circles: what refers to each other, directly or through others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping


def groups(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the groups of what refers to each other, those that others need first; who is in none is alone.

    Tarjan's strongly connected components, without recursion: chains of modules are longer than Python's stack.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in graph:
        work = [(root, iter(graph[root]))] if root not in index else []
        if work:
            _enter(root, index, low, stack, on_stack)
        while work:
            node, others = work[-1]
            following = next((it for it in others if it in graph), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append([*_taken(node, stack, on_stack)])
            elif following not in index:
                _enter(following, index, low, stack, on_stack)
                work.append((following, iter(graph[following])))
            elif following in on_stack:
                low[node] = min(low[node], index[following])
    return found


def _enter(node: str, index: dict[str, int], low: dict[str, int], stack: list[str], on_stack: set[str]) -> None:
    index[node] = low[node] = len(index)
    stack.append(node)
    on_stack.add(node)


def _taken(node: str, stack: list[str], on_stack: set[str]) -> Iterator[str]:
    while True:
        last = stack.pop()
        on_stack.discard(last)
        yield last
        if last == node:
            return


def broken(graph: Mapping[str, Collection[str]]) -> list[str]:
    """Return what must be taken out so that nothing refers to another in a circle; who refers to itself may stay."""
    out: list[str] = []
    waiting = [group for group in groups(graph) if len(group) > 1]
    for group in waiting:
        inside = {it: [other for other in graph[it] if other in group and other != it] for it in sorted(group)}
        into = {it: sum(it in others for others in inside.values()) for it in inside}
        chosen = max(inside, key=lambda it: (into[it] * len(inside[it]), it))
        out.append(chosen)
        rest = {it: [other for other in others if other != chosen] for it, others in inside.items() if it != chosen}
        waiting += [it for it in groups(rest) if len(it) > 1]
    return out
