from __future__ import annotations

import pytest

from omnibuild.core.values import Place, Problem
from omnibuild.gates.g09_parses import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, HANDLER, HOME, with_body, with_file

_HINT = "look at the workspace's own templates in templates/"


def test_files_that_parse_pass(sound: NodeSubject) -> None:
    assert list(check(sound)) == []


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "node.py",
            "x = 1\ny = (\n",
            "node_order_pricer_compute/node.py` does not parse at line 2: '(' was never closed",
        ),
        (
            "contract.yaml",
            "a: 1\nb: [\n",
            "node_order_pricer_compute/contract.yaml` does not parse at line 3: did not find expected node content",
        ),
        (
            "data.json",
            '{"a": }',
            "node_order_pricer_compute/data.json` does not parse at line 1: Expecting value",
        ),
        (
            "settings.toml",
            "a = 1\nb = \n",
            "node_order_pricer_compute/settings.toml` does not parse at line 2: Invalid value (at line 2, column 5)",
        ),
    ],
)
def test_a_file_that_does_not_is_stopped(sound: NodeSubject, file: str, text: str, message: str) -> None:
    assert list(check(with_file(sound, f"{HOME}/{file}", text))) == [Problem("G9", f"`{message}", AT, _HINT)]


def test_a_file_with_origins_is_reported_at_the_spec(sound: NodeSubject) -> None:
    (found,) = check(with_file(sound, HANDLER, "def"))

    assert found.at == AT.to("logic")


def test_a_body_that_does_not_parse_is_reported_there(sound: NodeSubject) -> None:
    (found,) = check(with_body(sound, "import os\n\ndef handle", "class HandlerOrderPricer:\n  def"))

    assert found.at == Place("specs/order_pricer.py", 3, 11)
    assert found.hint == "correct the body"
