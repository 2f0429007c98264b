"""Work that waits for others, done by several threads at once, and given up when nothing moves any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread


def each[T, R](work: Callable[[T], R], items: Iterable[T], threads: int, patience: float) -> list[R]:
    """Return the result for each item, in order.

    Raises TimeoutError if for `patience` seconds nothing has been done, and what `work` raises. The
    threads are daemons: one that hangs, as in a look-up of a name that no time-out reaches, holds up
    neither this function, nor the end of the process, nor Ctrl-C.
    """
    waiting: SimpleQueue[tuple[int, T]] = SimpleQueue()
    done: SimpleQueue[tuple[int, Future[R]]] = SimpleQueue()
    for numbered in enumerate(items):
        waiting.put(numbered)
    count = waiting.qsize()
    results: dict[int, R] = {}

    def run() -> None:
        while True:
            try:
                number, item = waiting.get_nowait()
            except Empty:
                return
            done.put((number, _done(work, item)))

    for _ in range(min(threads, count)):
        Thread(target=run, daemon=True).start()
    try:
        for _ in range(count):
            number, future = done.get(timeout=patience)
            results[number] = future.result()
    except Empty:
        raise TimeoutError from None
    finally:
        _drain(waiting)  # after a failure nothing more is begun
    return [results[it] for it in range(count)]


def _done[T, R](work: Callable[[T], R], item: T) -> Future[R]:
    """Return the result, or what the work has raised, for the thread that asks."""
    future: Future[R] = Future()
    try:
        future.set_result(work(item))
    except BaseException as error:  # noqa: BLE001  # it is raised where it is seen
        future.set_exception(error)
    return future


def _drain[T](queue: SimpleQueue[T]) -> None:
    with suppress(Empty):
        while True:
            queue.get_nowait()
