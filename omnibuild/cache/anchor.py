"""Where a trace's problems are: kept relative to the spec and its body, whose files may move meanwhile."""

from __future__ import annotations

from dataclasses import replace

from omnibuild.core.values import NodeSpec, Place, Pointer, Problem, Spec, Verdict

OWN = ""
"""Stands in a trace for the file of the spec, or, in a place, for that of its body."""


def detached(verdict: Verdict, spec: Spec) -> Verdict:
    """Return a verdict as a trace keeps it: what is in the spec or its body does not name their files."""
    return replace(verdict, problems=tuple(_detached(it, spec) for it in verdict.problems))


def anchored(problem: Problem, spec: Spec) -> Problem:
    """Return a problem of a trace with the files where the spec and its body stand now."""
    match problem.at:
        case Pointer(file=file) if file == OWN:
            return replace(problem, at=replace(problem.at, file=spec.at.file, document=spec.at.document))
        case Place(file=file) if file == OWN:
            return replace(problem, at=replace(problem.at, file=_body(spec)))
        case _:
            return problem


def _detached(problem: Problem, spec: Spec) -> Problem:
    match problem.at:
        case Pointer(file=file, document=document) if (file, document) == (spec.at.file, spec.at.document):
            return replace(problem, at=replace(problem.at, file=OWN, document=0))
        case Place(file=file) if file == _body(spec):
            return replace(problem, at=replace(problem.at, file=OWN))
        case _:
            return problem


def _body(spec: Spec) -> str:
    return spec.body.file if isinstance(spec, NodeSpec) and spec.body else OWN
