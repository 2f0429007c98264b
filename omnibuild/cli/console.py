"""Text for people: problems with the line they are in, tables, the sentence at the end."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import click

from omnibuild.core.values import Level, Outcome, Place, Problem, Status

_WORDS = {Level.BLOCK: ("error", "red"), Level.WARN: ("warning", "yellow"), Level.OFF: ("note", "blue")}
_WITHOUT_SOURCE = frozenset({"edited", "missing", "stale", "stray"})
"""Problems of a whole file: its first line would explain nothing."""
_UNREAD = frozenset({"yaml", "unreadable", "encoding"})
"""Problems that keep a whole file from being read."""
_BREAKS = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line for YAML, by which the places in specs are counted."""
_TAB = 4
_NARROWEST = 24
"""A column with less room than this is better left to the terminal."""
_LARGEST = 8 * 1024 * 1024
"""The largest file of which lines are shown, in bytes."""
_STATUSES = (Status.BUILT, Status.RESTORED, Status.UP_TO_DATE, Status.FAILED, Status.SKIPPED)


class Console:
    """Prints text; `root` is where the files of places are, `color` None where the terminal decides."""

    def __init__(self, root: Path | None, color: bool | None) -> None:
        self._root = root
        self._color = color
        self._lines: dict[str, list[str]] = {}

    def say(self, text: str = "", *, err: bool = False) -> None:
        """Print a line."""
        click.echo(text, err=err, color=self._color)

    def problems(self, problems: Iterable[Problem], *, err: bool = False) -> None:
        """Print problems, each with the line that it is in; those that block come last, where they are seen."""
        for line in self.problem_lines(problems):
            self.say(line, err=err)

    def problem_lines(self, problems: Iterable[Problem]) -> Iterator[str]:
        """Yield what is printed of problems, in colours."""
        for problem in sorted(problems, key=lambda it: it.level is Level.BLOCK):
            yield from self._problem(problem)
            if problem.code not in _WITHOUT_SOURCE:
                yield ""

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Print rows in columns; on a terminal, a last column that is too long goes on below itself."""
        if not rows:
            return
        sizes = [max(width(row[it]) for row in rows) for it in range(len(rows[0]) - 1)]
        margin = sum(sizes) + 2 * len(sizes)
        room = shutil.get_terminal_size().columns - margin if sys.stdout.isatty() else 0
        for row in rows:
            cells = [f"{cell}{' ' * (size - width(cell))}" for cell, size in zip(row[:-1], sizes, strict=True)]
            last = textwrap.wrap(row[-1], room) if room >= _NARROWEST else [row[-1]]
            self.say("  ".join([*cells, *last[:1]]).rstrip())
            for line in last[1:]:
                self.say(f"{' ' * margin}{line}")

    def _problem(self, problem: Problem) -> list[str]:
        word, color = _WORDS[problem.level]
        at = problem.at if isinstance(problem.at, Place) else None
        where = f"{at}: " if at else f"{problem.node}: " if problem.node else ""
        first, *more = harmless(problem.message).split("\n")
        told = click.style(f"{word}[{problem.code}]", fg=color, bold=True)
        lines = [f"{click.style(harmless(where), bold=True)}{told}: {first}"]
        lines += [f"  {line}" for line in more]
        if at and problem.code not in _WITHOUT_SOURCE:
            lines += self._source(at, color)
        if problem.hint:
            lines.append(f"  {click.style('hint:', fg='cyan', bold=True)} {harmless(problem.hint)}")
        if problem.node and at and problem.node not in f"{where}{problem.message}":
            lines.append(f"  {click.style('node:', fg='cyan', bold=True)} {harmless(problem.node)}")
        return lines

    def _source(self, at: Place, color: str) -> list[str]:
        """Return the offending line with its number, and a caret below the column."""
        lines = self._text(at.file)
        if not 1 <= at.line <= len(lines) or not any(lines):
            return []
        number = f"{at.line:5} | "
        room = max(shutil.get_terminal_size((120, 24)).columns, 60) - len(number)
        shown, caret = excerpt(lines[at.line - 1], at.column, room)
        margin = f"{' ' * (len(number) - 2)}| "
        return [
            f"{click.style(number, fg='blue')}{shown}",
            f"{click.style(margin, fg='blue')}{' ' * caret}{click.style('^', fg=color, bold=True)}",
        ]

    def _text(self, file: str) -> list[str]:
        if file not in self._lines:
            text = _text_of(self._root or Path(), file)
            yaml = file.endswith((".yaml", ".yml"))
            self._lines[file] = _BREAKS.split(text) if yaml else text.replace("\r\n", "\n").split("\n")
            if not text:
                self._lines[file] = []
        return self._lines[file]


def _text_of(root: Path, file: str) -> str:
    """Return the text of a file, nothing if there is none to show: a pipe, say, would be waited for."""
    try:
        path = _inside(root, file)
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return ""
        return path.read_bytes().decode("utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return ""


def _inside(root: Path, file: str) -> Path:
    """Return the path of a file of a folder; raises ValueError if it lies elsewhere: nobody asked to see that."""
    path = Path(os.path.realpath(root / file))  # unlike Path.resolve, it takes a link that leads to itself
    path.relative_to(os.path.realpath(root))
    return path


def excerpt(line: str, column: int, room: int) -> tuple[str, int]:
    """Return a line as a terminal shows it, and how many cells before the column (from 1) of the line.

    Tabs become spaces; a line longer than `room` cells is cut to what is around the column.
    """
    skipped = max(0, column - 1 - 2 * room)
    line, column = line[skipped : skipped + 5 * room], column - skipped
    cells = [_shown(character) for character in line]
    before = "".join(cells[: column - 1])
    whole, caret = "".join(cells), width(before) + max(0, column - 1 - len(cells))
    if width(whole) <= room and not skipped:
        return whole, caret
    start = 1 if skipped else 0
    while width("".join(cells[start : column - 1])) > room // 2:
        start += 1
    mark = "..." if start else ""
    text = mark + "".join(cells[start:])
    while width(text) > room:
        text = f"{text[:-4]}..."
    return text, len(mark) + width("".join(cells[start : column - 1]))


def width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def harmless(text: str) -> str:
    """Return the text without what a terminal would obey: a spec can hold anything."""
    return "".join(character if character == "\n" else _shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return " " * _TAB
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in ("Cc", "Cs") else character


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def summary(outcomes: Iterable[Outcome], problems: Collection[Problem]) -> str:
    """Return the sentence at the end: `7 nodes: 2 built, 5 up-to-date; 1 problem, 2 warnings`."""
    statuses = [it.status for it in outcomes]
    levels = [it.level for it in problems]
    told = ", ".join(f"{statuses.count(it)} {it.value}" for it in _STATUSES if it in statuses)
    found = [(levels.count(Level.BLOCK), "problem"), (levels.count(Level.WARN), "warning")]
    wrong = ", ".join(counted(number, word) for number, word in found if number)
    nodes = counted(len(statuses), "node")
    # Nobody knows how many nodes a file declares that cannot be read.
    unread = len({it.at.file for it in problems if it.code in _UNREAD and not it.node and isinstance(it.at, Place)})
    files = f"; {counted(unread, 'file')} not read" if unread else ""
    return f"{nodes}{f': {told}' if told else ''}{files}{f'; {wrong}' if wrong else ''}"


def counted(number: int, word: str, words: str = "") -> str:
    """Return `1 file`, `2 files`; `words` is the plural where it has more than an `s`."""
    return f"{number} {word if number == 1 else words or f'{word}s'}"


def sized(number: int) -> str:
    """Return `812 B`, `1.2 MB`: three digits and the unit that [cache] max_size has for it."""
    size, unit = float(number), "B"
    for larger in ("KB", "MB", "GB"):
        if size < 999.5:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" or size >= 99.95 else f"{size:.1f} {unit}"
