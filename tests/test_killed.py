"""A build that is killed, wherever that is: the next one ends with the clean tree, and takes nothing for an edit."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from omnibuild.adapters import workers
from tests.drawn import Doc, Drawn
from tests.edits import Bench
from tests.killing import Ended, Killer, in_child
from tests.oracle import MEMORY_DISK, Oracle
from tests.play import omnibuild
from tests.workspaces import Sandbox

FIRST = Drawn(
    {
        "ant": Doc("shared"),
        "bee": Doc("compute", needs="ant"),
        "cat": Doc("body", needs="bee", factor=3),
        "dog": Doc("file", needs="ant"),
    }
)


class Victim:
    """A workspace whose builds are killed, and what it should look like."""

    def __init__(self, root: Path, oracle: Oracle) -> None:
        self.bench = Bench(Sandbox(root), FIRST)
        self.oracle = oracle
        self.bench.lay()
        assert self.recovers()

    def lay(self, drawn: Drawn) -> None:
        self.bench.drawn = drawn
        self.bench.lay()

    def killed(self, last: int = 0, delay: float | None = None, folder: Path | None = None) -> Ended:
        """Build in another process, which is killed before its build is at the end."""
        killer = Killer(folder or self.bench.sandbox.root, last, database=folder is None)
        ended = in_child(lambda: omnibuild(self.bench.sandbox, "build"), killer, delay)
        assert not ended.error, ended.error
        return ended

    def recovers(self) -> bool:
        """Build, and return whether that gives what a clean build gives, and then nothing is to be done."""
        sandbox = self.bench.sandbox
        asked = self.oracle.ask(self.bench.drawn.files())
        said = omnibuild(sandbox, "build")
        assert (said.code, said.json["problems"]) == (0, [])
        assert sandbox.tree() == self.oracle.result(asked).tree
        leftovers = [it.name for it in (sandbox.root / "cache").iterdir() if it.suffix == ".new"]
        assert leftovers == []
        return omnibuild(sandbox, "build").at_once


@pytest.fixture
def victim(oracle: Oracle) -> Iterator[Victim]:
    with tempfile.TemporaryDirectory(dir=MEMORY_DISK) as folder:
        yield Victim(Path(folder), oracle)


def changed(number: int) -> Drawn:
    """Return the workspace with one change in one node, another one every time: a small change."""
    return replace(FIRST, docs={**FIRST.docs, "bee": replace(FIRST.docs["bee"], factor=number + 3)})


def moved(number: int) -> Drawn:
    """Return the workspace with a node more or less, a changed model, and files where there were others."""
    docs = {**FIRST.docs, "ant": replace(FIRST.docs["ant"], words=f"Take {number} of")}
    if number % 2:
        docs |= {"eel": Doc("compute", needs="ant", factor=number)}
        del docs["dog"]
    return replace(FIRST, docs=docs, header=number // 3 % 2)


def rebuilt(number: int, jobs: int) -> Drawn:
    """Return the workspace with another header: every node is built, in several processes if there are to be some."""
    return replace(moved(number), header=number, jobs=jobs)


@pytest.mark.parametrize(("change", "step"), [(changed, 1), (moved, 5)])
def test_a_build_that_is_killed_at_any_point_leaves_nothing_half_done(
    victim: Victim, change: Callable[[int], Drawn], step: int
) -> None:
    last, ended = 0, 0
    while ended < 2:
        last += step
        victim.lay(change(last))
        ended += not victim.killed(last).killed
        assert victim.recovers()
    assert last > 50


@pytest.mark.parametrize("goes_back", [False, True])
def test_a_change_of_the_output_that_is_killed_at_any_point_is_ended_or_taken_back(
    victim: Victim, goes_back: bool
) -> None:
    other = moved(3)
    for drawn in (other, FIRST):
        victim.lay(drawn)
        assert victim.recovers()
    last, ended = 0, False
    while not ended:  # both are kept: all that is done is to bring the output in step
        last += 1
        victim.lay(other)
        ended = not victim.killed(last, folder=victim.bench.sandbox.out).killed
        if goes_back:
            victim.lay(FIRST)
        assert victim.recovers()
        victim.lay(FIRST)
        assert victim.recovers()
    assert last > 50


def test_a_first_build_that_is_killed_at_any_point_leaves_nothing_half_done(victim: Victim) -> None:
    last, ended = 0, False
    while not ended:
        last += 7
        for folder in ("out", "cache"):
            shutil.rmtree(victim.bench.sandbox.root / folder)
        ended = not victim.killed(last).killed
        assert victim.recovers()
    assert last > 50


def test_a_recovery_that_is_killed_leaves_nothing_half_done(victim: Victim) -> None:
    chance = random.Random(0)
    for number in range(30):
        victim.lay(moved(number))
        for _ in range(3):
            victim.killed(chance.randrange(1, 120))
        assert victim.recovers()


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_build_that_is_killed_at_any_time_leaves_nothing_half_done(victim: Victim, jobs: int) -> None:
    chance = random.Random(jobs)
    start = time.monotonic()
    victim.lay(rebuilt(1, jobs))
    victim.killed()
    took = time.monotonic() - start
    for number in range(2, 42):
        victim.lay(rebuilt(number, jobs))
        victim.killed(delay=chance.random() * took)
        assert victim.recovers()


def test_no_worker_outlives_its_build(victim: Victim, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    for number in range(5):
        victim.lay(rebuilt(number + 1, jobs=3))
        with monkeypatch.context() as patch:
            patch.setattr(workers._Crew, "answer", die)
            assert victim.killed().killed  # which waits for all that hold its pipe
        assert victim.recovers()
