"""The part of a trial that runs examples as the tests that they became; loaded by trial.py in its process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

type _Clock = Callable[[], Any]
"""Makes a context in which a test may take its time, and that says in `over` whether it took longer."""


def run_tests(
    items: Sequence[dict[str, Any]], root: str, clock: _Clock, told: Callable[..., str], say: Callable[..., None]
) -> None:
    """Run the tests in this process, one pytest session for all; `told` puts an exception into words."""
    _forget_modules({str(Path(root, item["path"])) for item in items})
    subjects = {(str(Path(root, item["path"])), item["function"]): item["subject"] for item in items}
    reporter = _Reporter(subjects, root, clock, told, say)
    arguments = [f"{path}::{function}" for path, function in subjects]
    quiet = ["-p", "no:cacheprovider", "-p", "no:terminal", "-o", "verbosity_assertions=2"]
    options = [*quiet, "--import-mode=importlib", "-c", os.devnull]
    places = [f"--rootdir={root}", f"--confcutdir={root}", f"--basetemp={Path.cwd() / 'tmp'}"]
    pytest.main([*options, *places, *arguments], plugins=[reporter])
    for subject in subjects.values():
        if subject not in reporter.seen:
            say("failure", "tests", subject, reporter.collecting or "the test was not found", ())


def _forget_modules(files: set[str]) -> None:
    """Let pytest import the test modules itself: only then can it tell what an assertion compared."""
    for name in [name for name, module in sys.modules.items() if getattr(module, "__file__", None) in files]:
        del sys.modules[name]


_LINES = 8
"""How many lines of what pytest says of a comparison are told: the values, and then the differences."""

_LONGEST = 600
"""How many characters of it."""


class _Reporter:
    """Tells of every test that is begun, and of every one that fails."""

    def __init__(
        self,
        subjects: dict[tuple[str, str], str],
        root: str,
        clock: _Clock,
        told: Callable[..., str],
        say: Callable[..., None],
    ) -> None:
        self._subjects = subjects
        self._root = root
        self._clock = clock
        self._told = told
        self._say = say
        self.seen: set[str] = set()
        self.collecting = ""

    def _subject(self, item: pytest.Item) -> str:
        return self._subjects.get((str(item.path), item.name.partition("[")[0]), item.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Run the test within its time."""
        with self._clock():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Say that the test begins."""
        self.seen.add(self._subject(item))
        self._say("at", "tests", self._subject(item))
        return (yield)

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Say how the test failed."""
        if call.excinfo is not None:
            message = self._message(call.excinfo.value)
            self._say("failure", "tests", self._subject(item), message, ())

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a test module could not be read."""
        if report.failed:
            lines = [line for line in str(report.longrepr).splitlines() if line.startswith("E ")]
            self.collecting = lines[-1].removeprefix("E").strip() if lines else "the test module cannot be imported"

    def _message(self, error: BaseException) -> str:
        if type(error).__name__ == "TimeIsUp":
            return "did not finish in time"
        text = self._told(error, self._root)
        lines = [line.strip() for line in text.splitlines() if line.strip()] or [type(error).__name__]
        cause = error.__cause__
        if cause:
            return f"{lines[0]}, because of {type(cause).__name__}: {cause}"
        shown = "; ".join(lines[:_LINES])
        return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
