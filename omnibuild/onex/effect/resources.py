"""What a handler holds: its constructor, and its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from omnibuild.assemble.blocks import if_
from omnibuild.assemble.tree import Compound, Docstring, Line, Parameter, Statement, function
from omnibuild.core.distinct import distinct
from omnibuild.core.values import NodeSpec
from omnibuild.onex.connectors.connector import Resource
from omnibuild.onex.environment import CLASS as ENVIRONMENT

OPENED = "self._opened"
"""The exit stack with what the handler has opened itself."""


def resource_names(resources: Iterable[Resource], taken: Iterable[str] = ()) -> Mapping[Resource, str]:
    """Return what each resource is called: its own name, or that and its stem where others have the same one."""
    found = list(dict.fromkeys(resources))
    counted = [it.name for it in found]
    names: dict[Resource, str] = {}
    for it in found:
        name = it.name if counted.count(it.name) == 1 else f"{stem(it)}_{it.name}"
        names[it] = distinct(name, {*names.values(), *taken})
    return names


def stem(resource: Resource) -> str:
    """Return the word that tells a resource apart: `orders` of env.ORDERS_DATABASE_URL."""
    variable = re.search(r"env\.(\w+)", resource.stem)
    word = variable[1].lower() if variable else "other"
    return re.sub(r"(?<=\w)_(database|db)$", "", word.removesuffix("_url"))


def is_opened(resources: Iterable[Resource]) -> bool:
    """Return whether a handler opens something, which it then has to close."""
    return any(it.closed for it in resources)


def constructor(
    spec: NodeSpec, names: Mapping[Resource, str], write: Callable[[Resource], tuple[str, str]], stack: str
) -> list[Compound]:
    """Return `__init__`, and `aclose` if there is something to close.

    `write` returns a resource's annotation and the expression that opens it; `stack` is what AsyncExitStack is called.
    """
    parameters = [Parameter("self")]
    body: list[Statement] = []
    if spec.env:
        parameters.append(Parameter("environment", f"{ENVIRONMENT} | None", "None"))
        body.append(Line(f"self._environment = environment or {ENVIRONMENT}.read()"))
    if is_opened(names):
        body.append(Line(f"{OPENED} = {stack}()"))
    for resource, name in names.items():
        annotation, opened = write(resource)
        parameters.append(Parameter(name, f"{annotation} | None", "None"))
        if opened:
            opening: list[Statement] = [Line(f"{name} = {opened}")]
            if resource.closed:
                opening.append(Line(f"{OPENED}.push_async_callback({name}.{resource.closed})"))
            body.append(if_(f"{name} is None", opening))
        body.append(Line(f"self._{name} = {name}"))
    if not body:
        return []
    made = [function("__init__", parameters, "None", body)]
    return [*made, _aclose()] if is_opened(names) else made


def _aclose() -> Compound:
    body: list[Statement] = [
        Docstring("Close what the handler opened itself; what was passed in stays open."),
        Line(f"await {OPENED}.aclose()"),
    ]
    return function("aclose", [Parameter("self")], "None", body, is_async=True)
