"""Measures a watch: from a saved file to the answer of the build, while one process is at work all the time."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from measure import Figures, NotMeasuredError, Sample, Side, environment

_PATIENCE = 60.0
"""How many seconds may pass until a watch has prepared itself for the next change."""
_REST = 0.05
"""How many seconds of CPU time in one second are rest: a watch looks for an interrupt again and again."""
_TICKS = os.sysconf("SC_CLK_TCK")


def watched(side: Side, runs: int, warm_ups: int = 1) -> Figures:
    """Measure the answers of a watch that prints JSON, each after `prepare` has changed a file and all was at rest.

    The CPU time is that of the watch and of all that it starts, from the change to the answer. Raises NotMeasuredError.
    """
    samples: list[Sample] = []
    with subprocess.Popen(  # noqa: S603 - the commands are our own
        side.command, cwd=side.folder, env=environment(side), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            _answer(process)
            for number in range(warm_ups + runs):
                before = _settled(process.pid)
                side.prepare()
                start = time.perf_counter()
                said = _answer(process)
                wall = time.perf_counter() - start
                if wrong := side.check(json.dumps(said["nodes"])):
                    raise NotMeasuredError(f"watch: {wrong}: {said['nodes']}")
                if number >= warm_ups:
                    samples.append(Sample(wall, _cpu(process.pid) - before, 0, 0))
        finally:
            process.terminate()
    return Figures(samples)


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise NotMeasuredError(f"the watch ended with {process.wait()}")
    found: dict[str, Any] = json.loads(line)
    return found


def _settled(process: int) -> float:
    """Wait until the watch has prepared itself for the next change; return the CPU time until then."""
    end, before, now = time.monotonic() + _PATIENCE, -1.0, _cpu(process)
    while now - before > _REST:
        if time.monotonic() > end:
            raise NotMeasuredError("the watch never rests")
        time.sleep(1.0)
        before, now = now, _cpu(process)
    return now


def _cpu(process: int) -> float:
    """Return the CPU time of a process and its children, those that have ended included, in seconds."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ticks = 0
    for it in (str(process), *children):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            ticks += sum(map(int, Path(f"/proc/{it}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / _TICKS
