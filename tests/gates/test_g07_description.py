from __future__ import annotations

from dataclasses import replace

import pytest

from omnibuild.core.values import Problem
from omnibuild.gates.g07_description import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, shared, with_spec


@pytest.mark.parametrize(
    "description", ["Price an order from its lines.", "The life of an order.", "Set the customer's total to 0."]
)
def test_a_sentence_passes(sound: NodeSubject, description: str) -> None:
    assert list(check(with_spec(sound, lambda spec: replace(spec, description=description)))) == []


@pytest.mark.parametrize(
    ("description", "fault"),
    [
        ("Price an order.", "has 3 words, at least 5 say something"),
        ("Prices", "has 1 word, at least 5 say something"),
        ("TODO: say what it does here.", "is a placeholder: `TODO`"),
        ("Price an order from <its lines> only.", "is a placeholder: `<its lines>`"),
        ("This is the order pricer node.", "only repeats its name"),
    ],
)
def test_empty_talk_is_told(sound: NodeSubject, description: str, fault: str) -> None:
    assert list(check(with_spec(sound, lambda spec: replace(spec, description=description)))) == [
        Problem(
            "G7",
            f"the description of `order_pricer` {fault}",
            AT.to("description"),
            "say in a sentence what it does, to what, and for whom",
        )
    ]


def test_a_shared_document_need_not_have_one(sound: NodeSubject) -> None:
    assert list(check(replace(sound, spec=shared()))) == []
