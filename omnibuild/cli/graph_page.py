"""What the page of `omnibuild graph --format html` shows, gathered from a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from omnibuild.adapters.output import OutputFolder
from omnibuild.adapters.past import Past
from omnibuild.adapters.templates import builtin_folder
from omnibuild.cache.anchor import anchored
from omnibuild.core.values import NodeSpec, Place, Problem, Spec, Status
from omnibuild.graph.page import Parts, Picture, Shown, page
from omnibuild.graph.selection import bare, select
from omnibuild.onex.topology import topic_graph
from omnibuild.survey import Survey
from omnibuild.workspace import Plan, Workspace

_ENDINGS = ("html", "css", "js")


def graph_page(space: Workspace, selectors: Sequence[str], *, by_topics: bool) -> tuple[str, list[Problem]]:
    """Return the page of a workspace, and what is wrong with the selectors; without any, it has the broken nodes."""
    plan = space.plan()
    found = plan.survey
    meanings = space.meanings(selectors, found)
    usable = [it for it in selectors if bare(it) not in plan.failed | plan.skipped]
    names, wrong = select(found.graph, usable, meanings) if usable or not selectors else ((), [])
    asked = {bare(it) for it in selectors}.union(*(it for it in meanings.values() if isinstance(it, frozenset)))
    broken = sorted(it for it in plan.failed | plan.skipped if not selectors or it in asked)
    picture = Picture(
        title=space.settings.package,
        graph=found.graph,
        names=names,
        topics=topic_graph(found.graph),
        shown=_shown(space, plan, (*names, *broken)),
        texts={**found.texts, **dict(_bodies(found))},
        broken=broken,
        by_topics=by_topics,
    )
    folder = builtin_folder() / "graph"
    return page(picture, Parts(*((folder / f"page.{it}").read_text(encoding="utf-8") for it in _ENDINGS))), wrong


def _shown(space: Workspace, plan: Plan, names: Iterable[str]) -> dict[str, Shown]:
    found, files = plan.survey, _files(space, plan.survey)
    last = Past(space.root, space.root / space.settings.cache).last_build
    problems: dict[str, list[Problem]] = {}
    for it in plan.problems:
        problems.setdefault(it.node, []).append(it)
    shown: dict[str, Shown] = {}
    for name in names:
        spec, decision = found.graph.specs.get(name), plan.decisions.get(name)
        mine = problems.get(name, [])
        if spec is None or decision is None:
            places = [it.at for it in mine if isinstance(it.at, Place)]
            state = Status.FAILED if name in plan.failed else Status.SKIPPED
            shown[name] = Shown(places[0] if places else Place("", 0, 0), state.value, problems=tuple(mine))
            continue
        verdicts = decision.trace.verdicts if decision.trace else ()
        mine += [found.place(anchored(it, spec)) for verdict in verdicts for it in verdict.problems]
        status = decision.status
        if status is Status.BUILT and name in last.failed:  # what a build would say is not known before it
            status = Status.FAILED
            mine += [it for it in last.problems if it.node == name and it not in mine]
        own = tuple(f"{space.settings.out}/{it}" for it in files.get(name, ()))
        shown[name] = Shown(found.locate(spec.at), status.value, decision.because, tuple(mine), own, _body(spec))
    return shown


def _files(space: Workspace, found: Survey) -> Mapping[str, Sequence[str]]:
    """Return the files below `out/` that omnibuild wrote for each node."""
    homes = {found.names.folder_path(name): name for name in found.graph.order}
    ledger = OutputFolder(space.root / space.settings.out, aside=space.root / space.settings.cache).ledger()
    files: dict[str, list[str]] = {}
    for path in ledger:
        above = path
        while above := above.rpartition("/")[0]:
            if above in homes:
                files.setdefault(homes[above], []).append(path)
                break
    return files


def _bodies(found: Survey) -> Iterator[tuple[str, str]]:
    for spec in found.graph.specs.values():
        if isinstance(spec, NodeSpec) and spec.body:
            yield spec.body.file, spec.body.text


def _body(spec: Spec) -> str:
    return spec.body.file if isinstance(spec, NodeSpec) and spec.body else ""
