"""A summary in Markdown: counts, problems, changed nodes, the graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from omnibuild.cli.answer import counts
from omnibuild.cli.console import counted, harmless
from omnibuild.cli.formats.told import Told
from omnibuild.core.values import Graph, Level

MOST_ROWS = 100
"""How many rows a table has: a summary has room for a megabyte, and people have less time than that."""
MOST_NODES = 60
"""How many nodes a picture shows that can still be read."""
LONGEST = 500
"""How many characters of a message are shown."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#!|~&$@:]|(?<=www)\.)", re.IGNORECASE)
_WORDS = {Level.BLOCK: "error", Level.WARN: "warning", Level.OFF: "note"}


def rendered(told: Told) -> str:
    """Return the summary; what specs say in it is text, whatever it looks like."""
    return "\n".join([*_head(told), *_problems(told), *_changed(told), *_picture(told)])


def plain(text: str) -> str:
    """Return a text as Markdown that shows it: in one line, and without any meaning."""
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return "<br>".join(_SPECIAL.sub(r"\\\1", line.strip()) for line in harmless(short).split("\n"))


def _head(told: Told) -> Iterator[str]:
    where = f" in {plain(told.folder.rstrip('/'))}" if told.folder else ""
    yield f"## omnibuild {told.verb}{where}: {'fine' if told.report.ok else 'failed'}\n"
    found = counts(told.report.outcomes.values())
    head = ["problems", "warnings", "nodes", *(it.replace("_", "-") for it in found if it != "total")]
    yield f"| {' | '.join(head)} |"
    yield f"|{' ---: |' * len(head)}"
    numbers = (told.count(Level.BLOCK), told.count(Level.WARN), *found.values())
    yield f"| {' | '.join(map(str, numbers))} |\n"
    written, removed = len(told.report.written), len(told.report.removed)
    if written or removed:
        yield f"{counted(written, 'file')} written, {counted(removed, 'file')} removed\n"


def _problems(told: Told) -> Iterator[str]:
    rows = []
    for it in told.problems:
        at = told.place(it)
        hint = f"<br>*hint:* {plain(it.hint)}" if it.hint else ""
        rows.append((_WORDS[it.level], plain(str(at) if at else it.node), plain(it.code), f"{plain(it.message)}{hint}"))
    yield from _table("Problems", ("", "where", "code", "what"), rows)


def _changed(told: Told) -> Iterator[str]:
    rows = [(plain(it.node), it.status.value, plain("; ".join(it.because))) for it in told.changed]
    yield from _table("Changed nodes", ("node", "outcome", "because"), rows)


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"### {title}\n"
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows[:MOST_ROWS])
    more = len(rows) - MOST_ROWS
    yield f"\nand {more} more\n" if more > 0 else ""


def _picture(told: Told) -> Iterator[str]:
    from omnibuild.graph.picture import mermaid

    if told.graph is None or not told.graph.order:
        return
    changed = {it.node for it in told.changed}
    names, title = told.graph.order, "Graph"
    if len(names) > MOST_NODES:
        names, title = _around(told.graph, changed), "Graph around the changed nodes"
    if not 0 < len(names) <= MOST_NODES:
        return
    yield f"<details><summary>{title}</summary>\n\n```mermaid"
    yield mermaid(told.graph, names, marked=[it for it in names if it in changed])
    yield "```\n\n</details>\n"


def _around(graph: Graph, changed: set[str]) -> tuple[str, ...]:
    """Return the changed nodes, what they need, and what needs them."""
    needed = {need.node for name in changed for need in graph.needs.get(name, ())}
    needing = {name for name in graph.order if any(need.node in changed for need in graph.needs[name])}
    return tuple(name for name in graph.order if name in changed | needed | needing)
