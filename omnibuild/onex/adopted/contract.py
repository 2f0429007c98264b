"""contract.yaml of a node that was adopted: what it held before, from what the spec says of it."""

from __future__ import annotations

from collections.abc import Mapping

from omnibuild.core.values import Adopted, Json, NodeSpec, Policy, Variable
from omnibuild.onex.adopted.sections import SECTIONS
from omnibuild.onex.names import folder, node_type
from omnibuild.onex.version import semver

CONSUMED, PUBLISHED = "subscribe_topics", "publish_topics"


def adopted_contract(spec: NodeSpec, adopted: Adopted) -> dict[str, Json]:
    """Return the contract that the spec says; `contract:` is not merged in yet."""
    said = adopted.sections
    result: dict[str, Json] = {
        "name": said.get("name") or folder(spec),
        "node_type": node_type(spec.kind) if said.get("node_type") == "generic" else spec.kind.value,
    }
    if said.get("contract_version") != "none":
        result["contract_version"] = semver(str(said.get("contract_version") or spec.version))
    for key, usual in (("node_version", "numbers"), ("version", "none")):
        form = said.get(key, usual)
        if form != "none":
            result[key] = spec.version if form == "text" else semver(spec.version)
    if said.get("described", True):
        result["description"] = adopted.description
    result |= {key: shape.written(said[name]) for name, (key, shape) in SECTIONS.items() if name in said}
    _policy(spec, result)
    _topics(spec, said, result)
    if spec.env:
        result["env_dependencies"] = {it.name: variable_entry(it) for it in spec.env}
    _strays(said, result)
    return result


def _policy(spec: NodeSpec, result: dict[str, Json]) -> None:
    said = policy_entries(spec.policy)
    found = result.get("descriptor")
    if said:
        result["descriptor"] = {**(found if isinstance(found, dict) else {}), **said}


def policy_entries(policy: Policy) -> dict[str, Json]:
    """Return what a contract's descriptor says of a policy."""
    result: dict[str, Json] = {}
    if policy.idempotent is not None:
        result["idempotent"] = policy.idempotent
    if policy.timeout is not None:
        result["timeout_ms"] = round(policy.timeout * 1000)
    if policy.retry:
        result["retry_policy"] = {
            "max_retries": policy.retry.attempts - 1,
            "base_delay_ms": round(policy.retry.backoff * 1000),
        }
    return result


def _topics(spec: NodeSpec, said: Mapping[str, Json], result: dict[str, Json]) -> None:
    """Add the topics that the node consumes and publishes; a list with nothing in it only where the spec says so."""
    bus, of_bus = result.get("event_bus"), said.get("bus")
    empty = of_bus.get("empty") if isinstance(of_bus, dict) else None
    lists = {CONSUMED: ("consumes", spec.events.consumes), PUBLISHED: ("publishes", spec.events.publishes)}
    for key, (name, topics) in lists.items():
        if topics or (isinstance(empty, list) and name in empty):
            bus = bus if isinstance(bus, dict) else {}
            bus[key] = list(topics)
    if isinstance(bus, dict):
        result["event_bus"] = bus
    if spec.events.external:
        sinks = result.get("externally_consumed_topics")
        all_ = [*(sinks if isinstance(sinks, list) else ()), *spec.events.external]
        result["externally_consumed_topics"] = list(dict.fromkeys(map(str, all_)))


def _strays(said: Mapping[str, Json], result: dict[str, Json]) -> None:
    """Add the words that YAML took for keys."""
    strays = said.get("strays")
    for section, entries in strays.items() if isinstance(strays, dict) else ():
        found = result.get(section)
        for name, words in entries.items() if isinstance(entries, dict) and isinstance(found, dict) else ():
            entry = found.get(name) if isinstance(found, dict) else None
            if isinstance(entry, dict) and isinstance(words, list):
                entry |= {str(word): None for word in words}


def adopted_handlers(adopted: Adopted) -> list[str]:
    """Return the handlers that an adopted node's contract names, as paths, the main one first."""
    routing = adopted.sections.get("routing")
    entries = routing.get("handlers") if isinstance(routing, dict) else None
    listed = entries if isinstance(entries, list) else []
    named = [adopted.sections.get("handler"), *(it.get("handler") for it in listed if isinstance(it, dict))]
    classes = [it.get("class") if isinstance(it, dict) else it for it in named]
    return list(dict.fromkeys(it.replace(":", ".") for it in classes if isinstance(it, str)))


def variable_entry(variable: Variable) -> Json:
    """Return what the contract says of an environment variable."""
    result: dict[str, Json] = {"required": variable.required}
    if variable.default is not None:
        result["default"] = variable.default
    if variable.description:
        result["description"] = variable.description
    return result
