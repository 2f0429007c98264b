"""What selectors mean that ask for more than the graph knows: `changed`, `stale` and `failed`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omnibuild.assemble.template import Templates
from omnibuild.core.ports import World
from omnibuild.core.values import NodeSpec, Place, Problem, Settings, Spec, Status
from omnibuild.decisions import decisions
from omnibuild.graph.selection import Meanings, bare
from omnibuild.onex.assembly import PACKAGE
from omnibuild.survey import Survey

_HEAD = "HEAD"


def meanings(selectors: Sequence[str], found: Survey, world: World, settings: Settings) -> Meanings:
    """Return what each of the selectors that look back means, or why that cannot be told.

    A node that has such a name is meant by it first.
    """
    result: dict[str, frozenset[str] | Problem] = {}
    for core in dict.fromkeys(map(bare, selectors)):
        what, colon, value = core.partition(":")
        if core in found.graph.specs:
            continue
        if what == "changed" and (value or not colon):
            result[core] = _changed(value or _HEAD, found, world)
        elif core in ("stale", "failed"):
            stale = _stale(found, world, settings)
            result[core] = stale if core == "stale" else world.past.failed() & (stale | found.failed)
    return result


def _changed(revision: str, found: Survey, world: World) -> frozenset[str] | Problem:
    """Return the nodes of which a file is other than in a revision: spec, body, or the code that they lead to."""
    files = world.past.changed(revision)
    if isinstance(files, Problem):
        return files
    own = {name for name, spec in found.graph.specs.items() if not files.isdisjoint(_files(spec, found))}
    broken = {
        it.node for it in map(found.place, found.problems) if isinstance(it.at, Place) and it.at.file in files
    } & found.failed
    return frozenset(own | broken)


def _files(spec: Spec, found: Survey) -> Iterator[str]:
    yield found.locate(spec.at).file
    yield from (it.file for it in spec.imports)
    yield from (it.file for code in spec.code for it in code.modules)
    if isinstance(spec, NodeSpec):
        yield from (spec.body.file,) if spec.body else ()
        original = spec.adopted.sections.get("from") if spec.adopted else None
        yield from (original,) if isinstance(original, str) else ()


def _stale(found: Survey, world: World, settings: Settings) -> frozenset[str]:
    """Return the nodes that a build would build or restore."""
    decided = decisions(found, world, settings, Templates(world.templates))
    return frozenset(name for name, it in decided.items() if it.status is not Status.UP_TO_DATE and name != PACKAGE)
