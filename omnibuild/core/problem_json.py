"""A problem as JSON: the same object for `--json` and in the log of events."""

from __future__ import annotations

from omnibuild.core.values import Json, Place, Problem


def problem_json(problem: Problem) -> dict[str, Json]:
    """Return a problem; what is not known of its place is null."""
    at = problem.at if isinstance(problem.at, Place) else None
    return {
        "code": problem.code,
        "level": problem.level.value,
        "message": problem.message,
        "hint": problem.hint,
        "node": problem.node,
        "file": at.file if at else None,
        "line": at.line if at else None,
        "column": at.column if at else None,
    }
