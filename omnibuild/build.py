"""The build: one loop, a list of named steps. It sees the world through ports only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from omnibuild import gates
from omnibuild.assemble.template import Templates
from omnibuild.cache.anchor import anchored, detached
from omnibuild.cache.decision import Decision
from omnibuild.compile import compile_drafts
from omnibuild.core.events import BuildFinished, BuildStarted, NodeAssembled, NodeFinished, StepStarted
from omnibuild.core.ports import World
from omnibuild.core.values import (
    Draft,
    Level,
    Outcome,
    Place,
    Problem,
    Report,
    Settings,
    Status,
    Trace,
    Verdict,
)
from omnibuild.decisions import decisions
from omnibuild.drafting import SPEC_VERDICT, Drafting, Made
from omnibuild.gates.gate import WorkspaceSubject
from omnibuild.graph.selection import closure, dependents
from omnibuild.memory import Part
from omnibuild.onex.assembly import PACKAGE
from omnibuild.originals import drift
from omnibuild.promotion import Change, Promotion
from omnibuild.selectors import meanings
from omnibuild.survey import Survey, judge_graph, survey

BATCH = 25
"""How many nodes are drafted at a time: a worker gets so many, and one call of the formatter lays out as many."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one build is asked: which nodes, whether to write, whether to take edits by hand away."""

    selectors: tuple[str, ...] = ()
    write: bool = True
    overwrite: bool = False


def build(world: World, settings: Settings, options: Options) -> tuple[Report, Survey]:
    """Bring `out/` in step with the specs, or say why that cannot be; all or nothing."""
    at_work = _Build(world, settings, options)
    return at_work.run(), at_work.found


def build_part(world: World, settings: Settings, part: Part) -> Report | None:
    """Build the nodes of a part, if all else is as it was; None if that is not so."""
    found = survey(replace(world, inputs=part.of(world.inputs)), settings)
    return _Build(world, settings, Options(), part).run(found) if part.fits(found, settings) else None


