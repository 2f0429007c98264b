from __future__ import annotations

from omnibuild.core.values import Pointer
from omnibuild.graph.topics import End, TopicGraph, as_json, dot, mermaid, text

AT = Pointer("specs/x.yaml", 0, ())
GRAPH = TopicGraph(
    publishers=(End("pricer", "priced", AT), End("pricer", "told", AT)),
    consumers=(End("mailer", "priced", AT), End("archiver", "priced", AT), End("mailer", "paid", AT)),
    external={"pricer": ("told",), "mailer": ("paid",)},
)


def test_the_topics_are_sorted_and_distinct() -> None:
    assert GRAPH.topics == ("paid", "priced", "told")
    assert [it.node for it in GRAPH.consumers_of("priced")] == ["mailer", "archiver"]
    assert GRAPH.publishers_of("paid") == ()


def test_text_has_a_line_a_topic() -> None:
    assert text(GRAPH).splitlines() == [
        "paid    (external) -> mailer",
        "priced  pricer -> archiver, mailer",
        "told    pricer -> (external)",
    ]
    assert text(TopicGraph()) == ""
    assert text(TopicGraph(publishers=(End("pricer", "lost", AT),))) == "lost  pricer -> -"


def test_pictures_lead_from_publishers_to_consumers() -> None:
    assert '  "pricer" -> "priced";' in dot(GRAPH).splitlines()
    assert '  "priced" -> "mailer";' in dot(GRAPH).splitlines()
    assert mermaid(GRAPH).splitlines()[:2] == ["graph LR", "  n_archiver[archiver]"]
    assert "  n_pricer --> t_2" in mermaid(GRAPH).splitlines()
    assert "  t_2 --> n_mailer" in mermaid(GRAPH).splitlines()


def test_json_names_both_ends() -> None:
    assert as_json(GRAPH)["topics"] == [
        {"topic": "paid", "publishers": [], "consumers": ["mailer"], "external": True},
        {"topic": "priced", "publishers": ["pricer"], "consumers": ["archiver", "mailer"], "external": False},
        {"topic": "told", "publishers": ["pricer"], "consumers": [], "external": True},
    ]


def test_the_topics_of_some_nodes_keep_all_their_ends() -> None:
    part = GRAPH.of(["archiver"])

    assert part.topics == ("priced",)
    assert len(part.consumers) == 2
