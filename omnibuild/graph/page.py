"""The graph as one HTML page that needs nothing else: what it shows, and the page around it.

Nothing that stands in a spec can become a part of the page's markup or script: it is data, in which no character
ends an element, and a policy in the page allows exactly the one script and the one style that belong to it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Graph, Json, NodeSpec, Place, Problem
from omnibuild.graph.placement import Placement, place
from omnibuild.graph.selection import dependents
from omnibuild.graph.topics import TopicGraph

_SHARED = "shared by several domains"
_BROKEN = "with problems"
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What is known of a node beside its spec: the file and the line that it is declared in, and what became of it."""

    at: Place
    state: str = ""
    because: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page shows: some nodes of a graph, their topics, and the names of those whose specs are broken.

    `texts` are the sources by their files. With `by_topics`, the lines are those of topics at first.
    """

    title: str
    graph: Graph
    names: Sequence[str]
    topics: TopicGraph
    shown: Mapping[str, Shown]
    texts: Mapping[str, str]
    broken: Sequence[str] = ()
    by_topics: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """The page with places for the rest, its style and its script: three files, written by hand."""

    html: str
    css: str
    js: str


def page(picture: Picture, parts: Parts) -> str:
    """Return the page."""
    policy = f"default-src 'none'; script-src '{_hash(parts.js)}'; style-src '{_hash(parts.css)}'; base-uri 'none'"
    pieces = {"policy": policy, "style": parts.css, "script": parts.js, "data": _data(picture)}
    text = parts.html
    before, rest = [], text
    for name in ("policy", "style", "data", "script"):
        start, _, rest = rest.partition(f"[[{name}]]")
        before += [start, pieces[name]]
    return "".join([*before, rest])


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _data(picture: Picture) -> str:
    """Return what the page shows as JSON without a character that means something in HTML."""
    text = json.dumps(page_json(picture), ensure_ascii=False, separators=(",", ":"))
    return "".join(_ESCAPES.get(it, it) for it in text)


def page_json(picture: Picture) -> dict[str, Json]:
    """Return what a page shows: nodes with their boxes, edges, groups, and the texts of the sources."""
    graph, names = picture.graph, picture.names
    groups = _groups(graph, names) | dict.fromkeys(picture.broken, _BROKEN)
    needs = {name: [it.node for it in graph.needs[name]] for name in names}
    placed = place(groups, needs)
    nodes: list[Json] = []
    for name in groups:
        box = placed.nodes[name]
        where: dict[str, Json] = {"x": box.x, "y": box.y, "w": box.width, "h": box.height, "group": groups[name]}
        nodes.append({"name": name, **_spec(graph, name), **_known(picture.shown.get(name)), **where})
    files = {it.at.file for name, it in picture.shown.items() if name in groups}
    files |= {it.body for name, it in picture.shown.items() if name in groups and it.body}
    return {
        "title": picture.title,
        "topics": picture.by_topics,
        "width": placed.width,
        "height": placed.height,
        "groups": [
            {"name": name, "x": it.x, "y": it.y, "w": it.width, "h": it.height} for name, it in placed.groups.items()
        ],
        "nodes": nodes,
        "edges": [*_needs(picture, placed), *_topics(picture)],
        "texts": {file: text for file, text in sorted(picture.texts.items()) if file in files},
    }


def _groups(graph: Graph, names: Sequence[str]) -> dict[str, str]:
    """Return the group of each node: its domain. A shared document is with those who need it, if these have one."""
    users = dependents(graph)
    found: dict[str, str] = {}
    for name in reversed(names):
        spec = graph.specs[name]
        if isinstance(spec, NodeSpec):
            found[name] = spec.domain
        else:
            around = {found[it] for it in users[name] if it in found}
            found[name] = around.pop() if len(around) == 1 else _SHARED
    return {name: found[name] for name in names}


def _spec(graph: Graph, name: str) -> dict[str, Json]:
    spec = graph.specs.get(name)
    if spec is None:
        return {"kind": "broken"}
    tags: list[Json] = [*spec.tags]
    facts: dict[str, Json] = {"kind": "shared", "description": spec.description, "tags": tags}
    if isinstance(spec, NodeSpec):
        facts |= {"kind": spec.kind.value, "version": spec.version, "domain": spec.domain}
    return facts


def _known(shown: Shown | None) -> dict[str, Json]:
    if shown is None:
        return {}
    because: list[Json] = [*shown.because]
    files: list[Json] = [*shown.files]
    problems: list[Json] = [problem_json(it) for it in shown.problems]
    source: dict[str, Json] = {"file": shown.at.file, "line": shown.at.line, "body": shown.body}
    return {**source, "state": shown.state, "because": because, "problems": problems, "files": files}


def _needs(picture: Picture, placed: Placement) -> Iterator[Json]:
    """Yield the lines from who needs to what is needed, with the points that they lead through."""
    chosen = set(picture.names)
    for name in picture.names:
        for need in picture.graph.needs[name]:
            if need.node in chosen:
                way = placed.ways.get((name, need.node), ())
                points: list[Json] = [[it.x, it.y + it.height / 2, it.width] for it in way]
                yield {"from": name, "to": need.node, "why": need.why, "via": points}


def _topics(picture: Picture) -> Iterator[Json]:
    """Yield the lines from who publishes a topic to who listens."""
    for topic in picture.topics.topics:
        publishers = dict.fromkeys(it.node for it in picture.topics.publishers_of(topic) if it.node in picture.names)
        consumers = dict.fromkeys(it.node for it in picture.topics.consumers_of(topic) if it.node in picture.names)
        for one, other in product(publishers, consumers):
            yield {"from": one, "to": other, "why": "topics", "topic": topic, "via": []}
