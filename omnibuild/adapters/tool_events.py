"""The tools that check the stage, each run told as an event: the type checker, and the trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from omnibuild.core.events import ToolRan
from omnibuild.core.ports import ExampleRun, ExampleTest, Listener, Stage, Trial
from omnibuild.core.values import Finding


class WatchedStage:
    """A stage whose runs are told as `trial` and by the type checker's name, and being laid as `stage`."""

    def __init__(self, stage: Stage, type_checker: str, clock: Callable[[], float], listen: Listener) -> None:
        self._stage = stage
        self._type_checker = type_checker
        self._clock = clock
        self._listen = listen

    def lay(self, files: Mapping[str, str]) -> None:
        """Make the stage hold exactly these files."""
        with self._told("stage"):
            self._stage.lay(files)

    @contextmanager
    def checking_types(self, paths: Sequence[str]) -> Iterator[Callable[[], Sequence[Finding]]]:
        """Start to type-check these files, in one process; what is given waits for the findings.

        The time that is told is that from start to findings, however long others were at work meanwhile.
        """
        if not paths:
            yield tuple
            return
        with self._told(self._type_checker), self._stage.checking_types(paths) as findings:
            yield findings

    def try_out(
        self,
        classes: Mapping[str, Sequence[str]],
        examples: Sequence[ExampleRun],
        contracts: Sequence[str],
        tests: Sequence[ExampleTest] = (),
    ) -> Trial:
        """Import modules and look for their classes, run examples and tests, read contracts, in one process."""
        with self._told("trial"):
            return self._stage.try_out(classes, examples, contracts, tests)

    @contextmanager
    def _told(self, tool: str) -> Iterator[None]:
        """Tell how long a tool takes, however it ends."""
        start = self._clock()
        try:
            yield
        finally:
            self._listen(ToolRan(tool, (self._clock() - start) * 1000))
