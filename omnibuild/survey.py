"""What a workspace holds: its documents read, resolved to a graph.

Every verb begins here; `build` goes on from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from omnibuild import gates
from omnibuild.assemble.template import Templates
from omnibuild.core.nearest import nearest
from omnibuild.core.ports import World
from omnibuild.core.values import (
    Graph,
    Level,
    Need,
    NodeSpec,
    Place,
    Pointer,
    Problem,
    Settings,
    SharedSpec,
    Spec,
)
from omnibuild.gates.gate import DocumentSubject, GraphSubject
from omnibuild.graph.resolve import resolve
from omnibuild.graph.selection import Meanings, closure, select
from omnibuild.onex.assembly import PACKAGE
from omnibuild.onex.interface import interfaces
from omnibuild.onex.names import Names
from omnibuild.onex.needs import body_needs, promised_package
from omnibuild.onex.topology import topic_graph
from omnibuild.spec.body import find_body, read_body
from omnibuild.spec.code import read_code
from omnibuild.spec.collection import collect, duplicates
from omnibuild.spec.document import Document
from omnibuild.spec.expansion import Expansion, expand
from omnibuild.spec.imports import OwnCode
from omnibuild.spec.marks import locate
from omnibuild.spec.original import read_original
from omnibuild.spec.reader import read_spec


@dataclass(frozen=True)
class Survey:
    """A workspace as it was read.

    `graph` holds the nodes that can be built; `failed` and `skipped` are those that cannot, for
    problems of their own and for those of what they need. `texts` are the files as they were read.
    """

    graph: Graph
    names: Names
    failed: frozenset[str]
    skipped: frozenset[str]
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]
    whole: bool
    """Whether every file could be read: if not, nobody knows what the others declare."""
    package: SharedSpec
    """Stands for the files that belong to no single node."""
    expansions: Mapping[str, Expansion]
    """What the recipes made of the blueprints, by their names."""

    @cached_property
    def turned(self) -> Names:
        """The names with everything that has no order of its own the other way round."""
        return self.names.turned()

    @cached_property
    def interfaces(self) -> Mapping[str, str]:
        """The digest of every node's interface."""
        return interfaces(self.names)

    def spec(self, name: str) -> Spec:
        """Return what is declared under a name; PACKAGE stands for the files around the nodes."""
        return self.package if name == PACKAGE else self.graph.specs[name]

    def place(self, problem: Problem) -> Problem:
        """Return the problem with its pointer turned into a place."""
        if not isinstance(problem.at, Pointer):
            return problem
        expansion, hint = self._expansion(problem.at), problem.hint
        if expansion and expansion.origin(problem.at) is None:
            seen = f"`omnibuild expand {expansion.blueprint.name}` prints the specs that it makes"
            hint = f"{hint}; {seen}" if hint else seen
        return replace(problem, at=self.locate(problem.at), hint=hint)

    def locate(self, pointer: Pointer) -> Place:
        """Return where a pointer leads: into the blueprint, if it is of a document that was made of one."""
        expansion = self._expansion(pointer)
        if expansion:
            pointer = expansion.origin(pointer) or expansion.blueprint.at
        return locate(pointer, self.texts.get(pointer.file, ""))

    def limited(self, built: Collection[str], present: Iterable[str]) -> Survey:
        """Return the survey for a build of some nodes: the package tells of these and of those that have files."""
        paths = tuple(present)
        homes = {name: f"{self.names.folder_path(name)}/" for name in self.graph.order}
        there = {name for name, home in homes.items() if any(it.startswith(home) for it in paths)}
        return replace(self, names=replace(self.names, built=frozenset(there.union(built))))

    def variables(self, node: str) -> Mapping[str, bool]:
        """Return the environment variables that a node and the nodes that it calls read, and which are required."""
        found: dict[str, bool] = {}
        waiting, seen = [node], {node}
        while waiting:
            spec = self.graph.specs.get(waiting.pop())
            if isinstance(spec, NodeSpec):
                for it in spec.env:
                    found[it.name] = found.get(it.name, False) or it.required
                called = {node for it in spec.steps for node in (it.node, it.undo) if node} - seen
                seen |= called
                waiting += sorted(called)
        return found

    def _expansion(self, pointer: Pointer) -> Expansion | None:
        return next((it for it in self.expansions.values() if it.owns(pointer)), None)

    def selected(
        self, selectors: Sequence[str], meanings: Meanings | None = None
    ) -> tuple[tuple[str, ...], list[Problem]]:
        """Return the nodes that selectors pick among those that can be built, with what these need."""
        usable = [it for it in selectors if it.strip("+") not in self.failed | self.skipped]
        if selectors and not usable:
            return (), []
        names, problems = select(self.graph, usable, meanings)
        needs = {name: [need.node for need in self.graph.needs[name]] for name in self.graph.order}
        wanted = closure(names, needs)
        return tuple(name for name in self.graph.order if name in wanted), problems


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read of one document."""

    name: str
    spec: Spec | None
    needs: tuple[Need, ...]
    problems: tuple[Problem, ...]


def survey(world: World, settings: Settings) -> Survey:
    """Read and resolve a workspace; nothing is written."""
    read = collect(world.inputs.specs(), world.inputs.text)
    documents, problems, whole = read.documents, read.problems, read.whole
    expansions = {}
    for it in read.blueprints.values():
        expansions[it.name], wrong = _expanded(it, documents, world, settings)
        problems += (replace(problem, node=problem.node or it.name) for problem in wrong)
    around = _Around(
        Counter(it.at.file for it in documents.values()),
        {promised_package(it, settings.package): name for name, it in documents.items()},
        OwnCode(world.inputs.text),
        whole,
    )
    known = {*documents, *read.unread, *(name for it in expansions.values() for name in it.expected)}
    # Each document leaves memory as it is read: of thousands there is one at a time beside the specs.
    readings = [_read(documents.pop(name), around, world, settings) for name in tuple(documents)]
    for reading in readings:
        problems += (replace(problem, node=reading.name) for problem in reading.problems)
    broken = {problem.node for problem in problems if problem.level is Level.BLOCK}
    specs = {it.spec.name: it.spec for it in readings if it.spec and it.name not in broken}
    graph, wrong = resolve(specs, known, {it.name: it.needs for it in readings}, whole=whole)
    problems += wrong
    failed = frozenset(it.node for it in problems if it.node and it.level is Level.BLOCK)
    skipped = frozenset(specs) - frozenset(graph.order) - failed
    names = Names(graph, settings.package)
    package = SharedSpec(PACKAGE, Pointer("omnibuild.toml", 0, ()), settings.package, (), (), ())
    return Survey(graph, names, failed, skipped, tuple(problems), read.texts, whole, package, expansions)


def _expanded(
    blueprint: Document, documents: dict[str, Document], world: World, settings: Settings
) -> tuple[Expansion, list[Problem]]:
    """Return what a recipe makes of a blueprint; what no spec declares is added to the documents."""
    problems: list[Problem] = []
    subject = DocumentSubject(blueprint.name, blueprint.data, blueprint.at, body=False)
    for verdict in gates.judge(gates.DOCUMENT_GATES, subject, gates.levels(settings)):
        problems += verdict.problems
    expansion, wrong = expand(blueprint, settings.package, world.templates, Templates(world.templates).render)
    problems += wrong
    if any(it.level is Level.BLOCK for it in problems):
        return replace(expansion, made=()), problems
    names = [it.document.name for it in expansion.made]
    if blueprint.name in documents and blueprint.name not in names:
        problems += duplicates([blueprint], documents)
    for it in expansion.made:
        other = documents.setdefault(it.document.name, it.document)
        made_elsewhere = other is not it.document and bool(other.at.path)
        if made_elsewhere or names.count(it.document.name) > 1:
            message = f"`{it.document.name}` is made of the blueprint in {other.at.file} already"
            problems.append(Problem("duplicate-name", message, blueprint.at.to("blueprint"), "rename one of them"))
    return expansion, problems


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a document: how many each file has, the packages that are made of all, the workspace's code.

    `whole` is whether every file could be read.
    """

    files: Mapping[str, int]
    packages: Mapping[str, str]
    code: OwnCode
    whole: bool


