"""The module of a handler, as far as it is the same for every way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import Compound, Docstring, HandWritten, Line, Statement, class_, quoted, spaced
from omnibuild.core.values import ClassOf, Imported, NodeSpec, Pointer
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.part import Part


def writer(names: Names, imports: Imports) -> Callable[[Imported | ClassOf], str]:
    """Return what spells the classes and imports of lowered expressions in one module."""

    def written(it: Imported | ClassOf) -> str:
        if isinstance(it, Imported):
            return imports.name(it.module, it.name)
        return names.imported(it.ref, imports)

    return written


def handler_module(
    spec: NodeSpec,
    names: Names,
    imports: Imports,
    members: Sequence[Compound | HandWritten],
    origins: Mapping[tuple[str, ...], Pointer],
    *,
    beside: Sequence[Statement] = (),
    description: str = "",
) -> Part:
    """Return the module of a handler whose class has these methods; `beside` stands before the class."""
    name = handler_class(spec)
    body: list[Statement] = [Docstring(spec.description), *(spaced(it) for it in members)]
    text = module(description or spec.description, imports, [*beside, class_(name, [], body)])
    return Part(names.path(names.handler_module(spec)), text, {(): spec.at, **origins})


def handlers_package(spec: NodeSpec, names: Names) -> Part:
    """Return the package that offers a node's handler."""
    name = handler_class(spec)
    imports = Imports(names.package)
    imports.name(names.handler_module(spec), name)
    exports = spaced(Line(f"__all__ = [{quoted(name)}]"))
    path = names.path(f"{names.package_of(spec.name)}.handlers", is_package=True)
    return Part(path, module(f"The handler of {spec.name}.", imports, [exports]), {(): spec.at})
