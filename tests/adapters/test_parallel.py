from __future__ import annotations

from threading import Barrier, Event, current_thread

import pytest

from omnibuild.adapters.parallel import each


def test_the_results_have_the_order_of_the_items() -> None:
    assert each(lambda it: it * 2, range(100), 16, 60) == list(range(0, 200, 2))
    assert each(str, [], 16, 60) == []


def test_as_many_are_at_work_as_there_are_threads() -> None:
    together = Barrier(4)  # nobody passes before all are there

    assert sorted(each(lambda _: together.wait(60), range(8), 4, 60)) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_what_is_raised_ends_all_of_it() -> None:
    begun = []

    def work(number: int) -> int:
        begun.append(number)
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        each(work, [0, *range(10_000)], 1, 60)
    assert len(begun) < 10_000


def test_what_hangs_is_left_behind() -> None:
    end = Event()
    try:
        with pytest.raises(TimeoutError):
            each(lambda _: end.wait(), range(3), 2, 0.05)
    finally:
        end.set()


def test_the_threads_do_not_keep_the_process() -> None:
    assert each(lambda _: current_thread().daemon, range(3), 2, 60) == [True] * 3
