"""State machines that contradict themselves, or their handlers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.adopt.findings.subjects import found

SOUND = """\
name: order
handler: {module: acme.handlers, class: Handler}
state_machine:
  initial_state: draft
  states:
    - {state_name: draft}
    - {state_name: placed}
    - {state_name: paid}
    - {state_name: failed}
  terminal_states: [paid]
  error_states: [failed]
  transitions:
    - {trigger: place, from_state: draft, to_state: placed}
    - {trigger: pay, from_state: placed, to_state: paid}
    - {trigger: fail, from_state: '*', to_state: failed}
"""
HANDLER = {
    "acme/__init__.py": "",
    "acme/handlers.py": "class Handler:\n    def handle(self, it):\n"
    "        return it.DRAFT, 'placed', PAID, 'failed'\n",
}


def of_machine(tmp_path: Path, old: str = "", new: str = "", handler: str = "") -> list[tuple[str, str, str]]:
    assert old in SOUND
    body = f"class Handler:\n    def handle(self, it): {handler}\n"
    code = HANDLER | ({"acme/handlers.py": body} if handler else {})
    return found(tmp_path, {"order": SOUND.replace(old, new, 1) if old else SOUND}, code)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("{state_name: draft}", "draft"),
        ("from_state: placed", "from_state: [placed, draft]"),
        ("from_state: '*'", "from_state: any"),
        ("from_state: placed, to_state", "from: placed, to"),
        ("initial_state: draft", "initial_state: [draft]"),
        ("states:\n", "other_states:\n"),
        (SOUND[SOUND.index("  initial_state") :], "  states: {draft: {}}\n  initial_state: draft\n"),
        (SOUND[SOUND.index("  initial_state") :], "  [a, b]\n"),
    ],
)
def test_a_sound_machine_is_no_finding(tmp_path: Path, old: str, new: str) -> None:
    assert of_machine(tmp_path, old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "places"),
    [
        ("initial_state: draft", "initial_state: drft", [(4, "the initial state `drft` is not declared")]),
        ("[paid]", "[paid, gone]", [(10, "the state `gone` is not declared")]),
        ("[failed]", "[lost]", [(11, "the state `lost` is not declared")]),
        (
            "to_state: paid",
            "to_state: payd",
            [(8, "nothing leads to the state `paid`"), (14, "the state `payd` is not declared")],
        ),
        (
            "to_state: paid",
            "to: payd",
            [(8, "nothing leads to the state `paid`"), (14, "the state `payd` is not declared")],
        ),
        ("from_state: placed", "from_state: paid", [(8, "nothing leads to the state `paid`")]),
    ],
)
def test_states_that_are_not_there_or_not_reached(
    tmp_path: Path, old: str, new: str, places: list[tuple[int, str]]
) -> None:
    problems = of_machine(tmp_path, old, new)

    assert {it[0] for it in problems} == {"state-machine"}
    assert [(int(it[1].split(":")[1]), it[2]) for it in problems] == places


def test_states_that_the_handler_never_names_are_one_finding(tmp_path: Path) -> None:
    ((code, place, told),) = of_machine(tmp_path, handler="return 'draft', 'paid'")

    assert (code, place) == ("state-machine", "order/contract.yaml:7:7")
    assert told == "the handler never names the states `placed`, `failed`"


def test_code_that_names_no_state_gets_them_from_somewhere_else(tmp_path: Path) -> None:
    assert of_machine(tmp_path, handler="return it") == []


def test_what_the_handler_imports_of_its_own_package_counts(tmp_path: Path) -> None:
    code = {
        "acme/__init__.py": "",
        "acme/handlers.py": "from . import states\nclass Handler:\n    def handle(self, it): return 'draft'\n",
        "acme/states.py": "from . import handlers\nALL = ['placed', 'paid', 'failed']\n",
    }

    assert found(tmp_path, {"order": SOUND}, code) == []


def test_large_machines_take_no_time(tmp_path: Path) -> None:
    number = 5_000
    states = "".join(f"    - {{state_name: s{it}}}\n" for it in range(number))
    ways = "".join(f"    - {{from_state: s{it}, to_state: s{it + 1}}}\n" for it in range(number - 1))
    text = f"name: big\nstate_machine:\n  initial_state: s0\n  states:\n{states}  transitions:\n{ways}"
    started = time.monotonic()

    assert found(tmp_path, {"big": text}) == []
    assert time.monotonic() - started < 15
