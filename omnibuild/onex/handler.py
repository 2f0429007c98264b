"""handlers/: the class whose `handle` does the work, from `logic:` or from a body."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from omnibuild.assemble.body import method, take_apart
from omnibuild.assemble.expression import expression
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import (
    Parameter,
    Statement,
    assign,
    call,
    class_,
    docstring,
    function,
    line,
    quoted,
    returning,
)
from omnibuild.core.values import Body, ClassOf, Imported, NodeSpec, Pointer
from omnibuild.onex.environment import CLASS as ENVIRONMENT
from omnibuild.onex.environment import environment_module
from omnibuild.onex.logic import REQUEST, LoweredLogic
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.part import Part


def handler_parts(spec: NodeSpec, logic: LoweredLogic | None, names: Names) -> list[Part]:
    """Return the handler's file and the package that offers it."""
    name = handler_class(spec)
    imports = Imports(names.package)
    imports.name(names.handler_module(spec), name)
    exports = line(f"__all__ = [{quoted(name)}]").with_changes(leading_lines=[cst.EmptyLine()])
    path = names.path(f"{names.package_of(spec.name)}.handlers", is_package=True)
    package = Part(path, module(f"The handler of {spec.name}.", imports, [exports]), {(): spec.at})
    if logic is not None:
        return [package, _from_logic(spec, logic, names)]
    if spec.body is not None:
        return [package, _from_body(spec, spec.body, names)]
    raise ValueError(f"{spec.name} has neither logic nor body; gate G1 should have stopped it")


def _from_logic(spec: NodeSpec, logic: LoweredLogic, names: Names) -> Part:
    name = handler_class(spec)
    imports = Imports(names.package, reserved=(name,))
    request, output = names.imported(spec.input, imports), names.imported(spec.output, imports)

    def written(it: Imported | ClassOf) -> str:
        if isinstance(it, Imported):
            return imports.name(it.module, it.name)
        return names.imported(it.ref, imports)

    statements: list[Statement] = [docstring("Compute the output of one request.", 8)]
    statements += [assign(key, expression(it.tree, written)) for key, it in logic.let]
    fields = [(key, expression(it.tree, written)) for key, it in logic.output]
    statements.append(returning(call(output, fields)))
    handle = function("handle", [Parameter("self"), Parameter(REQUEST, request)], output, statements)
    body = class_(name, [], [docstring(spec.description, 4), _spaced(handle)])
    text = module(spec.description, imports, [body])
    return Part(names.path(names.handler_module(spec)), text, dict(_origins(spec, name)))


def _origins(spec: NodeSpec, name: str) -> Iterator[tuple[tuple[str, ...], Pointer]]:
    yield (), spec.at
    if spec.logic:
        yield (name, "handle"), spec.logic.at
        for entry in (*spec.logic.let, *spec.logic.output):
            yield (name, "handle", entry.name), entry.value.at


def _from_body(spec: NodeSpec, body: Body, names: Names) -> Part:
    name = handler_class(spec)
    imports = Imports(names.package, reserved=(name,))
    parts = take_apart(body.text, imports)
    members: list[Statement] = [docstring(spec.description, 4)]
    first: list[str] = []
    if spec.env:
        imports.name(environment_module(spec, names), ENVIRONMENT)
        members.append(_spaced(_constructor()))
    parameters = [it.name.value for it in parts.handle.params.params]
    if len(parameters) > 1:
        first.append(f"{parameters[1]} = self._environment")
    members.append(_spaced(method(parts.handle, f"Answer one request to {spec.name}.", first)))
    text = module(parts.description or spec.description, imports, [*parts.beside, class_(name, [], members)])
    return Part(names.path(names.handler_module(spec)), text, {(): spec.at}, body)


def _constructor() -> cst.FunctionDef:
    return function(
        "__init__",
        [Parameter("self"), Parameter("environment", f"{ENVIRONMENT} | None", "None")],
        "None",
        [line(f"self._environment = environment or {ENVIRONMENT}.read()")],
    )


def _spaced[N: (cst.FunctionDef, cst.SimpleStatementLine)](node: N) -> N:
    return node.with_changes(leading_lines=[cst.EmptyLine(), *node.leading_lines])
