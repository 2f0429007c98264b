"""What a gate is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from omnibuild.assemble.origin import origin
from omnibuild.core.ports import OnexSymbols, Trial
from omnibuild.core.values import Draft, Finding, Graph, Json, Level, NodeSpec, Place, Pointer, Problem, Settings, Spec
from omnibuild.graph.topics import TopicGraph


class Step(StrEnum):
    """When a gate looks: at a document as written, the workspace, the graph, a draft, or compiled code."""

    DOCUMENT = "document"
    WORKSPACE = "workspace"
    GRAPH = "graph"
    DRAFT = "draft"
    COMPILE = "compile"


@dataclass(frozen=True, slots=True)
class DocumentSubject:
    """A YAML document as written, before it is understood; `body` says whether Python stands beside it."""

    name: str
    data: Mapping[str, Json]
    at: Pointer
    body: bool

    def pointer(self, *path: str | int, key: bool = False) -> Pointer:
        """Return the pointer to something in the document, by its way from the root."""
        return self.at.to(*path, key=key)

    @property
    def declares(self) -> str:
        """The first key: `node`, `shared`, `blueprint`, or what stands there instead."""
        return next(iter(self.data), "")


@dataclass(frozen=True, slots=True)
class WorkspaceSubject:
    """The workspace as a build finds it; `obstacle` says why `out/` cannot be written, if so."""

    out: str
    obstacle: str | None


@dataclass(frozen=True, slots=True)
class GraphSubject:
    """All nodes together, and how their topics connect them."""

    graph: Graph
    topics: TopicGraph


@dataclass(frozen=True, slots=True)
class NodeSubject:
    """A node's spec and draft, and what was found out about them.

    `twin` is the draft of the same spec assembled a second time, with everything that has no order
    of its own in another order. `packages` are the top-level modules that generated code may import beside the
    standard library. `symbols` answers for the installed ONEX packages. `findings` are the type checker's in this
    node's files, `trial` the rest of the compile checks (already narrowed to this node); both are
    empty before the compile checks have run.
    """

    spec: Spec
    draft: Draft
    graph: Graph
    settings: Settings
    packages: frozenset[str]
    symbols: OnexSymbols
    twin: Draft | None = None
    contract: Mapping[str, Json] | None = None
    """contract.yaml of the draft, parsed; None for shared documents."""
    findings: Sequence[Finding] = ()
    trial: Trial = field(default_factory=Trial)

    @property
    def node(self) -> NodeSpec | None:
        """The spec, if it is a node's."""
        return self.spec if isinstance(self.spec, NodeSpec) else None

    def pointer(self, *path: str | int, key: bool = False) -> Pointer:
        """Return the pointer to something in the spec's document, by its way from the root.

        It is the spec's own place where the document does not have the first key of the way.
        """
        if path and path[0] not in dict(self.spec.sections):
            return self.spec.at
        return self.spec.at.to(*path, key=key)

    def origin(self, file: str, line: int = 1, column: int = 0) -> Pointer | Place:
        """Return the place of the spec or of the body that a line of a generated file comes from."""
        return origin(self.draft, file, line, self.spec.at, column)


@dataclass(frozen=True, slots=True)
class Gate[Subject]:
    """One named check.

    `what` says what must hold, `why` what goes wrong otherwise, `example` is a spec or a line that
    the gate stops. A `fixed` gate cannot be set to another level, since nothing works without it. What
    a gate of `advice` says is for a person to weigh: strict does not raise it, settings may.
    """

    code: str
    name: str
    what: str
    why: str
    example: str
    step: Step
    level: Level
    check: Callable[[Subject], Iterable[Problem]]
    fixed: bool = False
    advice: bool = False
