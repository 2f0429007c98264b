"""Where the nodes of a graph stand on a plane: in layers by what they need, one box for each group."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil, log

HEIGHT = 36
_CHARACTER, _MARGIN = 7.3, 52
"""How wide a character of a name is, and what stands around the name."""
_NARROWEST, _WIDEST = 120, 300
_BETWEEN_LAYERS, _BETWEEN_COLUMNS, _BETWEEN_ROWS, _BETWEEN_GROUPS = 72, 20, 14, 56
_PADDING, _TITLE = 24, 34
_SHAPE, _PAGE = 1.5, 1.9
"""How wide a box and the whole should be by their height."""
_SWEEPS = 6
_SHARE = 0.045
"""How much of the height is between two rows of groups, so that there is room for titles from however far."""
_GAP, _GAP_HEIGHT = "\0", 8
"""What the name of a gap begins with, and how high one is."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, x: float, y: float) -> Box:
        """Return the box elsewhere."""
        return Box(self.x + x, self.y + y, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Placement:
    """The boxes of the nodes, those of the groups around them, and how large the whole is.

    `ways` are the gaps that the lines of some needs lead through, between nodes that they are not about.
    """

    nodes: Mapping[str, Box]
    groups: Mapping[str, Box]
    ways: Mapping[tuple[str, str], Sequence[Box]]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Group:
    """A group at the origin: its own box, those of its nodes, and the gaps for lines."""

    box: Box
    nodes: Mapping[str, Box]
    ways: Mapping[tuple[str, str], Sequence[Box]]


def place(groups: Mapping[str, str], needs: Mapping[str, Collection[str]]) -> Placement:
    """Place nodes, given by name with their groups, needed ones first: who needs another stands left of it."""
    members: dict[str, list[str]] = {}
    for name, group in groups.items():
        members.setdefault(group, []).append(name)
    inside = {group: _group(names, needs) for group, names in members.items()}
    corners = _packed(_ordered(members, groups, needs), {it: found.box for it, found in inside.items()})
    nodes: dict[str, Box] = {}
    ways: dict[tuple[str, str], Sequence[Box]] = {}
    for group, (x, y) in corners.items():
        nodes |= {name: it.moved(x, y) for name, it in inside[group].nodes.items()}
        ways |= {edge: [it.moved(x, y) for it in way] for edge, way in inside[group].ways.items()}
    boxes = {group: inside[group].box.moved(x, y) for group, (x, y) in corners.items()}
    width = max((it.x + it.width for it in boxes.values()), default=0.0)
    height = max((it.y + it.height for it in boxes.values()), default=0.0)
    return Placement(nodes, boxes, ways, width, height)


def _group(names: Sequence[str], needs: Mapping[str, Collection[str]]) -> _Group:
    """Place the nodes of one group."""
    layers = _layers(names, needs)
    most = min(range(1, len(names) + 1), key=lambda it: _misshapen(layers, it))
    ways = _ways(layers, needs, most)
    layers = _untangled(layers, _joined(layers, needs, ways))
    spots: dict[str, Box] = {}
    columns = [[*_columns(layer, most)] for layer in layers]
    x, height = float(_PADDING), max(_column_height(it) for layer in columns for it in layer)
    for layer in columns:
        for column in layer:
            width = max(map(_width, column))
            y = _TITLE + (height - _column_height(column)) / 2
            for name in column:
                spots[name] = Box(x, y, width, _height(name))
                y += _height(name) + _BETWEEN_ROWS
            x += width + _BETWEEN_COLUMNS
        x += _BETWEEN_LAYERS - _BETWEEN_COLUMNS
    box = Box(0, 0, x - _BETWEEN_LAYERS + _PADDING, height + _TITLE + _PADDING)
    through = {edge: [spots[it] for it in gaps] for edge, gaps in ways.items()}
    return _Group(box, {name: it for name, it in spots.items() if not _is_gap(name)}, through)


def _ways(
    layers: list[list[str]], needs: Mapping[str, Collection[str]], most: int
) -> dict[tuple[str, str], Sequence[str]]:
    """Add gaps to the layers for lines that pass them, one for all lines to the same node; return the gaps of each."""
    at = {name: number for number, layer in enumerate(layers) for name in layer}
    free = [len(layer) <= most for layer in layers]
    ways: dict[tuple[str, str], Sequence[str]] = {}
    for name in [*at]:
        for other in sorted(needs.get(name, ())):
            passed = [number for number in range(at[name] + 1, at.get(other, 0)) if free[number]]
            gaps = [f"{_GAP}{number}{_GAP}{other}" for number in passed]
            for number, gap in zip(passed, gaps, strict=True):
                if gap not in layers[number]:
                    layers[number].append(gap)
            if gaps:
                ways[name, other] = gaps
    return ways


def _joined(
    layers: Sequence[Sequence[str]],
    needs: Mapping[str, Collection[str]],
    ways: Mapping[tuple[str, str], Sequence[str]],
) -> Mapping[str, Sequence[str]]:
    """Return what each node and each gap is joined to by a line."""
    joined: dict[str, list[str]] = {name: [] for layer in layers for name in layer}
    for name in [*joined]:
        for other in needs.get(name, ()):
            if other in joined:
                for one, next_ in pairwise((name, *ways.get((name, other), ()), other)):
                    joined[one].append(next_)
                    joined[next_].append(one)
    return joined


def _layers(names: Sequence[str], needs: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Return the nodes of a group in layers: who needs nothing of it last, and everybody before what they need."""
    depth: dict[str, int] = {}
    for name in names:
        depth[name] = max((depth[it] + 1 for it in needs.get(name, ()) if it in depth), default=0)
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, number in depth.items():
        layers[len(layers) - 1 - number].append(name)
    return layers


def _untangled(layers: list[list[str]], joined: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the layers, each in such an order that few lines cross: near the middle of what they are joined to."""
    for sweep in range(_SWEEPS):
        rows = {name: (row + 0.5) / len(layer) for layer in layers for row, name in enumerate(layer)}
        for layer in layers if sweep % 2 else layers[::-1]:
            middle = {
                name: sum(rows[it] for it in joined[name]) / len(joined[name]) if joined[name] else rows[name]
                for name in layer
            }
            layer.sort(key=lambda name: (middle[name], name))
            rows |= {name: (row + 0.5) / len(layer) for row, name in enumerate(layer)}
    return layers


def _columns(layer: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """Yield a layer in columns of about the same length, of at most so many nodes; gaps make none longer."""
    most = max(most, len(layer)) if any(map(_is_gap, layer)) else most
    length = ceil(len(layer) / ceil(len(layer) / most))
    for start in range(0, len(layer), length):
        yield layer[start : start + length]


def _misshapen(layers: Sequence[Sequence[str]], most: int) -> float:
    """Return how far a group with columns of so many nodes would be from the shape that it should have."""
    widths = [sum(max(map(_width, it)) + _BETWEEN_COLUMNS for it in _columns(layer, most)) for layer in layers]
    width = sum(widths) + _BETWEEN_LAYERS * (len(layers) - 1)
    return abs(log(width / _column_height(max(layers, key=len)[:most]) / _SHAPE))


def _column_height(column: Sequence[str]) -> float:
    return sum(_height(it) + _BETWEEN_ROWS for it in column) - _BETWEEN_ROWS


def _is_gap(name: str) -> bool:
    return name.startswith(_GAP)


def _height(name: str) -> float:
    return _GAP_HEIGHT if _is_gap(name) else HEIGHT


def _width(name: str) -> float:
    return 0 if _is_gap(name) else min(max(round(len(name) * _CHARACTER + _MARGIN), _NARROWEST), _WIDEST)


def _ordered(
    members: Mapping[str, Sequence[str]], groups: Mapping[str, str], needs: Mapping[str, Collection[str]]
) -> list[str]:
    """Return the groups: those first that need others, otherwise the larger ones."""
    needed = {
        group: {groups[it] for name in names for it in needs.get(name, ()) if groups.get(it, group) != group}
        for group, names in members.items()
    }
    order: list[str] = []
    waiting = sorted(members, key=lambda it: (-len(members[it]), it))
    while waiting:
        free = [it for it in waiting if not any(it in needed[other] for other in waiting if other != it)]
        order += free or waiting[:1]
        waiting = [it for it in waiting if it not in order]
    return order


def _packed(order: Sequence[str], boxes: Mapping[str, Box]) -> dict[str, tuple[float, float]]:
    """Return where each box has its left upper corner: in rows, which make a page of a usual shape."""
    sizes = [boxes[it].width + _BETWEEN_GROUPS for it in order]
    ways = [_rows(order, boxes, room) for room in accumulate(sizes)]
    if not ways:
        return {}
    rows = min(ways, key=lambda it: _too_large(it, boxes))
    between = max(_BETWEEN_GROUPS, sum(max(boxes[it].height for it in row) for row in rows) * _SHARE)
    corners: dict[str, tuple[float, float]] = {}
    y = 0.0
    for row in rows:
        x = 0.0
        for group in row:
            corners[group] = (x, y)
            x += boxes[group].width + _BETWEEN_GROUPS
        y += max(boxes[it].height for it in row) + between
    return corners


def _rows(order: Sequence[str], boxes: Mapping[str, Box], room: float) -> list[list[str]]:
    """Return the groups in rows that are no wider than that, unless a group alone is."""
    rows: list[list[str]] = []
    left = 0.0
    for group in order:
        size = boxes[group].width + _BETWEEN_GROUPS
        if not rows or size > left:
            rows.append([])
            left = room
        rows[-1].append(group)
        left -= size
    return rows


def _too_large(rows: Sequence[Sequence[str]], boxes: Mapping[str, Box]) -> float:
    """Return how large a page of the usual shape has to be for these rows."""
    width = max(sum(boxes[it].width + _BETWEEN_GROUPS for it in row) for row in rows)
    height = sum(max(boxes[it].height for it in row) * (1 + _SHARE) + _BETWEEN_GROUPS for row in rows)
    return max(width / _PAGE, height)