def _read(it: Document, around: _Around, world: World, settings: Settings) -> _Reading:
    body, problems = find_body(it, world.inputs.text, alone=around.files[it.at.file] == 1)
    subject = DocumentSubject(it.name, it.data, it.at, body is not None)
    for verdict in gates.judge(gates.DOCUMENT_GATES, subject, gates.levels(settings)):
        problems += verdict.problems
    spec, wrong = read_spec(it, body, settings.package)
    problems += wrong
    if spec:
        spec, wrong = read_code(spec, world.inputs.text, world.symbols.has)
        problems += wrong
        spec = read_original(spec, world.inputs.text)
    needs: list[Need] = []
    imported = [module.name for found in (spec.code if spec else ()) for module in found.modules]
    if body and it.declares == "node":
        shape, wrong = read_body(body, environment=bool(it.data.get("env")))
        problems += wrong
        if shape:
            needs, wrong = body_needs(it.name, shape, settings.package, around.packages)
            problems += wrong if around.whole else ()
            imported += (path for line in shape.imports for path in line.paths)
    spec = spec and replace(spec, imports=around.code.behind(imported))
    return _Reading(it.name, spec, tuple(needs), tuple(problems))


def no_node(node: str, known: Collection[str], broken: Collection[str]) -> Problem:
    """Return the problem that there is no such node, or none whose spec is sound."""
    if node in broken:
        return Problem("broken", f"the spec of `{node}` has problems", hint="`omnibuild build` shows them")
    near = nearest(node, known)
    hint = f"did you mean `{near}`?" if near else "`omnibuild list` shows the names"
    return Problem("unknown-node", f"there is no node `{node}`", hint=hint)


def judge_graph(found: Survey, levels: Mapping[str, Level], names: Collection[str]) -> list[Problem]:
    """Return what the gates say of these nodes among all; nothing while some are broken, whose topics are not known."""
    if found.failed or found.skipped or not found.whole:
        return []
    subject = GraphSubject(found.graph, topic_graph(found.graph))
    verdicts = gates.judge(gates.GRAPH_GATES, subject, levels)
    return [it for verdict in verdicts for it in verdict.problems if it.node in names]
