"""A profile of one build: its steps, nodes and tools over time, as chrome://tracing and Perfetto read it.

The form is the JSON of trace events; every entry is a complete event (`X`), beside the names of the tracks.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from omnibuild.core.events import BuildFinished, Event, NodeAssembled, StepStarted, ToolRan
from omnibuild.core.values import Json

_PROCESS = 1
_STEPS = 1
_NODES = 100
"""The first track of nodes; there are as many as were assembled at the same time."""
_TOOLS = 200
_CLOCK_ERROR = 1.0
"""Two entries of a track that overlap by less microseconds than this came one after the other."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    category: str
    track: int
    start: float
    end: float
    more: Mapping[str, Json] = field(default_factory=dict)


class Profile:
    """A listener that takes the time of every event; `write` ends the profile. Events may come from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._origin = clock()
        self._step: tuple[StepStarted, float] | None = None
        self._entries: list[_Entry] = []
        self._nodes: list[NodeAssembled] = []
        self._tools: dict[str, int] = {}
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Take note of what has begun or ended."""
        now = (self._clock() - self._origin) * 1e6
        with self._lock:
            match event:
                case StepStarted():
                    self._end_step(now)
                    self._step = (event, now)
                case NodeAssembled() if event.ms:
                    self._nodes.append(event)
                case ToolRan(tool=tool, ms=ms):
                    track = self._tools.setdefault(tool, _TOOLS + len(self._tools))
                    self._entries.append(_Entry(tool, "tool", track, max(0.0, now - ms * 1000), now))
                case BuildFinished():
                    self._end_step(now)
                case _:
                    return

    def write(self, file: IO[str]) -> None:
        """Write the profile to a file. Raises OSError."""
        now = (self._clock() - self._origin) * 1e6
        with self._lock:
            self._end_step(now)
            nodes = self._assembled()
            entries = [_Entry("omnibuild", "build", _STEPS, 0.0, now), *self._entries, *nodes]
            names = {_STEPS: "steps"}
            names |= {it: f"assemble {it - _NODES + 1}" for it in sorted({it.track for it in nodes})}
            names |= {track: tool for tool, track in self._tools.items()}
        events = [_named("process_name", 0, "omnibuild"), *(_named("thread_name", it, names[it]) for it in names)]
        events += [_complete(it) for it in sorted(entries, key=lambda it: (it.track, it.start, -it.end))]
        json.dump({"traceEvents": events, "displayTimeUnit": "ms"}, file, indent=0)
        file.write("\n")

    def _end_step(self, now: float) -> None:
        if self._step:
            event, start = self._step
            self._entries.append(_Entry(event.step, "step", _STEPS, start, now, {"nodes": event.nodes}))
            self._step = None

    def _assembled(self) -> list[_Entry]:
        """Return the nodes, each on the first track that is free: workers assemble several at once."""
        entries: list[_Entry] = []
        ends: list[float] = []
        for it in sorted(self._nodes, key=lambda it: it.began):
            start = max(0.0, (it.began - self._origin) * 1e6)
            track = next((number for number, end in enumerate(ends) if start > end - _CLOCK_ERROR), len(ends))
            ends[track:] = ends[track:] or [0.0]
            start = max(start, ends[track])
            ends[track] = start + it.ms * 1000
            entries.append(_Entry(it.node, "node", _NODES + track, start, ends[track]))
        return entries


def _complete(entry: _Entry) -> Json:
    # Both ends are rounded, not the length: so what touches does not overlap.
    start, end = round(entry.start), round(entry.end)
    return {
        "name": entry.name,
        "cat": entry.category,
        "ph": "X",
        "ts": start,
        "dur": end - start,
        "pid": _PROCESS,
        "tid": entry.track,
        "args": dict(entry.more),
    }


def _named(what: str, track: int, name: str) -> Json:
    return {"name": what, "ph": "M", "pid": _PROCESS, "tid": track, "args": {"name": name}}
