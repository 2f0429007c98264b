"""What a build remembers of every node, so that after a small change the next one reads little more than that.

A change is small if it stays in its node: nothing that others see, list or count is another than before. Then all
other nodes have the manifests that they had, and it is right to leave them alone. Whatever is not certain
leads to the whole build.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from omnibuild.core.ports import Inputs
from omnibuild.core.values import (
    Events,
    Graph,
    Json,
    Need,
    NodeSpec,
    Outcome,
    Problem,
    Report,
    Settings,
    Spec,
    Status,
    digest_json,
)
from omnibuild.onex.connectors import published_topics
from omnibuild.onex.names import Names
from omnibuild.onex.package import support, variables
from omnibuild.onex.topics import topics
from omnibuild.survey import Survey


@dataclass(frozen=True, slots=True)
class Remembered:
    """A node or a shared document: its file, the file of its body, and what it needs, each with why.

    `code` are the files of existing Python that it leads to. `outward` is the digest of all that other files of the
    output depend on; it is empty where that cannot be told from the node and its needs alone. `files` is how many
    files it has below `out/`.
    """

    file: str
    body: str
    code: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    outward: str
    files: int


@dataclass(frozen=True, slots=True)
class Memory:
    """All nodes, needed ones first; the versions of the tools; and the contents of the folders of specs, as digests."""

    nodes: Mapping[str, Remembered]
    tools: Mapping[str, str]
    folders: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a workspace that a small change is about: the files to read, and the nodes that may be stale."""

    memory: Memory
    files: tuple[str, ...]
    nodes: tuple[str, ...]

    def fits(self, found: Survey, settings: Settings) -> bool:
        """Return whether what was read of the part is such that all else is as it was."""
        if found.problems or found.failed or found.skipped or not found.whole or found.expansions:
            return False
        mine = {name: it for name, it in self.memory.nodes.items() if it.file in self.files}
        if list(found.graph.order) != list(mine):
            return False
        now = _remembered(found, settings, {name: it.files for name, it in mine.items()})
        return all(it.outward and now[name] == it for name, it in mine.items() if name in self.nodes)

    def of(self, inputs: Inputs) -> Inputs:
        """Return the inputs without the specs that are no part of it."""
        return _Inputs(self.files, inputs.text)

    def completed(self, report: Report) -> Report:
        """Return the report with all other nodes in it, which are as they were."""
        others = {
            name: Outcome(name, Status.UP_TO_DATE, (), it.files)
            for name, it in self.memory.nodes.items()
            if name not in report.outcomes
        }
        return replace(report, outcomes=dict(sorted((others | dict(report.outcomes)).items())))


@dataclass(frozen=True, slots=True)
class _Inputs:
    """Some of the specs of a workspace, and whatever stands beside them."""

    files: tuple[str, ...]
    text: Callable[[str], str | Problem | None]

    def specs(self) -> Sequence[str]:
        """Return the files of the specs."""
        return self.files


def remember(
    found: Survey, settings: Settings, files: Mapping[str, int], tools: Mapping[str, str], folders: Mapping[str, str]
) -> Memory:
    """Return what is to be remembered of a workspace in which everything is in step."""
    return Memory(_remembered(found, settings, files), tools, folders)


def part(memory: Memory, changed: Collection[str]) -> Part | None:
    """Return the part that a change of these files is about, None if they are no files of nodes."""
    owners = [name for name, it in memory.nodes.items() if it.file in changed or it.body in changed]
    if any(file in changed for it in memory.nodes.values() for file in it.code):
        return None
    if not owners or set(changed) - {file for it in memory.nodes.values() for file in (it.file, it.body)}:
        return None
    stale = _with_those_that_run(memory, owners)
    callers, together = _callers(memory), _by_file(memory)
    files, waiting = set[str](), [*stale]
    while waiting:
        file = memory.nodes[waiting.pop()].file
        if file not in files:
            files.add(file)
            for name in together[file]:
                waiting += (need for need, _ in memory.nodes[name].needs)
                if name in callers:  # being called is a part of a node's interface
                    waiting.append(callers[name])
    order = tuple(name for name in memory.nodes if name in stale)
    return Part(memory, tuple(sorted(files)), order) if len(files) <= len(memory.nodes) // 2 + 8 else None


def _with_those_that_run(memory: Memory, names: Iterable[str]) -> set[str]:
    """Return nodes with those whose bodies run their code, directly or not: they are tested with it."""
    found = set(names)
    for name, it in memory.nodes.items():  # needed ones first
        if any(why == "body" and need in found for need, why in it.needs):
            found.add(name)
    return found


def _callers(memory: Memory) -> Mapping[str, str]:
    """Return somebody who calls each node that is called: one suffices to know that."""
    return {need: name for name, it in memory.nodes.items() for need, why in it.needs if why == "calls"}


def _by_file(memory: Memory) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name, it in memory.nodes.items():
        found.setdefault(it.file, []).append(name)
    return found


def _remembered(found: Survey, settings: Settings, files: Mapping[str, int]) -> dict[str, Remembered]:
    return {
        name: Remembered(
            spec.at.file,
            spec.body.file if isinstance(spec, NodeSpec) and spec.body else "",
            tuple(sorted({it.file for it in (*spec.imports, *(it for code in spec.code for it in code.modules))})),
            tuple((it.node, _why(it, spec)) for it in found.graph.needs[name]),
            "" if _is_wide(spec, found) else _outward(spec, found.interfaces[name], found, settings),
            files.get(name, 0),
        )
        for name, spec in found.graph.specs.items()
    }


def _why(need: Need, spec: Spec) -> str:
    """Return why a node is needed; who calls a node may need its models as well, and is known by that."""
    steps = spec.steps if isinstance(spec, NodeSpec) and need.why != "body" else ()
    return "calls" if any(need.node in (it.node, it.undo) for it in steps) else need.why


def _is_wide(spec: Spec, found: Survey) -> bool:
    """Return whether a spec is made of others, or depends on nodes without needing them."""
    if any(it.owns(spec.at) for it in found.expansions.values()) or spec.code or spec.imports:
        return True
    if not isinstance(spec, NodeSpec) or spec.adopted:
        return isinstance(spec, NodeSpec)
    # Who consumes and publishes what, and with which payloads, is judged over all nodes together.
    return spec.events != Events() or bool(published_topics(spec)) or any(it.consumes for it in spec.handlers)


def _outward(spec: Spec, interface: str, found: Survey, settings: Settings) -> str:
    """Return the digest of what the files around the nodes, other nodes and the graph's gates know of a spec."""
    if not isinstance(spec, NodeSpec):
        return digest_json([interface])
    alone = Names(Graph({spec.name: spec}, {spec.name: ()}), settings.package)
    told = topics(spec, found.graph)
    known: list[Json] = [told.requested, told.completed, told.failed, *told.subscribed, *told.published]
    listed: list[Json] = [*support(alone)]
    return digest_json([interface, spec.domain, spec.kind.value, known, listed, variables(alone, settings)])
