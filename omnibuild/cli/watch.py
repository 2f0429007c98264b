"""omnibuild watch: build again whenever something changes."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from omnibuild.cli import PIPE_CLOSED
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console, harmless
from omnibuild.cli.verb import SELECTORS, Verb, as_json_lines, mode, selectors
from omnibuild.core.values import Json, Problem

if TYPE_CHECKING:
    from omnibuild.adapters.file_watch import FileWatch
    from omnibuild.adapters.watched import Watched

_WORK = "omnibuild.cli.rebuild:rebuild"
"""What does a build."""
_NAMED = 3
"""How many changed files are named."""


@click.command(
    "watch",
    cls=Verb,
    short_help="Build again whenever a file changes.",
    help=f"""Build, and build again whenever a file changes, until Ctrl-C.

    Watched are the specs, the bodies beside them, templates, existing code that specs refer to, omnibuild.toml, and
    out/, where an edit by hand is told. A terminal shows what is wrong now, not what was. What else works in the
    workspace is waited for. Each build is one of `omnibuild build`, from the files as they are then.

    {SELECTORS}
    """,
    examples=(
        ("omnibuild watch", "every node"),
        ("omnibuild watch --mode fast", "an answer in a fraction of a second, without types, imports and examples"),
        ("omnibuild watch --test", "run the tests of what was built, too"),
        ("omnibuild watch --json | jq -c '.problems[]'", "for editors: one line a build"),
    ),
)
@selectors
@mode
@click.option("--test", is_flag=True, help="Run pytest on what was built, and on what failed there last.")
@as_json_lines
@click.pass_obj
def command(call: Call, selectors: tuple[str, ...], mode: str | None, *, test: bool, as_json: bool) -> None:
    """Watch the workspace."""
    from omnibuild.workspace import FILE, ConfigurationError, Workspace

    root = Workspace.find(call.folder)
    if root is None:
        hint = "`omnibuild init` makes a workspace here; -C DIR works in another folder"
        message = f"there is no {FILE} in {call.folder.resolve()} or above it"
        raise ConfigurationError((Problem("workspace", message, hint=hint),))
    asked: dict[str, Json] = {"folder": str(root), "environment": call.environment, "color": call.color}
    asked |= {"mode": mode, "selectors": [*selectors], "as_json": as_json, "test": test}
    try:
        code = _Watch(call.console(root), root, asked).run()
    except FileNotFoundError as error:
        if root.is_dir():
            raise
        hint = "start the watch again where it is now"
        raise ConfigurationError((Problem("workspace", f"the workspace {root} has gone", hint=hint),)) from error
    click.get_current_context().exit(code)


class _Watch:
    """A watch at work: waits for changes, and has each build done by a process of its own."""

    def __init__(self, console: Console, root: Path, asked: Mapping[str, Json]) -> None:
        self._console = console
        self._root = root
        self._asked = asked
        self._on_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._failing: Json = []

    def run(self) -> int:
        """Build whenever something changes, until nobody reads what is said; return the exit code."""
        from omnibuild.adapters.file_watch import FileWatch
        from omnibuild.adapters.spare import Spare
        from omnibuild.adapters.watched import Watched

        watched = Watched(self._root)
        watch, spare = FileWatch(watched), Spare(_WORK)
        changed, quiet = frozenset[str](), False
        try:
            while True:
                answer = spare.do(self._order(changed, quiet=quiet))
                spare = Spare(_WORK)
                if answer is None:
                    continue
                if answer["code"] == PIPE_CLOSED:
                    return PIPE_CLOSED
                self._failing = answer.get("failing", [])
                watched = _watched(watched, answer)
                quiet = watch.follow(watched)
                if not quiet:
                    self._wait(watch)
                changed = frozenset() if quiet else watch.wait()
        finally:
            spare.dismiss()

    def _order(self, changed: Collection[str], *, quiet: bool) -> dict[str, Json]:
        """Return what the next build is asked; in a pipe, say why there is one."""
        if changed and not (self._asked["as_json"] or self._on_terminal):
            more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
            self._console.say(f"changed: {harmless(', '.join(sorted(changed)[:_NAMED]))}{more}")
        order: dict[str, Json] = {"changed": [*sorted(changed)], "failing": self._failing, "quiet": quiet}
        return {**self._asked, **order, "clear": self._on_terminal and not self._asked["as_json"]}

    def _wait(self, watch: FileWatch) -> None:
        """Say that the next change is waited for, and how, where that is not as usual."""
        if not self._asked["as_json"]:
            slowly = "; there is no room for so many folders to watch, so that it looks again and again"
            self._console.say(f"watching; Ctrl-C ends it{slowly if watch.polls else ''}")
        sys.stdout.flush()


def _watched(before: Watched, answer: Mapping[str, Any]) -> Watched:
    """Return what is to be watched after a build; where it could not tell, as before."""
    fine = bool(answer.get("fine"))
    if "elsewhere" not in answer:
        return replace(before, was_fine=fine)
    folders = {it: answer[it].removeprefix("./").rstrip("/") for it in ("specs", "templates", "out")}
    return replace(before, **folders, elsewhere=frozenset(answer["elsewhere"]), was_fine=fine)
