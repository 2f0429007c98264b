"""The build: one loop, a list of named steps. It sees the world through ports only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from omnibuild import gates
from omnibuild.assemble.template import Templates
from omnibuild.cache.anchor import anchored, detached
from omnibuild.cache.decision import Decision
from omnibuild.compile import compile_drafts
from omnibuild.core.events import BuildStarted, NodeAssembled, NodeFinished, StepStarted
from omnibuild.core.ports import World
from omnibuild.core.values import (
    Draft,
    Level,
    NodeSpec,
    Outcome,
    Place,
    Problem,
    Report,
    Settings,
    Spec,
    Status,
    Trace,
    Verdict,
    digest,
)
from omnibuild.gates.gate import Gate, NodeSubject, WorkspaceSubject
from omnibuild.graph.selection import closure, dependents
from omnibuild.onex.assembly import PACKAGE, assemble, assemble_package
from omnibuild.onex.check import check_spec
from omnibuild.onex.contract import read_contract
from omnibuild.onex.names import Names
from omnibuild.onex.package import requirements
from omnibuild.onex.reference import existing_packages
from omnibuild.promotion import Change, Promotion
from omnibuild.survey import Survey, decisions, judge_graph, survey

SPEC_VERDICT = "spec"
"""The verdict that keeps the warnings of a spec in its node's trace."""

GENERATED_PACKAGES = frozenset({"pydantic", "omnibase_core", "hypothesis", "pytest"})
"""What every generated package may import beside the standard library."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one build is asked: which nodes, whether to write, whether to take edits by hand away."""

    selectors: tuple[str, ...] = ()
    write: bool = True
    overwrite: bool = False


def build(world: World, settings: Settings, options: Options) -> Report:
    """Bring `out/` in step with the specs, or say why that cannot be; all or nothing."""
    return _Build(world, settings, options).run()


