"""What is to be done about each node: its manifest, whether a trace stands under it, and whether `out/` agrees."""

from __future__ import annotations

from collections.abc import Collection

from omnibuild import gates
from omnibuild.assemble.template import Templates
from omnibuild.cache.decision import Decision, decide
from omnibuild.cache.manifest import manifest
from omnibuild.core.ports import World
from omnibuild.core.values import Json, Manifest, Mode, NodeSpec, Settings, SharedSpec, Spec, digest_json
from omnibuild.onex.assembly import HEADER, PACKAGE
from omnibuild.onex.assembly import TEMPLATES as NODE_TEMPLATES
from omnibuild.onex.connectors import connector_versions
from omnibuild.onex.names import folder
from omnibuild.onex.package import TEMPLATES as PACKAGE_TEMPLATES
from omnibuild.onex.package import requirements, support, support_template, variables
from omnibuild.onex.reference import existing_packages
from omnibuild.onex.topics import topics
from omnibuild.survey import Survey


def manifests(
    found: Survey, world: World, settings: Settings, templates: Templates, nodes: Collection[str] | None = None
) -> dict[str, Manifest]:
    """Return the manifest of every node that can be built, and of the files around them; with `nodes`, of these."""
    levels = gates.levels(settings)
    compiled: list[str] = [gate.code for gate in gates.at_compile(settings)]
    tools = {f"tool {name}": version for name, version in sorted(world.tools.items())}
    is_strict = settings.mode is Mode.STRICT
    common = tools | {
        "settings": digest_json([settings.package, list(settings.dependencies), settings.type_checker]),
        "gates": digest_json([{it: level.value for it, level in levels.items()}, list(compiled), is_strict]),
        f"template {HEADER}": templates.digest(HEADER),
    }
    declared = settings.dependencies if compiled else ()
    common |= {f"installed {it}": world.symbols.version(it) for it in declared}
    for_node = common | {f"template {name}": templates.digest(name) for name in NODE_TEMPLATES}
    shared = (tuple(common.items()), tuple(for_node.items()))
    result: dict[str, Manifest] = {}
    whole: dict[str, str] = {}
    for name, spec in found.graph.specs.items():
        needs = found.graph.needs[name]
        seen = {need.node: found.interfaces[need.node] for need in needs}
        run = {need.node: whole[need.node] for need in needs if need.why == "body"}
        own = _consumed(spec, found) | _connectors(spec)
        if compiled and isinstance(spec, NodeSpec):
            own |= {f"installed {it}": world.symbols.version(it) for it in requirements(spec)}
        if isinstance(spec, NodeSpec) and spec.body and (packages := existing_packages(found.graph)):
            own["packages"] = digest_json([*sorted(packages)])
        of_all = [it for it in shared[isinstance(spec, NodeSpec)] if it[0] not in own]
        result[name] = manifest(spec, seen, [*of_all, *own.items()], run)
        whole[name] = digest_json([result[name].key, *(whole[need.node] for need in needs)])
    if nodes is not None:
        return {name: it for name, it in result.items() if name in nodes}
    result[PACKAGE] = _around(found, settings, templates, common)
    return result


def _around(found: Survey, settings: Settings, templates: Templates, common: dict[str, str]) -> Manifest:
    """Return the manifest of the files around the nodes."""
    kinds: list[Json] = [
        folder(spec) + (":shared" if isinstance(spec, SharedSpec) else "") for spec in found.names.standing.values()
    ]
    entries = common | {f"template {name}": templates.digest(name) for name in PACKAGE_TEMPLATES}
    entries |= {f"template {it}": templates.digest(it) for it in map(support_template, support(found.names))}
    entries["nodes"] = digest_json([*sorted(map(str, kinds)), variables(found.names, settings)])
    return manifest(found.package, {}, entries.items())


def _consumed(spec: Spec, found: Survey) -> dict[str, str]:
    """Return the topics of nodes that a node listens to: they stand in its contract without being needs."""
    if isinstance(spec, SharedSpec) or not (spec.events.consumes or any(it.consumes for it in spec.handlers)):
        return {}
    return {"topics": digest_json(list(topics(spec, found.graph).subscribed))}


def _connectors(spec: Spec) -> dict[str, str]:
    """Return the versions of the connectors that a node has from other distributions."""
    if isinstance(spec, SharedSpec):
        return {}
    return {f"connector {name}": version for name, version in connector_versions(spec).items()}


def decisions(
    found: Survey, world: World, settings: Settings, templates: Templates, nodes: Collection[str] | None = None
) -> dict[str, Decision]:
    """Return what is to be done about every node that can be built, and about the files around them.

    With `nodes`, about these alone.
    """
    wanted = manifests(found, world, settings, templates, nodes)
    world.cache.prefetch({name: it.key for name, it in wanted.items()})
    hits = {name: world.cache.trace(name, it.key) for name, it in wanted.items()}
    paths = {path for hit in hits.values() if hit for path, _ in hit.files}
    paths |= set(world.output.ledger()) if nodes is None else set()
    present = world.output.digests(paths)
    return {
        name: decide(it, hits[name], hits[name] or world.cache.latest(name), present) for name, it in wanted.items()
    }
