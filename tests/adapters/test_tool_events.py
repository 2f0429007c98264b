from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from omnibuild.adapters.tool_events import WatchedStage
from omnibuild.core.events import Event, ToolRan
from omnibuild.core.ports import Stage, Trial
from omnibuild.core.values import Finding

FINDING = Finding("a.py", 1, 1, "arg-type", "wrong")


class Slow:
    """A stage on a clock of its own, where everything takes half a second and trials fail."""

    def __init__(self) -> None:
        self.now = 1.0

    def lay(self, *_: object) -> None:
        self.now += 0.5

    @contextmanager
    def checking_types(self, *_: object) -> Iterator[Callable[[], Sequence[Finding]]]:
        yield self._findings

    def _findings(self) -> Sequence[Finding]:
        self.now += 0.5
        return [FINDING]

    def try_out(self, *_: object) -> Trial:
        self.now += 0.5
        raise OSError("no process can be made")


def test_every_tool_is_told_with_its_time() -> None:
    slow, told = Slow(), list[Event]()
    stage: Stage = WatchedStage(slow, "mypy", lambda: slow.now, told.append)

    stage.lay({"a.py": ""})
    with stage.checking_types(["a.py"]) as findings:
        with pytest.raises(OSError, match="no process"):
            stage.try_out({}, (), ())
        assert list(findings()) == [FINDING]
    with stage.checking_types([]) as findings:
        assert list(findings()) == []

    assert told == [ToolRan("stage", 500), ToolRan("trial", 500), ToolRan("mypy", 1000)]
