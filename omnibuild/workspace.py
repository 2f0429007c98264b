"""A workspace: where the build meets the world. What the command line does, Python can do with this.

from omnibuild import Workspace

report = Workspace.open("path").build()
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from omnibuild import noop
from omnibuild.core.events import Event, ProblemFound, Waiting
from omnibuild.core.values import Json, Level, Mode, NodeSpec, Place, Problem, Report, Settings

if TYPE_CHECKING:
    from omnibuild.adapters.event_log import EventLog
    from omnibuild.adapters.runtime import RunResult
    from omnibuild.adapters.sightings import Sightings, Signature
    from omnibuild.adapters.state import Finished, Recalled
    from omnibuild.cache.decision import Decision
    from omnibuild.cache.manifest import Difference
    from omnibuild.core.ports import Listener, World
    from omnibuild.graph.selection import Meanings
    from omnibuild.survey import Survey

FILE = "omnibuild.toml"


class ConfigurationError(Exception):
    """The workspace cannot be opened; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class NodeError(Exception):
    """A node cannot be looked at or run; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build would do about each selected node, and the problems that it would meet in the specs."""

    decisions: Mapping[str, Decision]
    problems: tuple[Problem, ...]
    failed: frozenset[str]
    skipped: frozenset[str]
    survey: Survey


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a node is or is not rebuilt: its manifest, what differs from the one before, and through whom."""

    decision: Decision
    differences: tuple[Difference, ...]
    chains: tuple[tuple[str, ...], ...]
    """For every needed node that changed, the way from the node to where the change is."""


class Workspace:
    """A workspace that has been opened: its folder, its effective settings, and warnings about them in `notices`."""

    def __init__(self, root: Path, settings: Settings, listen: Listener | None = None) -> None:
        self.root = root
        self.settings = settings
        self._listen: Listener = listen or _ignore
        self._warnings: list[Problem] = []
        self._finished: Finished | None = None
        self.seen: Sightings | None = None
        """What the last build or check looked at, if that was the whole workspace."""
        self._usual = settings.mode
        self._alone = False
        self._log: EventLog | None = None
        self._opened: Signature | None = None
        self.notices: tuple[Problem, ...] = ()

    @classmethod
    def open(
        cls,
        path: str | Path = ".",
        *,
        environment: str | None = None,
        mode: Mode | str | None = None,
        listen: Listener | None = None,
    ) -> Workspace:
        """Open the workspace of a folder: the nearest one upwards that has an omnibuild.toml.

        `environment` names an `[env.NAME]` whose settings go on top, variables such as OMNIBUILD_BUILD_MODE go
        above those, `mode` goes above all; `listen` is told what happens. Raises ConfigurationError with every
        problem of the settings.
        """
        from omnibuild.adapters.sightings import Sightings
        from omnibuild.gates import ALL
        from omnibuild.spec.settings import read_settings

        root = cls.find(Path(path))
        if root is None:
            hint = "`omnibuild init` makes a workspace here; -C DIR works in another folder"
            message = f"there is no {FILE} in {Path(path).resolve()} or above it"
            raise ConfigurationError((Problem("workspace", message, hint=hint),))
        seen = Sightings(root).reading(root / FILE)
        try:
            text = (root / FILE).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError((Problem("workspace", f"{FILE} cannot be read: {error}"),)) from error
        settings, problems = read_settings(text, environment, {it.code: not it.fixed for it in ALL}, os.environ)
        if settings is None:
            raise ConfigurationError(tuple(problems))
        space = cls(root, replace(settings, mode=Mode(mode)) if mode else settings, listen)
        space._usual = settings.mode
        space._opened = seen
        space.notices = tuple(problems)
        return space

    @staticmethod
    def find(start: Path) -> Path | None:
        """Return the nearest folder, from `start` upwards, that is a workspace."""
        folder = start.resolve()
        return next((it for it in (folder, *folder.parents) if (it / FILE).is_file()), None)

    def build(self, *selectors: str, overwrite: bool = False) -> Report:
        """Bring `out/` in step with the specs; with `overwrite`, take edits by hand away (a copy is kept).

        Raises ConfigurationError if the type checker of the settings is not installed; so does `check`.
        """
        return self._build(selectors, write=True, overwrite=overwrite)

    def check(self, *selectors: str) -> Report:
        """Say what a build would change or stop at; nothing below `out/` is touched."""
        return self._build(selectors, write=False, overwrite=False)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other builds and checks of the workspace waiting, or wait for the one that is at work."""
        from omnibuild.adapters.lock import locked

        if self._alone:
            yield
            return
        with locked(self.root / self.settings.cache, lambda: self._listen(Waiting())):
            self._alone = True
            try:
                yield
            finally:
                self._alone = False

    def remember(self, report: Report, answer: Callable[[Report], tuple[tuple[str, str], str]]) -> None:
        """Keep what the next build or check can go on from, after one has found or left everything in step.

        `answer` returns what the command line says of a report: as text, plain and in colours, and as JSON. What only
        this run warns of, as of a cache that does not answer, is not kept.
        """
        from omnibuild.adapters.state import keep_state

        finished = self._finished
        # Settings that changed since they were read, as while this waited for another build, have another answer.
        same = finished is not None and finished.sightings.files.get(FILE) == self._opened
        if finished and same and report.ok and not self._warnings and report.outcomes:
            keep_state(self.root, self.settings, self._usual, finished, report=report, answer=answer)

    def survey(self) -> Survey:
        """Read the specs and resolve them to a graph."""
        from omnibuild.survey import survey

        return survey(self._world(), self.settings)

    def meanings(self, selectors: Sequence[str], found: Survey) -> Meanings:
        """Return what the selectors mean that look back, such as `changed`; see `omnibuild.graph.selection`."""
        from omnibuild.selectors import meanings

        return meanings(selectors, found, self._world(), self.settings)

    def plan(self, *selectors: str) -> Plan:
        """Say what a build would do about each node, without assembling anything."""
        from omnibuild.assemble.template import Templates
        from omnibuild.decisions import decisions
        from omnibuild.onex.assembly import PACKAGE
        from omnibuild.selectors import meanings
        from omnibuild.survey import survey

        world = self._world()
        found = survey(world, self.settings)
        names, wrong = found.selected(selectors, meanings(selectors, found, world, self.settings))
        decided = decisions(found, world, self.settings, Templates(world.templates))
        problems = tuple(found.place(it) for it in (*found.problems, *wrong))
        return Plan(
            {name: it for name, it in decided.items() if name in names or name == PACKAGE},
            (*problems, *self._warnings),
            found.failed,
            found.skipped,
            found,
        )

    def explain(self, node: str) -> Explanation:
        """Say why a node is or is not rebuilt. Raises NodeError if there is no such sound node."""
        from omnibuild.cache.decision import chain, needed
        from omnibuild.cache.manifest import differences
        from omnibuild.survey import no_node

        plan = self.plan()
        decision = plan.decisions.get(node)
        if decision is None:
            raise NodeError(no_node(node, plan.decisions, plan.failed | plan.skipped))
        found = tuple(differences(decision.before, decision.manifest)) if decision.before else ()
        chains = tuple(
            (node, *chain(name, plan.decisions)) for name in dict.fromkeys(needed(it.label) for it in found) if name
        )
        return Explanation(decision, found, chains)

    def run(self, node: str, request: str, *, timeout: int = 60) -> RunResult:
        """Run a built node in ONEX's local runtime with a JSON request; `timeout` is in seconds.

        Raises NodeError if there is no such node or it is not built.
        """
        from omnibuild.adapters.runtime import run_node
        from omnibuild.onex.names import folder
        from omnibuild.survey import no_node

        found = self.survey()
        spec = found.graph.specs.get(node)
        if not isinstance(spec, NodeSpec):
            raise NodeError(no_node(node, found.graph.order, found.failed | found.skipped))
        sources = self.root / self.settings.out / "src"
        contract = sources / self.settings.package / "nodes" / folder(spec) / "contract.yaml"
        if not contract.is_file():
            raise NodeError(Problem("not-built", f"`{node}` is not built", hint="run `omnibuild build` first"))
        return run_node(contract, sources, request, timeout, [self.root, self.root / "src"])

    def variables(self, node: str) -> tuple[Mapping[str, Json], ...]:
        """Return the environment variables that a node and the nodes that it calls read at start."""
        return tuple({"name": name, "required": required} for name, required in self.survey().variables(node).items())

    def _build(self, selectors: tuple[str, ...], *, write: bool, overwrite: bool) -> Report:
        from omnibuild.adapters.state import Finished
        from omnibuild.adapters.ty_check import lacks_ty
        from omnibuild.build import Options, build

        if problem := lacks_ty(self.settings):
            raise ConfigurationError((problem,))
        with self.alone():
            self._warnings = [*self.notices]
            self._log = self._event_log("build" if write else "check", selectors)
            with self._log:
                options = Options(selectors, write, overwrite)
                report = self._build_part() if options == Options() else None
                if report is None:
                    world, seen = self._world_and_sightings()
                    report, found = build(world, self.settings, options)
                    world.cache.settle()
                    self.seen, self._finished = seen, Finished(seen, found, world.tools) if not selectors else None
        return replace(report, problems=(*report.problems, *self._warnings))

    def _build_part(self) -> Report | None:
        """Build what a small change is about, if that is certain, and nothing need be compiled."""
        from omnibuild.adapters.state import Finished, recall
        from omnibuild.build import build_part

        recalled = recall(self.root, self.settings)
        if recalled is None:
            return None
        world, seen = self._world_and_sightings(recalled)
        report = build_part(world, self.settings, recalled.part)
        world.cache.settle()
        if report is None:
            return None
        self._finished = Finished(seen, recalled=recalled)
        return recalled.part.completed(report)

    def _world(self) -> World:
        self._warnings = [*self.notices]
        return self._world_and_sightings()[0]

    def _world_and_sightings(self, recalled: Recalled | None = None) -> tuple[World, Sightings]:
        from omnibuild.adapters.sightings import Sightings, known
        from omnibuild.adapters.world import open_world

        state = recalled.state if recalled else noop.read(str(self.root / self.settings.cache / noop.NAME))
        tools = recalled.part.memory.tools if recalled else None
        seen = Sightings(self.root, known(state, self.root))
        seen.file(self.root / FILE)
        return open_world(self.root, self.settings, seen, self._warn, self._tell, tools=tools), seen

    def _event_log(self, command: str, selectors: tuple[str, ...]) -> EventLog:
        from omnibuild import __version__
        from omnibuild.adapters.event_log import EventLog, about

        facts = about(command, self.settings.mode.value, selectors, __version__)
        return EventLog(self.root / self.settings.cache, facts, self._warn)

    def _warn(self, problem: Problem) -> None:
        self._warnings.append(problem)
        self._tell(ProblemFound(problem))

    def _tell(self, event: Event) -> None:
        """Tell an event to who listens, and to the log of the build that is at work."""
        self._listen(event)
        if self._log:
            self._log(event)


def _ignore(event: Event) -> None:
    """Take no notice."""
    del event


__all__ = ["ConfigurationError", "Explanation", "Level", "NodeError", "Place", "Plan", "Workspace"]
