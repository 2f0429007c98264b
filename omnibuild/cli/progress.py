"""What is shown while a build runs: a bar on a terminal, lines in a pipe."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from omnibuild.cli.console import Console, harmless
from omnibuild.core.events import BuildFinished, BuildStarted, Event, NodeAssembled, NodeFinished, StepStarted, Waiting
from omnibuild.core.values import Outcome, Status

if TYPE_CHECKING:
    from omnibuild.core.ports import Listener

_WAITING = "waiting for another omnibuild that is at work in this workspace"
MOST = 100
"""For how many nodes a line is said: nobody reads a thousand."""

_TOLD = (Status.BUILT, Status.RESTORED, Status.FAILED)


@contextmanager
def listener(console: Console, *, as_json: bool) -> Iterator[Listener]:
    """Yield what a build tells its events: only a terminal pays for a bar."""
    if _on_terminal():
        with _bar() as listen:
            yield listen
    elif as_json:
        yield _silent
    else:
        yield lines(console.say)


def lines(say: Callable[[str], None]) -> Listener:
    """Return a listener that says a line for every node that something became of; of very many, for the first."""
    told = 0

    def listen(event: Event) -> None:
        nonlocal told
        if isinstance(event, Waiting):
            say(_WAITING)
        elif isinstance(event, BuildFinished) and told > MOST:
            say(f"… and {told - MOST} more; --json has them all")
        elif isinstance(event, NodeFinished) and (line := outcome_line(event.outcome)):
            told += 1
            if told <= MOST or event.outcome.status is Status.FAILED:
                say(line)

    return listen


def outcome_line(outcome: Outcome) -> str:
    """Return what is said of a node that something became of; nothing of others."""
    why = f"  ({'; '.join(outcome.because)})" if outcome.because else ""
    return harmless(f"{outcome.status.value:8}  {outcome.node}{why}") if outcome.status in _TOLD else ""


def waiting(console: Console, *, as_json: bool) -> Listener:
    """Return a listener for what is no build, but waits for one."""
    return _silent if as_json else lines(console.say)


@contextmanager
def profiled(file: Path | None) -> Iterator[Listener | None]:
    """Yield what takes the time of events, and write that to a file at the end; None without a file."""
    if file is None:
        yield None
        return
    from omnibuild.adapters.profile import Profile

    try:
        opened = file.open("w", encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be written: {error.strerror}", param_hint="--profile") from error
    profile = Profile(time.perf_counter)
    with opened:
        try:
            yield profile
        finally:
            profile.write(opened)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield what is told how many of how many are done; None where nobody would see a bar."""
    if not _on_terminal():
        yield None
        return
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description:9}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=RichConsole(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _silent(event: Event) -> None:
    del event


def _on_terminal() -> bool:
    return sys.stderr.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _bar() -> Iterator[Listener]:
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:9}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=RichConsole(stderr=True), transient=True) as bar:
        task = bar.add_task("read", total=None)

        def listen(event: Event) -> None:
            nonlocal task
            match event:
                case Waiting():
                    bar.update(task, description=_WAITING)
                case BuildStarted():
                    bar.update(task, description="decide")
                case StepStarted(step=step, nodes=nodes):
                    bar.remove_task(task)
                    # Only assembling tells of every node: the other steps take all of them at once.
                    task = bar.add_task(step, total=nodes if step == "assemble" and nodes else None)
                case NodeAssembled():
                    bar.advance(task)
                case _:
                    return

        yield listen
