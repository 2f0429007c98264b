"""environment.py: what a node reads from its environment, once, at start."""

from __future__ import annotations

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import (
    Docstring,
    Parameter,
    Statement,
    call,
    class_,
    declare,
    function,
    quoted,
    returning,
    spaced,
)
from omnibuild.core.values import NodeSpec, Pointer, Variable
from omnibuild.onex.names import Names
from omnibuild.onex.part import Part

CLASS = "Environment"


def environment_module(spec: NodeSpec, names: Names) -> str:
    """Return the module of a node's environment."""
    return f"{names.package_of(spec.name)}.environment"


def environment_part(spec: NodeSpec, names: Names) -> Part | None:
    """Return the file, if the node declares variables."""
    if not spec.env:
        return None
    imports = Imports(names.package)
    imports.module("os")
    fields: list[Statement] = []
    for variable in spec.env:
        optional = not variable.required and variable.default is None
        fields.append(declare(variable.name.lower(), "str | None" if optional else "str"))
        if variable.description:
            fields.append(Docstring(variable.description))
    fields[0] = spaced(fields[0])
    built = call("cls", [(it.name.lower(), _reading(it)) for it in spec.env])
    missing = any(it.required for it in spec.env)
    told = "Read the variables; a missing one raises KeyError with its name." if missing else "Read the variables."
    own = imports.name("typing", "Self")
    read = function("read", [Parameter("cls")], own, [Docstring(told), returning(built)], decorators=["classmethod"])
    what = f"What {spec.name} reads from its environment, once, at start."
    dataclass = f"{imports.name('dataclasses', 'dataclass')}(frozen=True, slots=True)"
    body = class_(CLASS, [], [Docstring(what), *fields, spaced(read)], [dataclass])
    origins: dict[tuple[str, ...], Pointer] = {(CLASS, it.name.lower()): it.at for it in spec.env}
    origins[()] = spec.at.to("env")
    return Part(names.path(environment_module(spec, names)), module(what, imports, [body]), origins)


def _reading(variable: Variable) -> str:
    name = quoted(variable.name)
    if variable.required:
        return f"os.environ[{name}]"
    return (
        f"os.environ.get({name})" if variable.default is None else f"os.environ.get({name}, {quoted(variable.default)})"
    )
