"""From specs to drafts that are judged and laid out: what can be done for many nodes at once, in any process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from omnibuild import gates
from omnibuild.assemble.template import Templates
from omnibuild.core.ports import Formatter, OnexSymbols
from omnibuild.core.values import Draft, Json, Level, Mode, NodeSpec, Problem, Settings, Spec, Verdict
from omnibuild.gates.gate import NodeSubject
from omnibuild.onex.assembly import PACKAGE, assemble, assemble_package
from omnibuild.onex.check import check_spec
from omnibuild.onex.contract import read_contract
from omnibuild.onex.names import Names
from omnibuild.onex.package import requirements
from omnibuild.onex.reference import existing_packages
from omnibuild.survey import Survey

SPEC_VERDICT = "spec"
"""The verdict that keeps the warnings of a spec in its node's trace."""

GENERATED_PACKAGES = frozenset({"pydantic", "omnibase_core", "hypothesis", "pytest"})
"""What every generated package may import beside the standard library."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one spec.

    `found` is what is wrong with the spec itself, `wrong` what kept it from being assembled. `verdicts` are those
    of the gates; without a draft, there is none. `took` is in milliseconds, `began` a time of the clock.
    """

    node: str
    found: tuple[Problem, ...]
    wrong: tuple[Problem, ...] = ()
    draft: Draft | None = None
    verdicts: tuple[Verdict, ...] = ()
    took: float = 0.0
    began: float = 0.0


@dataclass(frozen=True, slots=True)
class Drafting:
    """What drafts are made from, the same for all nodes of a build."""

    survey: Survey
    settings: Settings
    templates: Templates
    symbols: OnexSymbols
    formatter: Formatter
    clock: Callable[[], float]

    def batch(self, nodes: Sequence[str]) -> list[Made]:
        """Return what becomes of these specs. The draft of one without blocking problems is laid out."""
        levels = gates.levels(self.settings)
        made = [self._made(name, levels) for name in nodes]
        laid_out = self.formatter.format(
            {path: it.draft.files[path] for it in made if it.draft for path in sorted(it.draft.loose)}
        )
        return [_with(it, laid_out) for it in made]

    def subject(self, name: str, draft: Draft) -> NodeSubject:
        """Return what the gates look at."""
        spec = self.survey.spec(name)
        around = self.survey.graph.specs.values() if name == PACKAGE else [spec]
        needed = {it for node in around if isinstance(node, NodeSpec) for it in requirements(node)}
        declared = (self.symbols.modules(it) for it in {*self.settings.dependencies, *needed})
        return NodeSubject(
            spec=spec,
            draft=draft,
            graph=self.survey.graph,
            settings=self.settings,
            packages=GENERATED_PACKAGES.union(existing_packages(self.survey.graph), *declared),
            symbols=self.symbols,
            contract=_contract(draft),
        )

    def _made(self, name: str, levels: Mapping[str, Level]) -> Made:
        start = self.clock()
        spec = self.survey.spec(name)
        found = tuple(check_spec(spec, self.survey.names))
        if _blocks(found):
            return self._ended(start, Made(name, found))
        draft, problems = self._draft(name, spec, self.survey.names)
        wrong = tuple(it for it in problems if it.level is Level.BLOCK)
        if draft is None or wrong:
            return self._ended(start, Made(name, found, wrong))
        subject = replace(self.subject(name, draft), twin=self._twin(name, spec))
        chosen = gates.PACKAGE_GATES if name == PACKAGE else gates.DRAFT_GATES
        verdicts = gates.judge(chosen, subject, levels)
        return self._ended(start, Made(name, found, wrong, draft, verdicts))

    def _ended(self, start: float, made: Made) -> Made:
        return replace(made, took=(self.clock() - start) * 1000, began=start)

    def _draft(self, name: str, spec: Spec, names: Names) -> tuple[Draft | None, list[Problem]]:
        if name == PACKAGE:
            return assemble_package(names, self.settings, self.templates)
        return assemble(spec, names, self.templates)

    def _twin(self, name: str, spec: Spec) -> Draft | None:
        """Return a second draft for G17, made with all that has no order of its own the other way round.

        What omnibuild makes alone is the same every time: its own tests see to that. Templates of the workspace
        can do anything.
        """
        if not self.templates.are_overridden and self.settings.mode is not Mode.STRICT:
            return None
        return self._draft(name, spec, self.survey.turned)[0]


def _contract(draft: Draft) -> Mapping[str, Json] | None:
    if draft.contract:
        return draft.contract
    text = next((text for path, text in draft.files.items() if path.endswith("/contract.yaml")), None)
    return read_contract(text) if text else None


def _with(made: Made, laid_out: Mapping[str, str]) -> Made:
    if made.draft is None:
        return made
    files = {path: laid_out.get(path, text) for path, text in made.draft.files.items()}
    return replace(made, draft=replace(made.draft, files=files, loose=frozenset()))


def _blocks(problems: Iterable[Problem]) -> bool:
    return any(it.level is Level.BLOCK for it in problems)
