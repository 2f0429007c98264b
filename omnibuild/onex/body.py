"""A node of any kind whose `handle` is hand-written: the body, spliced into the handler."""

from __future__ import annotations

from omnibuild.assemble.body import method, take_apart
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Compound, HandWritten, Line, Parameter, function
from omnibuild.core.values import NodeSpec, Problem
from omnibuild.onex.code import handler_module
from omnibuild.onex.environment import CLASS as ENVIRONMENT
from omnibuild.onex.environment import environment_module
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.part import Part
from omnibuild.onex.tests import example_tests
from omnibuild.onex.way import Way
from omnibuild.spec.body import read_body


def check(spec: NodeSpec, names: Names) -> list[Problem]:
    """Return nothing: the shape of a body is checked as soon as it is read."""
    del spec, names
    return []


def handler(spec: NodeSpec, names: Names) -> Part:
    """Return the handler with the body's `handle` as its method, and the rest of the body before it."""
    if spec.body is None:
        raise ValueError(f"{spec.name} has no body")
    imports = Imports(names.package, reserved=(handler_class(spec),))
    parts = take_apart(spec.body.text, imports)
    members: list[Compound | HandWritten] = []
    first: list[str] = []
    if spec.env:
        imports.name(environment_module(spec, names), ENVIRONMENT)
        members.append(_constructor())
    if len(parts.handle.parameters) > 1:
        first.append(f"{parts.handle.parameters[1]} = self._environment")
    members.append(method(parts.handle, f"Answer one request to {spec.name}.", first))
    part = handler_module(
        spec, names, imports, members, {}, beside=parts.beside, description=parts.description or spec.description
    )
    return Part(part.path, part.text, part.origins, spec.body)


def _constructor() -> Compound:
    return function(
        "__init__",
        [Parameter("self"), Parameter("environment", f"{ENVIRONMENT} | None", "None")],
        "None",
        [Line(f"self._environment = environment or {ENVIRONMENT}.read()")],
    )


def _is_async(spec: NodeSpec) -> bool:
    if spec.body is None:
        return False
    shape, _ = read_body(spec.body, environment=bool(spec.env))
    return shape is not None and shape.is_async


WAY = Way(check=check, handler=handler, is_async=_is_async, tests=example_tests(is_async=_is_async), direct=True)
