"""What a clean build of some sources gives: built in another process, with nothing that was kept before."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from traceback import format_exception

import pytest

from omnibuild import build
from omnibuild.adapters import tools, world
from omnibuild.adapters.ruff import RuffFormatter
from omnibuild.adapters.workers import Workers
from omnibuild.core.problem_json import problem_json
from tests.workspaces import Sandbox

MEMORY_DISK = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
"""A folder in memory: a build there waits for no disk."""


@dataclass(frozen=True)
class Clean:
    """What a clean build gives: its tree, None if something blocks, and its problems."""

    tree: dict[str, str] | None
    problems: list[str]


class Oracle:
    """A process that builds clean workspaces while this one goes on; what it was asked before it knows."""

    def __init__(self) -> None:
        context = get_context("fork")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(theirs, self._ours), daemon=True)
        self._process.start()
        theirs.close()
        self._asked: set[str] = set()
        self._known: dict[str, Clean | Exception] = {}

    def ask(self, files: Mapping[str, str]) -> str:
        """Ask for a build of these files; return what `result` is to be called with."""
        key = json.dumps(files, sort_keys=True)
        if key not in self._asked:
            self._asked.add(key)
            self._ours.send(key)
        return key

    def result(self, key: str) -> Clean:
        """Return what the build that was asked for gave, or raise what it raised."""
        while key not in self._known:
            answered, found = self._ours.recv()
            self._known[answered] = found
        found = self._known[key]
        if isinstance(found, Exception):
            raise found
        return found

    def close(self) -> None:
        """End the process."""
        self._ours.close()
        self._process.kill()  # a process that was forked from this one and lives on may hold the pipe open
        self._process.join()


def _answer(pipe: Connection, other: Connection) -> None:
    other.close()
    with suppress(EOFError):
        while True:
            key = pipe.recv()
            try:
                pipe.send((key, clean(json.loads(key))))
            except Exception as error:  # noqa: BLE001 - raised where it was asked for
                pipe.send((key, AssertionError("".join(format_exception(error)))))


def clean(files: Mapping[str, str]) -> Clean:
    """Build these files in a folder of their own."""
    with tempfile.TemporaryDirectory(dir=MEMORY_DISK) as folder:
        sandbox = Sandbox(Path(folder))
        for file, text in files.items():
            sandbox.write(file, text)
        report = sandbox.build(mode=None)
        return Clean(sandbox.tree() if report.ok else None, [json.dumps(problem_json(it)) for it in report.problems])


class RememberingFormatter(RuffFormatter):
    """Ruff, asked once for every text: what it makes of one depends on nothing else."""

    known: dict[str, str] = {}  # noqa: RUF012 - shared on purpose

    def format(self, files: Mapping[str, str]) -> Mapping[str, str]:
        new = {path: text for path, text in files.items() if text not in self.known}
        self.known.update({files[path]: text for path, text in super().format(new).items()})
        return {path: self.known[text] for path, text in files.items()}


@contextmanager
def quick() -> Iterator[None]:
    """Make builds of small workspaces quick: what is the same in all of them is found out once.

    Workers are forked for any number of tasks, so that small workspaces have some, too.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "tool_versions", cache(tools.tool_versions))
        patch.setattr(world, "RuffFormatter", RememberingFormatter)
        patch.setattr(world, "Workers", partial(Workers, worth_while=1))
        patch.setattr(build, "BATCH", 2)
        yield
