"""Runs one generated node in ONEX's own local runtime, on its in-memory bus."""

from __future__ import annotations

import importlib
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from omnibuild.core.values import Json


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run gave: the handler's result as JSON, or what went wrong.

    The runtime's own "completed" is not enough: it makes up the terminal event, so a run counts as
    good only if the handler returned something.
    """

    output: Json
    error: str = ""


def run_node(contract: Path, sources: Path, request: str, timeout: int, search: Sequence[Path] = ()) -> RunResult:
    """Run the node of a contract whose package is importable from `sources`; `timeout` is in seconds.

    `search` is where else to import from: the workspace's own code.
    """
    from omnibase_core.runtime.runtime_local import RuntimeLocal

    records = _Records()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers[:] = [records]
    path = sys.path[:]
    # The workspace last: a folder of it may be named as an installed package is.
    sys.path[:] = [str(sources), *path, *map(str, search)]
    importlib.invalidate_caches()
    try:
        with tempfile.TemporaryDirectory() as folder:
            given = Path(folder) / "input.json"
            given.write_text(request)
            runtime = RuntimeLocal(contract, state_root=Path(folder) / "state", input_path=given, timeout=timeout)
            # What a body prints is no part of the answer, and what it raises ends itself, not the command.
            with redirect_stdout(sys.stderr):
                outcome = runtime.run()
            result = runtime.handler_result
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a body can raise anything, SystemExit included
        return RunResult(None, records.worst or f"{type(error).__name__}: {error}")
    finally:
        sys.path[:] = path
        _forget({it.name for it in sources.iterdir() if it.is_dir()} if sources.is_dir() else set())
        root.handlers[:] = before
        root.setLevel(level)
    if result is None:
        return RunResult(None, records.worst or f"the runtime ended with {outcome.value} and no result")
    dumped = getattr(result, "model_dump", None)
    return RunResult(dumped(mode="json") if dumped else json.loads(json.dumps(result, default=str)))


def _forget(packages: set[str]) -> None:
    """Let the next run import the packages anew: they may have been built again meanwhile."""
    for name in [it for it in sys.modules if it.partition(".")[0] in packages]:
        del sys.modules[name]


class _Records(logging.Handler):
    """Keeps the exception, or else the message, of the first error that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.worst = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of an error."""
        if record.levelno >= logging.ERROR and not self.worst:
            raised = record.exc_info[1] if record.exc_info else None
            self.worst = f"{type(raised).__name__}: {raised}" if raised else record.getMessage()