class _Build:
    """One build on its way: each step reads what the steps before it have left here."""

    def __init__(self, world: World, settings: Settings, options: Options, part: Part | None = None) -> None:
        self._world = world
        self._settings = settings
        self._options = options
        self._part = part
        self._levels = gates.levels(settings)
        self._templates = Templates(world.templates)
        self._compiled = gates.at_compile(settings)
        self._survey: Survey
        self._decisions: dict[str, Decision] = {}
        self._selected: tuple[str, ...] = ()
        self._drafts: dict[str, Draft] = {}
        self._files: dict[str, Mapping[str, str]] = {}
        """The files of what was built or restored, path to digest."""
        self._verdicts: dict[str, list[Verdict]] = {}
        self._problems: list[Problem] = []
        self._failed: set[str] = set()
        self._blocked: set[str] = set()
        """What failed, and what needs it."""
        self._took: dict[str, float] = {}

    @property
    def found(self) -> Survey:
        """What was read."""
        return self._survey

    def run(self, found: Survey | None = None) -> Report:
        """Run the steps in order; a node with a blocking problem takes part in no later one."""
        self._read(found)
        self._decide()
        self._draft()
        self._judge_all()
        self._compile()
        self._keep_traces()
        report = self._report(self._bring_in_step())
        self._world.listen(BuildFinished(report))
        return report

    # ------------------------------------------------------------------------------------ steps

    def _read(self, found: Survey | None) -> None:
        self._world.listen(StepStarted("read"))
        self._survey = found or survey(self._world, self._settings)
        self._problems += (*self._survey.problems, *drift(self._survey, self._world, self._levels))
        self._problems += self._templates.check()
        self._failed |= self._survey.failed
        meant = meanings(asked := self._options.selectors, self._survey, self._world, self._settings)
        names, wrong = (self._part.nodes, []) if self._part else self._survey.selected(asked, meant)
        self._problems += wrong
        if asked:
            self._survey = self._survey.limited(names, self._world.output.ledger())
        self._selected = names if self._part else (*names, PACKAGE)
        self._dependents = dependents(self._survey.graph)
        world = self._world
        self._drafting = Drafting(
            self._survey, self._settings, self._templates, world.symbols, world.formatter, world.clock
        )
        self._world.listen(BuildStarted(len(names)))

    def _decide(self) -> None:
        self._world.listen(StepStarted("decide"))
        only = self._selected if self._part else None
        found = decisions(self._survey, self._world, self._settings, self._templates, only)
        for name in self._selected:
            decision = found[name]
            if decision.trace and decision.status is Status.RESTORED:
                files = self._contents(decision.trace)
                if files is None:
                    decision = replace(decision, status=Status.BUILT, because=("its files left the cache",), trace=None)
                else:
                    self._files[name] = files
            if decision.trace:
                kept = (it for verdict in decision.trace.verdicts for it in verdict.problems)
                self._problems += (anchored(it, self._survey.spec(name)) for it in kept)
            self._decisions[name] = decision

    def _draft(self) -> None:
        """Make the drafts, judge them and lay them out; what is done with one needs no other any more."""
        work = self._work()
        self._world.listen(StepStarted("assemble", len(work)))
        batches = [work[start : start + BATCH] for start in range(0, len(work), BATCH)]
        for batch in self._world.workers.map(self._drafting.batch, batches):
            for made in batch:
                self._world.listen(NodeAssembled(made.node, made.took, made.began))
                self._accept(made)

    def _judge_all(self) -> None:
        subject = WorkspaceSubject(self._settings.out, self._world.output.obstacle(self._world.texts.size))
        for verdict in gates.judge(gates.WORKSPACE_GATES, subject, self._levels):
            self._problems += verdict.problems
        self._problems += () if self._part else judge_graph(self._survey, self._levels, self._selected)

    def _compile(self) -> None:
        """Type-check, import and run what was built, in a stage that holds the whole package."""
        work = [name for name in self._work() if name != PACKAGE]
        if not self._compiled or not work:
            return
        self._world.listen(StepStarted("compile", len(work)))
        drafts = [(self._survey.spec(name), self._drafts[name]) for name in work]
        codes = {gate.code for gate in self._compiled}
        found = compile_drafts(self._world.stage, self._whole_tree(), drafts, self._survey.names, codes)
        for name in work:
            findings, trial = found.of(self._survey.spec(name), self._drafts[name])
            subject = replace(self._drafting.subject(name, self._drafts[name]), findings=findings, trial=trial)
            self._take_verdicts(name, gates.judge(self._compiled, subject, self._levels))

    def _keep_traces(self) -> None:
        work = self._work() if self._compiled else []
        self._world.listen(StepStarted("keep", len(work)))
        for name in work:
            self._keep(name)

    def _bring_in_step(self) -> Change:
        self._world.listen(StepStarted("promote"))
        change = Promotion(self._world, self._settings, self._survey, self._decisions, self._files)
        found = change.compare(limited=bool(self._options.selectors or self._part))
        if not self._options.overwrite:
            self._problems += change.edits(found, self._templates)
        if not self._options.write:
            self._problems += change.out_of_step(found, self._blocked)
        if self._is_blocked() or not self._options.write:
            return Change()
        for name, decision in self._decisions.items():
            if decision.trace:
                self._world.cache.note(name, decision.manifest.key)
        return change.run(found)

    # -------------------------------------------------------------------------------- what they use

    def _work(self) -> list[str]:
        """Return the nodes to build that nothing blocks so far, needed ones first."""
        self._blocked |= closure(self._failed, self._dependents)
        return [name for name, it in self._decisions.items() if it.status is Status.BUILT and name not in self._blocked]

    def _accept(self, made: Made) -> None:
        """Take over a draft, if nothing blocks it; without compile checks to come, it is finished."""
        name = made.node
        self._took[name] = made.took
        found = tuple(replace(it, node=name) for it in made.found)
        self._verdicts[name] = [Verdict(SPEC_VERDICT, Level.BLOCK, found)]
        self._take(name, found)
        if name in self._blocked:
            return
        self._take(name, made.wrong)
        self._take_verdicts(name, made.verdicts)
        if made.draft is None or name in self._failed:
            return
        self._files[name] = {path: self._world.texts.put(text) for path, text in made.draft.files.items()}
        if self._compiled:
            self._drafts[name] = made.draft
        else:
            self._keep(name)

    def _keep(self, name: str) -> None:
        """Keep a node's trace."""
        files = self._files[name]
        verdicts = (detached(it, self._survey.spec(name)) for it in self._verdicts.pop(name, ()))
        trace = Trace(self._decisions[name].manifest, tuple(sorted(files.items())), tuple(verdicts))
        self._world.cache.keep(trace, {path: self._world.texts.get(it) for path, it in files.items()})

    def _take(self, name: str, problems: Iterable[Problem]) -> None:
        """Take note of a node's problems; one that blocks ends its part in the build, and that of all that need it."""
        for problem in problems:
            self._problems.append(replace(problem, node="" if name == PACKAGE else name))
            if problem.level is Level.BLOCK and name not in self._failed:
                self._failed.add(name)
                self._blocked |= closure([name], self._dependents)

    def _take_verdicts(self, name: str, verdicts: Sequence[Verdict]) -> None:
        self._verdicts[name] += verdicts
        self._take(name, [problem for verdict in verdicts for problem in verdict.problems])

    def _contents(self, trace: Trace) -> Mapping[str, str] | None:
        """Return the files of a trace, path to digest, if the cache still has all their texts."""
        for _, it in trace.files:
            text = self._world.cache.content(it)
            if text is None:
                return None
            self._world.texts.put(text)
        return dict(trace.files)

    def _whole_tree(self) -> dict[str, str]:
        """Return every file of every node that nothing blocks, whether built now or before."""
        tree: dict[str, str] = {}
        for name, decision in self._decisions.items():
            if name in self._blocked:
                continue
            if name in self._files:
                tree |= {path: self._world.texts.get(it) for path, it in self._files[name].items()}
            elif decision.trace:
                read = ((path, self._world.output.text(path)) for path, _ in decision.trace.files)
                tree |= {path: text for path, text in read if text is not None}
        return tree

    def _is_blocked(self) -> bool:
        return any(problem.level is Level.BLOCK for problem in self._problems)

    def _report(self, change: Change) -> Report:
        outcomes: dict[str, Outcome] = {}
        told = self._survey.failed | self._survey.skipped if not self._options.selectors else self._survey.failed
        for name in (*(it for it in self._decisions if it != PACKAGE), *sorted(told)):
            outcomes[name] = self._outcome(name)
            self._world.listen(NodeFinished(outcomes[name]))
        return Report(dict(sorted(outcomes.items())), self._told(), change.written, change.removed)

    def _told(self) -> tuple[Problem, ...]:
        """Return the problems by place; what is wrong in one place for many nodes, as a template is, once."""
        distinct: dict[Problem, Problem] = {}
        for problem in sorted(map(self._survey.place, self._problems), key=_by_place):
            distinct.setdefault(replace(problem, node="") if problem.at else problem, problem)
        return tuple(distinct.values())

    def _outcome(self, name: str) -> Outcome:
        if name in self._failed:
            mine = [it.message for it in self._problems if it.node == name and it.level is Level.BLOCK]
            return Outcome(name, Status.FAILED, tuple(mine[:1]))
        decision = self._decisions.get(name)
        if decision is None or (decision.status is Status.BUILT and name not in self._files):
            return Outcome(name, Status.SKIPPED, ("it needs a node that has problems",))
        files = len(self._files.get(name) or (decision.trace.files if decision.trace else ()))
        if decision.status is Status.BUILT and not self._options.write and not self._out_of_step(name):
            return Outcome(name, Status.UP_TO_DATE, decision.because, files)
        if decision.status is not Status.UP_TO_DATE and (self._is_blocked() or not self._options.write):
            why = "nothing is written while there are problems" if self._options.write else "nothing is written"
            return Outcome(name, Status.SKIPPED, (*decision.because, why), files)
        return Outcome(name, decision.status, decision.because, files, round(self._took.get(name, 0.0), 3))

    def _out_of_step(self, name: str) -> bool:
        """Return whether `out/` holds anything else than what was assembled for a node."""
        return self._world.output.digests(self._files[name]) != self._files[name]


def _by_place(problem: Problem) -> tuple[object, ...]:
    at = problem.at if isinstance(problem.at, Place) else Place("", 0, 0)
    return (at.file, at.line, at.column, problem.code, problem.message, problem.hint, problem.node)
