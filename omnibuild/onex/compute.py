"""A compute node: `handle` maps the input to the output by expressions."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.assemble.expression import expression
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Docstring, Parameter, Statement, assign, call, function, returning
from omnibuild.core.remembered import remembered
from omnibuild.core.values import Logic, Model, NodeSpec, Pointer, Problem
from omnibuild.onex.code import handler_module, writer
from omnibuild.onex.logic import REQUEST, LoweredLogic, lower_logic, request_scope
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.part import Part
from omnibuild.onex.tests import example_tests
from omnibuild.onex.way import Way


@remembered
def _lower(spec: NodeSpec, names: Names) -> tuple[LoweredLogic | None, list[Problem]]:
    output = names.graph.lookup(spec.output)
    if spec.logic is None or not isinstance(output, Model):
        return None, []
    return lower_logic(spec.logic, output, request_scope(spec, names))


def check(spec: NodeSpec, names: Names) -> list[Problem]:
    """Return what is wrong with the logic."""
    return _lower(spec, names)[1]


def handler(spec: NodeSpec, names: Names) -> Part:
    """Return the handler: one statement for each intermediate value, then the output."""
    logic, _ = _lower(spec, names)
    if spec.logic is None or logic is None:
        raise ValueError(f"{spec.name} was assembled although its logic has problems")
    imports = Imports(names.package, reserved=(handler_class(spec),))
    request, output = names.imported(spec.input, imports), names.imported(spec.output, imports)
    written = writer(names, imports)
    statements: list[Statement] = [Docstring("Compute the output of one request.")]
    statements += [assign(key, expression(it.tree, written)) for key, it in logic.let]
    statements.append(returning(call(output, [(key, expression(it.tree, written)) for key, it in logic.output])))
    handle = function("handle", [Parameter("self"), Parameter(REQUEST, request)], output, statements)
    return handler_module(spec, names, imports, [handle], dict(logic_origins(spec, spec.logic)))


def logic_origins(spec: NodeSpec, logic: Logic) -> Iterator[tuple[tuple[str, ...], Pointer]]:
    """Yield where the values that `handle` computes come from."""
    path = (handler_class(spec), "handle")
    yield path, logic.at
    for entry in (*logic.let, *logic.output):
        yield (*path, entry.name), entry.value.at


WAY = Way(
    check=check, handler=handler, is_async=lambda _: False, tests=example_tests(is_async=lambda _: False), direct=True
)
