from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from time import perf_counter
from typing import Any

from omnibuild.adapters.profile import Profile
from omnibuild.core.events import BuildFinished, Event, NodeAssembled, StepStarted, ToolRan
from omnibuild.core.values import Report
from omnibuild.workspace import Workspace
from tests.workspaces import Sandbox


def traced(profile: Profile) -> list[dict[str, Any]]:
    """Return the complete events of a profile, after a look at the shape of all of it."""
    file = io.StringIO()
    profile.write(file)
    return complete(file.getvalue())


def complete(text: str) -> list[dict[str, Any]]:
    data = json.loads(text)
    assert isinstance(data["traceEvents"], list)
    found = [it for it in data["traceEvents"] if it["ph"] == "X"]
    assert all(it["ph"] in "XM" for it in data["traceEvents"])
    for it in found:
        assert {"name", "cat", "ph", "ts", "dur", "pid", "tid", "args"} == set(it)
        assert all(isinstance(it[key], int) and it[key] >= 0 for key in ("ts", "dur", "pid", "tid"))
    named = {it["tid"] for it in data["traceEvents"] if it["name"] == "thread_name"}
    assert {it["tid"] for it in found} == named
    assert are_nested(found)
    return found


def are_nested(events: Iterable[dict[str, Any]]) -> bool:
    """Return whether on every track each event lies within another one or beside it."""

    def track(event: dict[str, Any]) -> int:
        return int(event["tid"])

    for _, found in groupby(sorted(events, key=track), key=track):
        around: list[int] = []
        for it in sorted(found, key=lambda it: (it["ts"], -it["dur"])):
            end = it["ts"] + it["dur"]
            while around and around[-1] <= it["ts"]:
                around.pop()
            if around and around[-1] < end:
                return False
            around.append(end)
    return True


def played(*events: tuple[float, Event], end: float) -> Profile:
    """Return a profile of events at these seconds, on a clock that begins at 100."""
    times: Iterator[float] = iter([100.0, *(100 + at for at, _ in events), 100 + end])
    profile = Profile(lambda: next(times))
    for _, it in events:
        profile(it)
    return profile


def spans(events: Iterable[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    return {it["name"]: (it["tid"], it["ts"], it["dur"]) for it in events}


def test_steps_tools_and_nodes_have_their_tracks() -> None:
    profile = played(
        (1.0, StepStarted("assemble", 2)),
        (1.5, NodeAssembled("a", 200, 101.1)),
        (1.6, NodeAssembled("b", 100, 101.3)),
        (2.0, StepStarted("compile", 2)),
        (3.0, ToolRan("mypy", 900)),
        (3.1, ToolRan("trial", 500)),
        (4.0, BuildFinished(Report({}, ()))),
        end=5.0,
    )

    found = traced(profile)

    assert spans(found) == {
        "omnibuild": (1, 0, 5_000_000),
        "assemble": (1, 1_000_000, 1_000_000),
        "compile": (1, 2_000_000, 2_000_000),
        "a": (100, 1_100_000, 200_000),
        "b": (100, 1_300_000, 100_000),
        "mypy": (200, 2_100_000, 900_000),
        "trial": (201, 2_600_000, 500_000),
    }


def test_what_was_assembled_at_once_stands_side_by_side() -> None:
    nodes = [NodeAssembled("c", 300, 101.2), NodeAssembled("a", 200, 101.0), NodeAssembled("b", 500, 101.1)]
    profile = played(*((2.0, it) for it in nodes), (2.0, NodeAssembled("failed")), end=3.0)

    found = spans(traced(profile))

    assert [found[name][0] for name in "abc"] == [100, 101, 100]
    assert "failed" not in found


def test_a_build_that_breaks_off_has_a_profile() -> None:
    found = spans(traced(played((1.0, StepStarted("read")), end=1.5)))

    assert found == {"omnibuild": (1, 0, 1_500_000), "read": (1, 1_000_000, 500_000)}


def test_a_real_build_has_plausible_times(chain: Sandbox) -> None:
    profile = Profile(perf_counter)
    assert Workspace.open(chain.root, mode="fast", listen=profile).build().ok

    found = traced(profile)

    steps = [it for it in found if it["cat"] == "step"]
    assert [it["name"] for it in steps] == ["read", "decide", "assemble", "keep", "promote"]
    whole = next(it for it in found if it["cat"] == "build")
    assert sum(it["dur"] for it in steps) <= whole["dur"]
    assert all(before["ts"] + before["dur"] == after["ts"] for before, after in pairwise(steps))
    nodes = [it for it in found if it["cat"] == "node"]
    assemble = steps[2]
    assert {it["name"] for it in nodes} == {"money", "charger", "biller", "pricer", "."}
    assert all(assemble["ts"] <= it["ts"] for it in nodes)
    assert all(it["ts"] + it["dur"] <= assemble["ts"] + assemble["dur"] for it in nodes)
