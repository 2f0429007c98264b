"""An orchestrator: `handle` calls other nodes, each as soon as what it is asked is known."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Docstring, Parameter, function
from omnibuild.core.values import NodeSpec, Pointer, Problem
from omnibuild.onex.code import handler_module
from omnibuild.onex.compute import logic_origins
from omnibuild.onex.logic import REQUEST
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.orchestrator.flow import Flow
from omnibuild.onex.orchestrator.group import function_name
from omnibuild.onex.orchestrator.phrases import logic_of
from omnibuild.onex.orchestrator.step_problems import step_problems, variables
from omnibuild.onex.orchestrator.steps import Steps, is_chain
from omnibuild.onex.orchestrator.stubs import stub_tests
from omnibuild.onex.orchestrator.wiring import Wiring, closes, method_name
from omnibuild.onex.part import Part
from omnibuild.onex.way import Way


def check(spec: NodeSpec, names: Names) -> Iterator[Problem]:
    """Yield what is wrong with the steps, the logic, and what the examples say of the steps."""
    yield from step_problems(spec, names)


def handler(spec: NodeSpec, names: Names) -> Part:
    """Return the handler: `handle` has the steps in their order, a method for each one calls its node."""
    steps = Steps(spec, names)
    imports = Imports(names.package, reserved=sorted({handler_class(spec), *variables(spec)}))
    wiring = Wiring(steps, imports)
    request, output = names.imported(spec.input, imports), names.imported(spec.output, imports)
    constructor = wiring.constructor()
    statements = [Docstring("Run the steps and gather their results."), *Flow(steps, imports).statements()]
    handle = function("handle", [Parameter("self"), Parameter(REQUEST, request)], output, statements, is_async=True)
    methods = [wiring.method(steps.by_name[it.name]) for it in spec.steps]
    members = [constructor, handle, *methods, *wiring.closing()]
    return handler_module(spec, names, imports, members, dict(_origins(steps)))


def _origins(steps: Steps) -> Iterator[tuple[tuple[str, ...], Pointer]]:
    """Yield where the parts of the handler come from."""
    spec, name = steps.spec, handler_class(steps.spec)
    yield from logic_origins(spec, logic_of(spec))
    yield (name, "handle"), spec.at.to("steps")
    for step in steps.order:
        yield (name, "handle", step.name), step.call.at
        yield (name, "handle", function_name(step.name)), step.call.at
        yield (name, method_name(step, steps)), step.call.at


def _support(spec: NodeSpec) -> frozenset[str]:
    """Return what the handler and its tests import from beside the nodes."""
    found = {"calls", "errors", "stubs"}
    if any(it.undo for it in spec.steps):
        found.add("saga")
    if any(it.retry for it in spec.steps):
        found.add("retries")
    if any(it.for_each for it in spec.steps) or not is_chain(spec.steps):
        found.add("steps")
    return frozenset(found)


def _requirements(spec: NodeSpec) -> frozenset[str]:
    return frozenset({"tenacity>=9.0"} if any(it.retry for it in spec.steps) else ())


WAY = Way(
    check=check,
    handler=handler,
    is_async=lambda _: True,
    tests=stub_tests,
    support=_support,
    requirements=_requirements,
    closes=closes,
)
