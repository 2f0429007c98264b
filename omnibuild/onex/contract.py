"""contract.yaml: the shape that ONEX's runtimes and checks accept (docs/onex.md)."""

from __future__ import annotations

from collections.abc import Mapping

from omnibuild.core.values import Json, Kind, NodeSpec
from omnibuild.onex.adopted.contract import adopted_contract, policy_entries, variable_entry
from omnibuild.onex.adopted.shapes import merged
from omnibuild.onex.names import Names, folder, handler_class, node_type
from omnibuild.onex.reducer.state_machine import state_machine
from omnibuild.onex.topics import consumed_topic, topics
from omnibuild.onex.version import semver

_PURE = (Kind.COMPUTE, Kind.REDUCER)


def contract(spec: NodeSpec, names: Names) -> dict[str, Json]:
    """Return a node's contract; what the spec says under `contract:` is merged last."""
    if spec.adopted:
        return merged(adopted_contract(spec, spec.adopted), spec.contract)
    found = topics(spec, names.graph)
    version = semver(spec.version)
    result: dict[str, Json] = {
        "name": folder(spec),
        "node_type": node_type(spec.kind),
        "contract_version": version,
        "node_version": dict(version),
        "description": spec.description,
        "input_model": f"{names.class_module(spec.input)}.{names.class_name(spec.input)}",
        "output_model": f"{names.class_module(spec.output)}.{names.class_name(spec.output)}",
        "terminal_event": found.completed,
        "descriptor": _descriptor(spec),
        "handler_routing": {
            "version": semver("1.0.0"),
            "routing_strategy": "operation_match",
            "handlers": _handlers(spec, names),
        },
        "event_bus": {
            "version": semver("1.0.0"),
            "subscribe_topics": list(found.subscribed),
            "publish_topics": list(found.published),
        },
    }
    if spec.events.external:
        result["externally_consumed_topics"] = list(spec.events.external)
    if spec.machine:
        result["state_machine"] = state_machine(spec, spec.machine)
    if spec.env:
        result["env_dependencies"] = {it.name: variable_entry(it) for it in spec.env}
    return merged(result, spec.contract)


def _handlers(spec: NodeSpec, names: Names) -> list[Json]:
    """Return an entry for each handler; one that takes another model than the node says which."""
    if not spec.handlers:
        handler: dict[str, Json] = {"name": handler_class(spec), "module": names.handler_module(spec)}
        return [{"operation": spec.name, "handler": handler}]
    entries: list[Json] = []
    for it in spec.handlers:
        module, _, name = it.source.partition(":")
        entry: dict[str, Json] = {"operation": it.operation, "handler": {"name": name, "module": module}}
        if it.input != spec.input:
            entry["event_model"] = {"name": names.class_name(it.input), "module": names.class_module(it.input)}
        if it.consumes:
            entry["topic"] = consumed_topic(it.consumes[0], names.graph)
        entries.append(entry)
    return entries


def read_contract(text: str) -> Mapping[str, Json] | None:
    """Return what a contract.yaml holds, None if it is not a mapping."""
    import yaml

    try:
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    return data if isinstance(data, dict) else None


def _descriptor(spec: NodeSpec) -> dict[str, Json]:
    pure = spec.kind in _PURE
    result: dict[str, Json] = {
        "node_archetype": spec.kind.value,
        "purity": "pure" if pure else "side_effecting",
        "idempotent": pure,
    }
    return result | policy_entries(spec.policy)
