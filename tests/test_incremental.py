"""The property behind the cache: after any edits, an incremental build gives what a clean build gives."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from tests.drawn import WORKSPACES, Doc, Drawn
from tests.edits import STEPS, Bench, Edit
from tests.oracle import MEMORY_DISK, Oracle
from tests.play import Play
from tests.workspaces import Sandbox

EXAMPLES = int(os.environ.get("NEVER_WRONG_EXAMPLES", "300"))
"""How many workspaces are drawn; `NEVER_WRONG_EXAMPLES=10000 pytest tests/test_incremental.py` takes its time."""


def play(oracle: Oracle, first: Drawn, steps: Sequence[Sequence[Edit]]) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY_DISK) as folder:
        bench = Bench(Sandbox(Path(folder)), first)
        bench.lay()
        one = Play(bench, oracle)
        for edits in ([Edit("nothing")], *steps):
            one.step(edits)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(WORKSPACES, STEPS)
def test_an_incremental_build_gives_what_a_clean_one_gives(
    oracle: Oracle, first: Drawn, steps: list[list[Edit]]
) -> None:
    play(oracle, first, steps)


def test_the_checks_change_no_byte(oracle: Oracle) -> None:
    docs = {"ant": Doc("shared"), "bee": Doc("compute", needs="ant"), "cat": Doc("body", needs="bee")}
    steps = [[Edit("expression", 1, 2), Edit("edit output", 3)], [Edit("field", 0, 1), Edit("drop cache")]]
    play(oracle, Drawn(docs, mode="balanced"), steps)