class _Build:
    """One build on its way: each step reads what the steps before it have left here."""

    def __init__(self, world: World, settings: Settings, options: Options) -> None:
        self._world = world
        self._settings = settings
        self._options = options
        self._levels = gates.levels(settings)
        self._templates = Templates(world.templates)
        self._survey: Survey
        self._decisions: dict[str, Decision] = {}
        self._selected: tuple[str, ...] = ()
        self._drafts: dict[str, Draft] = {}
        self._files: dict[str, Mapping[str, str]] = {}
        self._verdicts: dict[str, list[Verdict]] = {}
        self._problems: list[Problem] = []
        self._failed: set[str] = set()
        self._took: dict[str, float] = {}

    def run(self) -> Report:
        """Run the steps in order; a node with a blocking problem takes part in no later one."""
        self._read()
        self._decide()
        self._check_specs()
        self._assemble()
        self._judge_drafts()
        self._lay_out()
        self._compile()
        self._keep_traces()
        return self._report(self._bring_in_step())

    # ------------------------------------------------------------------------------------ steps

    def _read(self) -> None:
        self._survey = survey(self._world, self._settings)
        self._problems += self._survey.problems
        self._problems += self._templates.check()
        self._failed |= self._survey.failed
        names, wrong = self._survey.selected(self._options.selectors)
        self._problems += wrong
        if self._options.selectors:
            self._survey = self._survey.limited(names, self._world.output.ledger())
        self._selected = (*names, PACKAGE)
        self._world.listen(BuildStarted(len(names)))

    def _decide(self) -> None:
        found = decisions(self._survey, self._world, self._settings, self._templates)
        for name in self._selected:
            decision = found[name]
            if decision.trace and decision.status is Status.RESTORED:
                texts = self._contents(decision.trace)
                if texts is None:
                    decision = replace(decision, status=Status.BUILT, because=("its files left the cache",), trace=None)
                else:
                    self._files[name] = texts
            if decision.trace:
                kept = (it for verdict in decision.trace.verdicts for it in verdict.problems)
                self._problems += (anchored(it, self._spec(name)) for it in kept)
            self._decisions[name] = decision

    def _check_specs(self) -> None:
        for name in self._work():
            found = tuple(replace(it, node=name) for it in check_spec(self._spec(name), self._survey.names))
            self._verdicts[name] = [Verdict(SPEC_VERDICT, Level.BLOCK, found)]
            self._take(name, found)

    def _assemble(self) -> None:
        work = self._work()
        self._world.listen(StepStarted("assemble", len(work)))
        for name in work:
            start = self._world.clock()
            draft, problems = self._draft(name, self._survey.names)
            self._take(name, [it for it in problems if it.level is Level.BLOCK])
            if draft:
                self._drafts[name] = draft
                self._world.listen(NodeAssembled(name))
            self._took[name] = (self._world.clock() - start) * 1000

    def _judge_drafts(self) -> None:
        obstacle = self._world.output.obstacle(
            sum(len(text) for it in self._drafts.values() for text in it.files.values())
        )
        subject = WorkspaceSubject(self._settings.out, obstacle)
        for verdict in gates.judge(gates.WORKSPACE_GATES, subject, self._levels):
            self._problems += verdict.problems
        self._problems += judge_graph(self._survey, self._levels, self._selected)
        other_way = self._survey.names.turned()
        for name in self._work():
            twin, _ = self._draft(name, other_way)
            chosen = gates.PACKAGE_GATES if name == PACKAGE else gates.DRAFT_GATES
            self._judge(name, chosen, replace(self._subject(name), twin=twin))

    def _lay_out(self) -> None:
        work = self._work()
        self._world.listen(StepStarted("lay out", len(work)))
        sources = {path: text for name in work for path, text in self._drafts[name].files.items()}
        laid_out = self._world.formatter.format({path: it for path, it in sources.items() if path.endswith(".py")})
        for name in work:
            files = {path: laid_out.get(path, text) for path, text in self._drafts[name].files.items()}
            self._drafts[name] = replace(self._drafts[name], files=files)
            self._files[name] = files

    def _compile(self) -> None:
        """Type-check, import and run what was built, in a stage that holds the whole package."""
        chosen = gates.at_compile(self._settings)
        work = [name for name in self._work() if name != PACKAGE]
        if not chosen or not work:
            return
        self._world.listen(StepStarted("compile", len(work)))
        drafts = [(self._spec(name), self._drafts[name]) for name in work]
        codes = {gate.code for gate in chosen}
        found = compile_drafts(self._world.stage, self._whole_tree(), drafts, self._survey.names, codes)
        for name in work:
            findings, trial = found.of(self._spec(name), self._drafts[name])
            self._judge(name, chosen, replace(self._subject(name), findings=findings, trial=trial))

    def _keep_traces(self) -> None:
        for name in self._work():
            files = self._files[name]
            entries = tuple((path, digest(text)) for path, text in sorted(files.items()))
            manifest = self._decisions[name].manifest
            verdicts = (detached(it, self._spec(name)) for it in self._verdicts.get(name, ()))
            self._world.cache.keep(Trace(manifest, entries, tuple(verdicts)), files)

    def _bring_in_step(self) -> Change:
        change = Promotion(self._world, self._settings, self._survey, self._decisions, self._files)
        found = change.compare(self._options.selectors)
        if not self._options.overwrite:
            self._problems += change.edits(found, self._templates)
        if not self._options.write:
            self._problems += change.out_of_step(found)
        return Change() if self._blocked() or not self._options.write else change.run(found)

    # -------------------------------------------------------------------------------- what they use

    def _work(self) -> list[str]:
        """Return the nodes to build that nothing blocks so far, needed ones first."""
        blocked = closure(self._failed, dependents(self._survey.graph))
        return [name for name, it in self._decisions.items() if it.status is Status.BUILT and name not in blocked]

    def _spec(self, name: str) -> Spec:
        return self._survey.package if name == PACKAGE else self._survey.graph.specs[name]

    def _take(self, name: str, problems: Iterable[Problem]) -> None:
        """Take note of a node's problems; one that blocks ends its part in the build."""
        for problem in problems:
            self._problems.append(replace(problem, node="" if name == PACKAGE else name))
            if problem.level is Level.BLOCK:
                self._failed.add(name)

    def _draft(self, name: str, names: Names) -> tuple[Draft | None, list[Problem]]:
        if name == PACKAGE:
            return assemble_package(names, self._settings, self._templates)
        return assemble(names.graph.specs[name], names, self._templates)

    def _subject(self, name: str) -> NodeSubject:
        draft = self._drafts[name]
        contract = next((text for path, text in draft.files.items() if path.endswith("/contract.yaml")), None)
        spec = self._spec(name)
        around = self._survey.graph.specs.values() if name == PACKAGE else [spec]
        needed = {it for node in around if isinstance(node, NodeSpec) for it in requirements(node)}
        declared = (self._world.symbols.modules(it) for it in {*self._settings.dependencies, *needed})
        return NodeSubject(
            spec=spec,
            draft=draft,
            graph=self._survey.graph,
            settings=self._settings,
            packages=GENERATED_PACKAGES.union(existing_packages(self._survey.graph), *declared),
            symbols=self._world.symbols,
            contract=read_contract(contract) if contract else None,
        )

    def _judge(self, name: str, chosen: Iterable[Gate[NodeSubject]], subject: NodeSubject) -> None:
        verdicts = gates.judge(chosen, subject, self._levels)
        self._verdicts.setdefault(name, []).extend(verdicts)
        self._take(name, [problem for verdict in verdicts for problem in verdict.problems])

    def _contents(self, trace: Trace) -> Mapping[str, str] | None:
        texts = {path: self._world.cache.content(it) for path, it in trace.files}
        found = {path: text for path, text in texts.items() if text is not None}
        return found if len(found) == len(texts) else None

    def _whole_tree(self) -> dict[str, str]:
        """Return every file of every node that nothing blocks, whether built now or before."""
        blocked = closure(self._failed, dependents(self._survey.graph))
        tree: dict[str, str] = {}
        for name, decision in self._decisions.items():
            if name in blocked:
                continue
            if name not in self._files and decision.trace:
                read = ((path, self._world.output.text(path)) for path, _ in decision.trace.files)
                tree |= {path: text for path, text in read if text is not None}
            tree |= self._files.get(name, {})
        return tree

    def _blocked(self) -> bool:
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
        if decision.status is not Status.UP_TO_DATE and (self._blocked() or not self._options.write):
            why = "nothing is written while there are problems" if self._options.write else "nothing is written"
            return Outcome(name, Status.SKIPPED, (*decision.because, why), files)
        return Outcome(name, decision.status, decision.because, files, round(self._took.get(name, 0.0), 3))

    def _out_of_step(self, name: str) -> bool:
        """Return whether `out/` holds anything else than what was assembled for a node."""
        wanted = {path: digest(text) for path, text in self._files[name].items()}
        return self._world.output.digests(wanted) != wanted


def _by_place(problem: Problem) -> tuple[object, ...]:
    at = problem.at if isinstance(problem.at, Place) else Place("", 0, 0)
    return (at.file, at.line, at.column, problem.code, problem.message, problem.hint, problem.node)
