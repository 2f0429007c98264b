"""Work in several processes: the same results, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from omnibuild.adapters import workers
from omnibuild.adapters.workers import Workers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


@pytest.fixture(autouse=True)
def _alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that other tests have left behind are not what is looked at here."""
    if "thread" not in request.node.name:
        monkeypatch.setattr(workers, "_may_fork", lambda: True)


def test_beside_other_threads_the_work_is_done_here() -> None:
    with ThreadPoolExecutor(1) as others:
        others.submit(int).result()
        assert set(Workers(2, worth_while=1).map(lambda _: os.getpid(), range(4))) == {os.getpid()}


def squared(number: int) -> int:
    if number == 13:
        raise LookupError("thirteen")
    return number * number


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def mapped(tasks: Sequence[int], jobs: int = 3) -> Iterator[int]:
    return Workers(jobs, worth_while=1).map(squared, tasks)


@pytest.mark.parametrize("jobs", [1, 2, 3, 50])
def test_results_come_in_the_order_of_the_tasks(jobs: int) -> None:
    assert list(mapped(range(12), jobs)) == [it * it for it in range(12)]
    assert not children()


def test_what_is_made_is_made_elsewhere() -> None:
    found = set(Workers(2, worth_while=1).map(lambda _: os.getpid(), range(4)))
    assert len(found) == 2
    assert os.getpid() not in found
    assert set(Workers(2, worth_while=5).map(lambda _: os.getpid(), range(4))) == {os.getpid()}


def test_an_exception_is_raised_here_with_where_it_was() -> None:
    with pytest.raises(LookupError, match="thirteen") as raised:
        list(mapped(range(20)))
    assert "in squared" in "".join(raised.value.__notes__)
    assert not children()


def test_who_stops_listening_leaves_nobody_behind() -> None:
    results = mapped(range(12))
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert not children()


def test_the_tasks_of_a_killed_process_are_done_here() -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if number == 3 and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert list(Workers(2, worth_while=1).map(work, range(9))) == list(range(9))


def test_processes_that_the_system_refuses_are_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, forked = os.fork, list[int]()

    def refusing() -> int:
        if forked:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        forked.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", refusing)
    assert list(mapped(range(12))) == [it * it for it in range(12)]
    assert not children()


ORPHANS = """
import os, sys, time
from omnibuild.adapters.workers import Workers
def work(number):
    print(os.getpid(), flush=True)
    return bytes(1 << 20)
for _ in Workers(2, worth_while=1).map(work, range(400)):
    time.sleep(60)
"""


def test_workers_end_when_their_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}
        parent.kill()
        parent.stdout.read()  # ends when the last one that could write is gone
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{it}").exists() for it in workers) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not [it for it in workers if Path(f"/proc/{it}").exists()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupt_while_forking_is_not_swallowed(number: signal.Signals) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for _ in range(10):
            results = Workers(3, worth_while=1).map(lambda _: time.sleep(0.2), range(12))
            with pytest.raises(KeyboardInterrupt):
                interrupted(results, number)
            assert not children()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def interrupted(results: Iterator[None], number: signal.Signals) -> None:
    """Send the signal as soon as there is a first child."""
    sender = os.fork()
    if sender == 0:
        parent = os.getppid()
        while len(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()) < 2:
            pass
        os.kill(parent, number)
        os._exit(0)
    try:
        list(results)
        time.sleep(5)
    finally:
        os.waitpid(sender, 0)
