"""Values as JSON: the objects that `--json` prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

import click

from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Json, Outcome, Report, Status


def show_json(value: Json) -> None:
    """Print one JSON value, in ASCII where the terminal is not UTF-8."""
    click.echo(dumped(value))


def dumped(value: Json) -> str:
    """Return one JSON value as it is printed."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    return json.dumps(value, indent=2, ensure_ascii=ascii_only)


def report_json(report: Report) -> dict[str, Json]:
    """Return what a build or a check says; of nothing that could be looked at, the same shape without nodes."""
    return {
        "status": "ok" if report.ok else "failed",
        "nodes": counts(report.outcomes.values()),
        "problems": [problem_json(it) for it in report.problems],
        "outcomes": {name: outcome_json(it) for name, it in report.outcomes.items()},
    }


def counts(outcomes: Iterable[Outcome]) -> dict[str, Json]:
    """Return how many nodes there are, and how many of each status."""
    found = [it.status for it in outcomes]
    order = (Status.BUILT, Status.RESTORED, Status.UP_TO_DATE, Status.FAILED, Status.SKIPPED)
    return {"total": len(found), **{it.value.replace("-", "_"): found.count(it) for it in order}}


def outcome_json(outcome: Outcome) -> dict[str, Json]:
    """Return what became of a node."""
    because: list[Json] = list(outcome.because)
    return {"outcome": outcome.status.value, "because": because, "files": outcome.files, "ms": outcome.ms}
