"""Work in several processes, forked from this one: they have all that it has read, and send back what they make."""

from __future__ import annotations

import os
import pickle  # between a process and its own children, through a pipe
import selectors
import signal
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

WORTH_WHILE = 8
"""From how many tasks on processes are forked: for fewer, starting them costs more than they save."""

_LENGTH = struct.Struct("<Q")
_CHUNK = 1 << 20
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


class Workers:
    """At most `jobs` processes, 0 for as many as this one may use.

    Only Linux forks safely, and only from a process without other threads; elsewhere, and where a process may use one
    processor only, the work is done here.
    """

    def __init__(self, jobs: int = 0, worth_while: int = WORTH_WHILE) -> None:
        self._jobs = jobs or _processors()
        self._worth_while = worth_while

    def map[Task, Result](self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
        """Yield the results, in the order of the tasks.

        An exception of the work is raised here. Tasks of a process that was killed are done here.
        """
        jobs = min(self._jobs, len(tasks))
        if jobs < 2 or len(tasks) < self._worth_while or not _may_fork():
            yield from map(work, tasks)
            return
        crew = _Crew(jobs)
        try:
            crew.hire(work, tasks)
            for number, task in enumerate(tasks):
                answer = crew.answer(number)
                yield work(task) if answer is None else _result(answer)
        finally:
            crew.dismiss()


class _Crew:
    """The processes at work: number n does the tasks n, n + jobs, n + 2 jobs and so on."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._answers: dict[int, bytes] = {}
        self._selector = selectors.DefaultSelector()
        self._processes: dict[int, int] = {}

    def hire(self, work: Callable[[Any], Any], tasks: Sequence[Any]) -> None:
        """Start the processes; those that the system refuses are done without."""
        sys.stdout.flush()
        sys.stderr.flush()
        with _interrupts_later():
            for number in range(self._jobs):
                reading, writing = os.pipe()
                try:
                    process = os.fork()
                except OSError:
                    os.close(reading)
                    os.close(writing)
                    break
                if process == 0:
                    _labour(work, tasks[number :: self._jobs], writing)
                os.close(writing)
                self._processes[number] = process
                self._selector.register(reading, selectors.EVENT_READ, _Inbox(number, self._jobs))

    def answer(self, number: int) -> bytes | None:
        """Return what was sent for a task, None if its process has ended without it."""
        while number not in self._answers and number % self._jobs in self._at_work():
            for key, _ in self._selector.select():
                data = os.read(key.fd, _CHUNK)
                if data:
                    self._answers |= key.data.take(data)
                else:
                    self._selector.unregister(key.fd)
                    os.close(key.fd)
        return self._answers.pop(number, None)

    def _at_work(self) -> set[int]:
        return {key.data.worker for key in self._selector.get_map().values()}

    def dismiss(self) -> None:
        """End the processes that are still at work, and wait for all."""
        for key in list(self._selector.get_map().values()):
            os.close(key.fd)
            os.kill(self._processes[key.data.worker], signal.SIGKILL)
        self._selector.close()
        for process in self._processes.values():
            os.waitpid(process, 0)


class _Inbox:
    """Puts together what comes out of one pipe: answers, each behind its length."""

    def __init__(self, worker: int, jobs: int) -> None:
        self.worker = worker
        self._jobs = jobs
        self._next = worker
        self._data = bytearray()

    def take(self, data: bytes) -> dict[int, bytes]:
        """Return the answers that are complete, by the numbers of their tasks."""
        self._data += data
        found: dict[int, bytes] = {}
        while len(self._data) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._data)[0]
            if len(self._data) < end:
                break
            found[self._next] = bytes(self._data[_LENGTH.size : end])
            self._next += self._jobs
            del self._data[:end]
        return found


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Let interrupts wait: Python swallows one that comes right behind a fork, and a child may not be known yet."""
    came: list[int] = []
    try:
        before = {it: signal.signal(it, lambda number, _: came.append(number)) for it in _INTERRUPTS}
    except ValueError:  # not the main thread, which alone is interrupted
        before = {}
    try:
        yield
    finally:
        for it, handler in before.items():
            signal.signal(it, handler)
        for number in came:
            signal.raise_signal(number)


def _labour(work: Callable[[Any], Any], tasks: Sequence[Any], writing: int) -> None:
    """Do the tasks in a child; never returns, and runs nothing that the parent will run at its end."""
    status = 1
    try:
        # Nothing of the parent's stays open: not its lock, nor the ends of pipes by which a child sees that it is gone.
        os.closerange(3, writing)
        os.closerange(writing + 1, os.sysconf("SC_OPEN_MAX"))
        for it in _INTERRUPTS:
            signal.signal(it, signal.SIG_DFL)
        for task in tasks:
            answer = _answer(work, task)
            data = memoryview(_LENGTH.pack(len(answer)) + answer)
            while data:
                data = data[os.write(writing, data) :]
        status = 0
    finally:
        os._exit(status)


def _answer(work: Callable[[Any], Any], task: Any) -> bytes:
    try:
        return pickle.dumps((True, work(task)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        return pickle.dumps((False, _told(error)), pickle.HIGHEST_PROTOCOL)


def _told(error: Exception) -> Exception:
    """Return an exception that survives the journey, with where it was raised."""
    import traceback

    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301
    except Exception:  # noqa: BLE001 - whatever it is about it that cannot travel
        return RuntimeError("\n".join([f"{type(error).__name__}: {error}", *error.__notes__]))
    return error


def _result(answer: bytes) -> Any:
    done, value = pickle.loads(answer)  # noqa: S301
    if not done:
        raise value
    return value


def _may_fork() -> bool:
    threading = sys.modules.get("threading")
    return sys.platform == "linux" and (threading is None or threading.active_count() == 1)


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
