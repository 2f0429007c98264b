"""The connectors: one module each, found by name; those of other distributions by their entry points."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from omnibuild.core.values import Json, NodeSpec

if TYPE_CHECKING:
    from omnibuild.onex.connectors.connector import Connector, Fixture

GROUP = "omnibuild.connectors"
"""The group of the entry points that lead to a `Connector`."""


@cache
def _own() -> dict[str, Connector]:
    modules = (importlib.import_module(f"{__name__}.{it.name}") for it in pkgutil.iter_modules(__path__))
    found = [module.CONNECTOR for module in modules if hasattr(module, "CONNECTOR")]
    return {it.name: it for it in found}


@cache
def _entry_points(_path: tuple[str, ...]) -> dict[str, metadata.EntryPoint]:
    return {it.name: it for it in metadata.entry_points(group=GROUP) if it.name not in _own()}


def _others() -> dict[str, metadata.EntryPoint]:
    """Return the entry points of what is installed now, by name; omnibuild's own connectors cannot be replaced."""
    return _entry_points(tuple(sys.path))


@cache
def _loaded(entry_point: metadata.EntryPoint) -> Connector | str:
    """Return the connector that an entry point leads to, or why it leads to none."""
    from omnibuild.onex.connectors.connector import Connector

    try:
        found = entry_point.load()
    except Exception as error:  # noqa: BLE001  # it is the code of others, which may raise anything
        return f"{entry_point.value} cannot be imported: {type(error).__name__}: {error}"
    if isinstance(found, Connector) and found.name == entry_point.name:
        return found
    return f"{entry_point.value} is not a connector called {entry_point.name}"


def _find(name: str) -> Connector | str:
    if name in _own():
        return _own()[name]
    return _loaded(_others()[name]) if name in _others() else ""


def connector_named(name: str) -> Connector | None:
    """Return the connector of this name, None if there is none or it cannot be used."""
    found = _find(name)
    return None if isinstance(found, str) else found


def obstacle(name: str) -> str:
    """Return why a connector that is installed cannot be used, "" if it can or is not installed."""
    found = _find(name)
    return found if isinstance(found, str) else ""


def connector_names() -> tuple[str, ...]:
    """Return the names of all connectors that are installed, omnibuild's own first."""
    return (*_own(), *sorted(_others()))


def connectors_of(spec: NodeSpec) -> tuple[Connector, ...]:
    """Return the connectors that a node's operations use, each once."""
    found = (connector_named(name) for name in dict.fromkeys(it.connector for it in spec.operations))
    return tuple(it for it in found if it)


def fixtures(spec: NodeSpec) -> dict[str, Fixture]:
    """Return what a node's examples can give and look at, by the key in `given:` and `then:`."""
    found = {it.name: it for it in (*_own().values(), *connectors_of(spec))}
    return {it.fixture.key: it.fixture for it in found.values() if it.fixture}


def published_topics(spec: NodeSpec) -> tuple[str, ...]:
    """Return the topics that a node's operations publish."""
    used = {it.name: it for it in connectors_of(spec)}
    known = [it for it in spec.operations if it.connector in used]
    return tuple(dict.fromkeys(topic for it in known for topic in used[it.connector].topics(it.parameters)))


def connector_versions(spec: NodeSpec) -> dict[str, str]:
    """Return the versions of the distributions that a node's connectors come from; omnibuild's own are left out."""
    used = {it.connector for it in spec.operations}
    found = {name: it.dist for name, it in _others().items() if name in used} if used else {}
    return {name: f"{it.name} {it.version}" if it else "" for name, it in found.items()}


def connector_schemas() -> dict[str, Json]:
    """Return the JSON Schema of the parameters of every connector, by its name."""
    found = {name: connector_named(name) for name in connector_names()}
    return {name: it.parameters.model_json_schema() for name, it in found.items() if it}
