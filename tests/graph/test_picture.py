from __future__ import annotations

from omnibuild.graph.picture import as_json, dot, mermaid, text
from tests.graph.test_selection import TEXT
from tests.onex.declarations import names_of

GRAPH = names_of(TEXT).graph


def test_text() -> None:
    assert text(GRAPH, GRAPH.order) == (
        "money   shared\npricer  compute       needs money (models)\npacker  compute       needs pricer (models)"
    )


def test_dot() -> None:
    assert dot(GRAPH, ["money", "pricer"]) == (
        "digraph nodes {\n"
        "  rankdir=LR;\n"
        '  "money" [shape=folder];\n'
        '  "pricer" [shape=box];\n'
        '  "pricer" -> "money" [label="models"];\n'
        "}"
    )


def test_mermaid() -> None:
    assert mermaid(GRAPH, ["pricer", "packer"]) == (
        "graph LR\n  n_pricer[pricer]\n  n_packer[packer]\n  n_packer -->|models| n_pricer"
    )


def test_json() -> None:
    found = as_json(GRAPH, GRAPH.order)

    assert found["edges"] == [
        {"from": "pricer", "to": "money", "why": "models"},
        {"from": "packer", "to": "pricer", "why": "models"},
    ]
    assert isinstance(found["nodes"], list)
    assert found["nodes"][1] == {
        "name": "pricer",
        "kind": "compute",
        "description": "Price it.",
        "tags": ["pricing", "orders"],
        "domain": "sales",
        "file": "specs/it.yaml",
    }


def test_an_empty_graph() -> None:
    assert text(GRAPH, []) == ""
    assert dot(GRAPH, []) == "digraph nodes {\n  rankdir=LR;\n}"
