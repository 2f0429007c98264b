"""An effect: `handle` runs operations in their order, and makes the output of their results."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Compound, Docstring, Parameter, Statement, assign, call, function, returning, spaced
from omnibuild.core.values import NodeSpec, Pointer, Problem
from omnibuild.onex.code import handler_module
from omnibuild.onex.connectors import connectors_of
from omnibuild.onex.connectors.connector import Resource
from omnibuild.onex.effect.operation_code import OperationCode
from omnibuild.onex.effect.operations import Plan, plan
from omnibuild.onex.effect.resources import constructor, is_opened
from omnibuild.onex.effect.scenario import scenario_tests
from omnibuild.onex.effect.world import check_world, fixtures_of
from omnibuild.onex.environment import CLASS as ENVIRONMENT
from omnibuild.onex.environment import environment_module
from omnibuild.onex.logic import REQUEST
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.part import Part
from omnibuild.onex.way import Way

_RETRIES = "tenacity>=9.0"


def check(spec: NodeSpec, names: Names) -> list[Problem]:
    """Return what is wrong with the operations, the logic and the worlds of the examples."""
    return [*plan(spec, names)[1], *check_world(spec)]


def handler(spec: NodeSpec, names: Names) -> Part:
    """Return the handler: what it holds, its operations one after the other, then the output."""
    found = _planned(spec, names)
    reserved = {it.name for it in found.steps} | {name for name, _ in found.logic.let}
    imports = Imports(names.package, reserved=(handler_class(spec), *sorted(reserved - {""})))
    request, output = names.imported(spec.input, imports), names.imported(spec.output, imports)
    code = OperationCode(spec, names, imports, found)
    statements: list[Statement] = [Docstring(_summary(found)), *code.statements()]
    statements += [assign(name, code.written(it.tree)) for name, it in found.logic.let]
    fields = [(name, code.written(it.tree)) for name, it in found.logic.output]
    statements.append(returning(call(output, fields)))
    handle = function("handle", [Parameter("self"), Parameter(REQUEST, request)], output, statements, is_async=True)
    members = [*_holding(spec, names, imports, code), handle]
    constants = [assign(name, value) for name, (value, _) in code.constants.items()]
    constants[:1] = map(spaced, constants[:1])
    origins = dict(_origins(spec, found)) | {(name,): at for name, (_, at) in code.constants.items()}
    return handler_module(spec, names, imports, _ordered(members), origins, beside=constants)


def is_closed(spec: NodeSpec, names: Names) -> bool:
    """Return whether the node's handler has an `aclose` that is to be awaited at its end."""
    found, _ = plan(spec, names) if spec.operations and spec.body is None else (None, [])
    return found is not None and is_opened(it for step in found.steps for it in step.action.resources)


def _planned(spec: NodeSpec, names: Names) -> Plan:
    found, _ = plan(spec, names)
    if found is None:
        raise ValueError(f"{spec.name} was assembled although its operations have problems")
    return found


def _summary(found: Plan) -> str:
    begun = [it.action.transaction for it in found.steps[:-1] if it.action.transaction]
    if not begun:
        return "Run the operations in order."
    keep = "database keeps" if len(set(begun)) == 1 else "databases keep"
    return f"Run the operations in order; the {keep} nothing if one of them fails."


def _holding(spec: NodeSpec, names: Names, imports: Imports, code: OperationCode) -> list[Compound]:
    if spec.env:
        imports.name(environment_module(spec, names), ENVIRONMENT)
    stack = imports.name("contextlib", "AsyncExitStack") if is_opened(code.resources) else ""

    def write(resource: Resource) -> tuple[str, str]:
        return code.text(resource.annotation), code.text(resource.opened) if resource.opened else ""

    return constructor(spec, code.resources, write, stack)


def _ordered(members: list[Compound]) -> list[Compound]:
    """Return the methods with `aclose` at the end."""
    return sorted(members, key=lambda it: it.name == "aclose")


def _origins(spec: NodeSpec, found: Plan) -> Iterator[tuple[tuple[str, ...], Pointer]]:
    path = (handler_class(spec), "handle")
    yield path, spec.at.to("operations")
    for step in found.steps:
        if step.name:
            yield (*path, step.name), step.operation.at.to(step.operation.connector)
    for entry in (*spec.logic.let, *spec.logic.output) if spec.logic else ():
        yield (*path, entry.name), entry.value.at


def _support(spec: NodeSpec) -> frozenset[str]:
    used = {name for it in connectors_of(spec) for name in it.support} | {"errors"}
    return frozenset(used | ({"retries"} if _retries(spec) else set()))


def _requirements(spec: NodeSpec) -> frozenset[str]:
    used = {name for it in connectors_of(spec) for name in it.requirements}
    return frozenset(used | ({_RETRIES} if _retries(spec) else set()))


def _test_requirements(spec: NodeSpec) -> frozenset[str]:
    return frozenset(name for it in fixtures_of(spec) for name in it.requirements)


def _retries(spec: NodeSpec) -> bool:
    return any(it.retry for it in spec.operations)


WAY = Way(
    check=check,
    handler=handler,
    is_async=lambda _: True,
    tests=scenario_tests(is_closed),
    support=_support,
    requirements=_requirements,
    closes=is_closed,
    test_requirements=_test_requirements,
)
