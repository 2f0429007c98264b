"""node.py: a thin subclass of the ONEX base class of the kind. Nothing else imports it.

Importing a base class costs most of a second, so handlers, models and tests stay clear of this module.
"""

from __future__ import annotations

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import Docstring, class_
from omnibuild.core.values import Kind, NodeSpec
from omnibuild.onex.names import Names, base_class, node_class
from omnibuild.onex.part import Part

_GENERIC = (Kind.COMPUTE, Kind.REDUCER)
"""The kinds whose base class takes the input and output as type parameters."""


def node_part(spec: NodeSpec, names: Names) -> Part:
    """Return a node's node.py."""
    imports = Imports(names.package)
    base = imports.name("omnibase_core.nodes", base_class(spec.kind))
    if spec.kind in _GENERIC:
        base = f"{base}[{names.imported(spec.input, imports)}, {names.imported(spec.output, imports)}]"
    body = class_(node_class(spec), [base], [Docstring(spec.description)])
    text = module(spec.description, imports, [body])
    return Part(names.path(f"{names.package_of(spec.name)}.node"), text, {(): spec.at})
