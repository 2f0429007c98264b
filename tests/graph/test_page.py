"""The page of a graph: what is in it, and that nothing in it is taken for markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from omnibuild.core.values import Level, Place, Problem
from omnibuild.graph.page import Parts, Picture, Shown, page, page_json
from omnibuild.onex.topology import topic_graph
from tests.workspaces import CHAIN, REPOSITORY, Sandbox, workspace

EVIL = "</script><img src=x onerror=alert(1)> [[script]] &amp; \u2028 ${x} `y`"
PARTS = Parts(*((REPOSITORY / f"templates/graph/page.{it}").read_text() for it in ("html", "css", "js")))


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the texts of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "script":
            self.scripts[-1] += data


def picture(sandbox: Sandbox, title: str = "acme", **shown: Shown) -> Picture:
    found = sandbox.open().survey()
    return Picture(
        title=title,
        graph=found.graph,
        names=found.graph.order,
        topics=topic_graph(found.graph),
        shown=shown,
        texts=found.texts,
        broken=[it for it in shown if it not in found.graph.specs],
    )


def test_a_page_has_nodes_lines_groups_and_sources(tmp_path: Path) -> None:
    sandbox = workspace(tmp_path, CHAIN)
    problem = Problem("G7", "short", Place("specs/pricer.yaml", 3, 1), level=Level.WARN)
    shown = Shown(Place("specs/pricer.yaml", 1, 1), "built", ("it was never built",), (problem,), ("out/a.py",))
    found: Any = page_json(picture(sandbox, pricer=shown, gone=Shown(Place("", 0, 0), "failed")))
    nodes = {it["name"]: it for it in found["nodes"]}
    assert {name: it["kind"] for name, it in nodes.items()} == {
        "money": "shared",
        "charger": "compute",
        "biller": "effect",
        "pricer": "compute",
        "gone": "broken",
    }
    assert nodes["pricer"]["problems"][0]["message"] == "short"
    assert nodes["pricer"]["files"] == ["out/a.py"]
    assert {(it["from"], it["to"], it["why"]) for it in found["edges"]} == {
        ("charger", "money", "models"),
        ("biller", "charger", "models"),
    }
    groups = {name: it["group"] for name, it in nodes.items()}
    assert groups["money"] == groups["charger"] == "sales", "who alone needs it has it"
    assert groups["gone"] == "with problems"
    assert found["texts"].keys() == {"specs/pricer.yaml"}


def test_nothing_from_the_specs_is_markup(tmp_path: Path) -> None:
    clean = workspace(tmp_path / "clean", CHAIN)
    evil = workspace(tmp_path / "evil", CHAIN)
    evil.replace("specs/pricer.yaml", "Price a number of pieces at one price.", json.dumps(EVIL))
    evil.replace("specs/pricer.yaml", "tags: [pricing]", f"tags: [{json.dumps(EVIL)}]")
    at = Place(EVIL, 1, 1)
    shown = Shown(at, EVIL, (EVIL,), (Problem(EVIL, EVIL, at, EVIL),), (EVIL,), EVIL)
    text = page(picture(evil, title=EVIL, pricer=shown), PARTS)
    usual = page(picture(clean, pricer=Shown(Place("", 1, 1))), PARTS)
    found = Elements(text)
    assert found.elements == Elements(usual).elements
    assert found.scripts[1].rstrip() == PARTS.js.rstrip()
    data = json.loads(found.scripts[0])
    [node] = [it for it in data["nodes"] if it["name"] == "pricer"]
    assert node["description"].split() == EVIL.split()
    assert (node["problems"][0]["message"], node["files"]) == (EVIL, [EVIL])
    assert data["title"] == EVIL


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    text = page(picture(workspace(tmp_path, CHAIN)), PARTS)
    outside = re.findall(r"(?:https?:)?//[\w.]+", text.replace("http://www.w3.org/2000/svg", ""))
    assert not outside
    assert not re.search(r"\b(src|href|@import|url\(\s*['\"]?(?!#))=", text)
    [policy] = [it["content"] for tag, it in Elements(text).elements if "content-security-policy" in str(it).lower()]
    assert policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


def test_the_same_workspace_has_the_same_page(tmp_path: Path) -> None:
    sandbox = workspace(tmp_path, CHAIN)
    assert page(picture(sandbox), PARTS) == page(picture(sandbox), PARTS)
