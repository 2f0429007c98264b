from __future__ import annotations

import pytest

from omnibuild.core.values import Json, Problem
from omnibuild.gates.g01_required_keys import check
from tests.gates.subjects import AT, document, written


def without(*keys: str) -> dict[str, Json]:
    return {key: value for key, value in written().items() if key not in keys}


def test_a_sound_document_passes() -> None:
    assert list(check(document(written()))) == []


def test_every_missing_key_is_told_once() -> None:
    found = list(check(document(without("kind", "output"))))

    assert found == [
        Problem(
            "G1",
            "`order_pricer`: the key `kind` is missing",
            AT,
            "write `kind: compute`, `effect`, `reducer` or `orchestrator`",
        ),
        Problem(
            "G1",
            "`order_pricer`: the key `output` is missing",
            AT,
            "write `output:` with a type for every field, or the name of a model",
        ),
    ]


def test_a_key_that_is_nearly_right_is_the_hint() -> None:
    found = list(check(document({**without("description"), "descripton": "Price an order."})))

    assert [it.hint for it in found] == ["did you mean `description` where it says `descripton`?"]


@pytest.mark.parametrize(
    ("kind", "section"),
    [("compute", "logic"), ("effect", "operations"), ("reducer", "transitions"), ("orchestrator", "steps")],
)
def test_something_says_what_the_node_does(kind: str, section: str) -> None:
    silent = {**without("logic"), "kind": kind}

    (found,) = check(document(silent))

    assert found.message == "`order_pricer`: nothing says what it does"
    assert found.hint.startswith(f"write `{section}:` with ")
    assert found.hint.endswith(", or a body `order_pricer.py` beside the spec")
    assert list(check(document(silent, body=True))) == []
    assert list(check(document({**silent, section: []}))) == []
    assert list(check(document({**silent, "handler": "acme.legacy.handlers:HandlerX"}))) == []


def test_a_reducer_with_transitions_derives_its_input_and_output() -> None:
    reducer = {**without("logic", "input", "output"), "kind": "reducer", "transitions": []}

    assert list(check(document(reducer))) == []


def test_a_shared_document_declares_something() -> None:
    assert list(check(document({"shared": "money", "enums": {"Currency": ["EUR"]}}))) == []
    assert [it.message for it in check(document({"shared": "money"}))] == [
        "`money`: it declares neither `models` nor `enums`"
    ]


def test_a_blueprint_names_its_recipe() -> None:
    assert list(check(document({"blueprint": "user", "recipe": "crud"}))) == []
    assert [it.hint for it in check(document({"blueprint": "user"}))] == [
        "write `recipe: crud`, or the name of a folder of templates/recipes"
    ]


def test_the_first_key_says_what_a_document_is() -> None:
    (late,) = check(document({"kind": "compute", "node": "order_pricer"}))
    (misspelt,) = check(document({"nod": "order_pricer"}))
    (empty,) = check(document({}))

    assert late.hint == "move `node` to the top"
    assert misspelt.hint == "did you mean `node`?"
    assert empty.message == "the document is empty"
