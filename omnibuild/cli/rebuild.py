"""One build of a watch, done in a process that was prepared for it: see `omnibuild.adapters.spare`.

What is imported here is imported before anything has changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

from omnibuild import noop
from omnibuild.adapters.node_tests import Tested, run_node_tests
from omnibuild.cli import FINE, PIPE_CLOSED, PROBLEMS, USAGE
from omnibuild.cli.answer import report_json
from omnibuild.cli.call import Call
from omnibuild.cli.report import exit_code, said, tell
from omnibuild.cli.verb import SYSTEM, system_problem
from omnibuild.core.values import Json, Problem, Report, Status
from omnibuild.onex.ways import load_ways
from omnibuild.workspace import ConfigurationError, Workspace

_USED = ("adapters.event_log", "adapters.lock", "adapters.state", "adapters.ty_check", "adapters.world", "build")
"""The modules that a build loads when it needs them."""

for _module in ("diskcache", "jinja2", *(f"omnibuild.{it}" for it in _USED)):
    import_module(_module)
load_ways()

_CLEAR = "\x1b[2J\x1b[H"
"""What empties a terminal, and leaves what was said before where one can scroll to."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a build of a watch is asked.

    `changed` are the files that changed, none in the first one. `failing` are the nodes whose tests failed last.
    Where nothing is to be done, a `quiet` one says nothing. With `clear`, what was said before goes from the screen.
    """

    folder: str
    environment: str | None
    color: bool | None
    mode: str | None
    selectors: tuple[str, ...]
    as_json: bool
    test: bool
    changed: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    quiet: bool = False
    clear: bool = False

    @property
    def call(self) -> Call:
        """The call of omnibuild that the watch is."""
        return Call(Path(self.folder), self.environment, self.color)


def rebuild(work: Mapping[str, Any]) -> dict[str, Json]:
    """Do one build, print what it says, and return what the watch goes on with."""
    given: dict[str, Any] = {name: tuple(it) if isinstance(it, list) else it for name, it in work.items()}
    order = Order(**given)
    try:
        answer = _nothing_to_do(order) or _built(order)
        sys.stdout.flush()
    except BrokenPipeError:
        return {"code": PIPE_CLOSED}
    except ConfigurationError as error:
        return _refused(order, error.problems, USAGE)
    except OSError as error:
        if error.errno not in SYSTEM:
            raise
        return _refused(order, (system_problem(error),), PROBLEMS)
    except Exception as error:  # noqa: BLE001 - the next change may lead around it
        from omnibuild.cli.crash import tell as tell_crash

        return {"code": tell_crash(error, ["watch"])}
    return answer


def _nothing_to_do(order: Order) -> dict[str, Json] | None:
    """Say so and return the answer if nothing has to be built, and no test failed."""
    if not order.call.is_plain(order.selectors):
        return None
    arguments = ["-C", order.folder, "build", *(["--mode", order.mode] if order.mode else [])]
    found = noop.answer([*arguments, "--json"] if order.as_json else arguments)
    if found is None or order.failing:
        return None
    if not order.quiet:
        _say(json.loads(found) if order.as_json else found, order)
    return {"code": 0, "fine": True, **_folders(Workspace.open(order.folder))}


def _built(order: Order) -> dict[str, Json]:
    call = order.call
    with call.listening(as_json=order.as_json) as listen:
        space = call.workspace(mode=order.mode, listen=listen)
        with space.alone():
            report = space.build(*order.selectors)
            if call.is_plain(order.selectors):
                space.remember(report, said(call, space))
    if not order.as_json:
        _clear(order)
        tell(call, space, report, of_all=not order.selectors)
    tested = _tested(order, space, report) if order.test else None
    if order.as_json:
        tests: dict[str, Json] = (
            {} if tested is None else {"tests": {"nodes": [*tested.nodes], "failed": [*tested.failed]}}
        )
        _say(report_json(report) | tests, order)
    failed: list[Json] = [*tested.failed] if tested else []
    code = exit_code(report.problems) or (PROBLEMS if failed else FINE)
    return {"code": code, "fine": report.ok, "failing": failed, **_folders(space)}


def _tested(order: Order, space: Workspace, report: Report) -> Tested:
    """Run the tests of what was built, and of what failed before, if the build left `out/` in step."""
    changed = {it.node for it in report.outcomes.values() if it.status in (Status.BUILT, Status.RESTORED)}
    if not report.ok:
        return Tested((), order.failing, "")
    tested = run_node_tests(space.root, space.settings, changed | set(order.failing))
    if tested.said and not order.as_json:
        call = order.call
        call.console(space.root).say(tested.said.strip())
    return tested


def _folders(space: Workspace) -> dict[str, Json]:
    """Return what is to be watched of the workspace."""
    settings = space.settings
    own = (settings.specs, settings.templates, settings.out, settings.cache)
    found = _seen(space)
    elsewhere = [it for it in found if not it.startswith(("/", *(f"{folder}/" for folder in own))) and it not in own]
    folders: dict[str, Json] = {"specs": settings.specs, "templates": settings.templates, "out": settings.out}
    return {**folders, "elsewhere": [*sorted(elsewhere)]}


def _seen(space: Workspace) -> set[str]:
    """Return the paths that the last build looked at: this one, or the one that left the state."""
    if space.seen is not None:
        return {*space.seen.files, *space.seen.folders}
    kept = noop.read(str(space.root / space.settings.cache / noop.NAME))
    places = cast("tuple[tuple[str, bytes, str, bytes], ...]", kept[4] if kept else ())
    return {name for files, _, folders, _ in places for name in (*files.split("\0"), *folders.split("\0")) if name}


def _refused(order: Order, problems: tuple[Problem, ...], code: int) -> dict[str, Json]:
    if order.as_json:
        _say(report_json(Report({}, tuple(problems))), order)
    else:
        _clear(order)
        order.call.console(Workspace.find(Path(order.folder))).problems(problems)
    return {"code": code, "failing": [*order.failing]}


def _say(answer: dict[str, Json] | str, order: Order) -> None:
    """Print an answer: text as it is, an object in one line, with what changed before it."""
    if isinstance(answer, str):
        _clear(order)
        click.echo(answer, nl=False, color=order.color)
    else:
        ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        click.echo(json.dumps({"changed": [*order.changed], **answer}, ensure_ascii=ascii_only))


def _clear(order: Order) -> None:
    """Let the screen show what is so now, and nothing that was."""
    if order.clear:
        click.echo(_CLEAR, nl=False, color=True)
