"""Figures to rows, and rows to the page that is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from measure import Figures

MB = 1_000_000
NOT_MEASURED = "not measured"
_COLUMNS = ("what", "nodes", "omnibuild", "against", "which took", "result", "goal", "met", "runs")

_HOW = """\
# Benchmarks

{command}

A synthetic workspace is made (`workspace.py`): of every ten nodes six are compute nodes by expressions, one is an
effect with a hand-written body, one an effect with a file operation, one a reducer and one an orchestrator that calls
three others; they take models of each other, and every fifty share a document of models. omnibuild and its peers run
on it in turn (A B A B …) as whole processes, with all output in a file. A time is the median of the wall time, behind
it the shortest and the longest run and the median of the CPU time (user and system, with child processes); the result
is the ratio of the two medians. What every command says is checked in every run: that there was nothing to do, that
just one node was built, that every file is there.

- **nothing to do**: `omnibuild build`. The peers have a copy of the same spec files, and a rule for each spec that
  makes as many files under the same names, with `touch`; a rule depends on the rules of the nodes that its spec refers
  to. SCons is set up as its manual advises for speed. After the runs a spec is changed, and every tool must notice.
- **one spec or body changed**: one expression, or one constant in a body, to what no cache has seen;
  `omnibuild build --mode fast`.
- **watch**: the same change of a spec, while `omnibuild watch --mode fast --json` is at work and has been at rest;
  from the end of the write to the line of its answer, against the build of a process of its own.
- **cold**: `out/`, `cache/` and whatever is kept in the user's cache folder are removed before each run; time per node.
  datamodel-code-generator gets JSON Schemas with the three models of a compute node and makes pydantic 2 models with
  its default formatters, start-up divided by the number of files, in the faster of two ways; it makes the models only.
  copier renders all files of a node from a template; it checks nothing.
- **cold, balanced**: `--mode balanced` checks types and imports and runs examples. Against it stands the same mypy
  with `--strict` and an empty cache on what omnibuild has made, `out/src`; it reads the installed ONEX itself, of which
  omnibuild may show mypy outlines.
- **first build**: the same for this repository's own specs; mypy sees the models and the handlers only.
- **memory**: the largest process (`ru_maxrss`), and the sum over all processes at one time, looked at every 50 ms
  (resident pages; what two processes share counts twice).
- **growth**: the time for 10,000 nodes by that for 1,000.
"""


@dataclass(frozen=True)
class Row:
    """A line of the table: two figures and their ratio, or one figure, with the goal if there is one."""

    what: str
    nodes: int | None
    ours: str
    peer: str
    theirs: str
    result: str
    goal: str = ""
    met: bool | None = None
    runs: int = 0

    def cells(self) -> Iterable[str]:
        """Return the texts of the columns."""
        met = {None: "", True: "yes", False: "**no**"}[self.met]
        nodes = "" if self.nodes is None else f"{self.nodes:,}"
        return (self.what, nodes, self.ours, self.peer, self.theirs, self.result, self.goal, met, str(self.runs or ""))


def ratio(
    what: str,
    nodes: int | None,
    ours: Figures,
    peer: str,
    theirs: Figures,
    *,
    goal: float | None = None,
    per: tuple[int, int] = (1, 1),
) -> Row:
    """Return the row of two figures; the goal is for their ratio, and `per` is what each of them is divided by."""
    found = (ours.wall / per[0]) / (theirs.wall / per[1])
    met = None if goal is None else found <= goal
    said = "" if goal is None else f"≤ {goal:g}x"
    times = (_time(ours, per[0]), _time(theirs, per[1]))
    return Row(what, nodes, times[0], peer, times[1], f"{_number(found)}x", said, met, len(ours.samples))


def memory(what: str, nodes: int, figures: Figures, most: int, goal: int | None = None) -> Row:
    """Return the row of an amount of memory in bytes; the goal is in MB."""
    met = None if goal is None else most <= goal * MB
    said = "" if goal is None else f"≤ {goal} MB"
    return Row(what, nodes, "", "", "", f"{most / MB:.0f} MB", said, met, len(figures.samples))


def left_out(what: str, nodes: int | None, peer: str, why: str) -> Row:
    """Return the row of what could not be measured."""
    return Row(what, nodes, "", peer, "", f"{NOT_MEASURED}: {' '.join(why.split())}")


def page(rows: Sequence[Row], command: str, machine: Mapping[str, str]) -> str:
    """Return the page: how it was measured, with what, and the rows, those with a goal first."""
    aims = [it for it in rows if it.goal]
    others = [it for it in rows if not it.goal]
    parts = [_HOW.format(command=f"`{command}` wrote this page.")]
    parts.append("\n".join(f"- {name}: {value}" for name, value in machine.items()) + "\n")
    if aims:
        met = sum(it.met is True for it in aims)
        parts.append(f"## Goals: {met} of {len(aims)} met in this run\n\n{table(aims)}")
    if others:
        parts.append(f"## For information\n\n{table(others)}")
    return "\n".join(parts)


def table(rows: Sequence[Row]) -> str:
    """Return rows as a table of Markdown."""
    lines = [_COLUMNS, tuple("---" for _ in _COLUMNS), *(row.cells() for row in rows)]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n" for cells in lines)


def _time(figures: Figures, per: int) -> str:
    """Write the median, the spread and the median of the CPU time, all in one unit."""
    times = [it / per for it in (figures.wall, figures.fastest, figures.slowest, figures.cpu)]
    unit, factor = ("s", 1) if times[0] >= 1 else ("ms", 1000)
    median, fastest, slowest, cpu = (_number(it * factor) for it in times)
    return f"{median} {unit} ({fastest} to {slowest}; cpu {cpu})"


def _number(value: float) -> str:
    """Write a number with three digits that count; two if it is less than one."""
    return f"{value:.{max(0, 3 - len(str(int(value))))}f}" if value >= 1 else f"{value:.2g}"
