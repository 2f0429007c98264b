"""What things are called in the generated package, by the table of docs/spec-language.md.

The generator has its own words for this; a gate that borrowed them could not find them wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from omnibuild.core.values import Enum, Graph, Model, NodeSpec, Ref, Spec


def camel(name: str) -> str:
    """Return a snake_case name in CamelCase."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def folder(spec: Spec) -> str:
    """Return the folder of a document in the generated package, below `nodes` or `shared`."""
    return f"node_{spec.name}_{spec.kind}" if isinstance(spec, NodeSpec) else spec.name


@lru_cache(maxsize=2)
def folders(graph: Graph) -> Mapping[str, frozenset[str]]:
    """Return the folders of all documents, below `nodes` and below `shared`."""
    found: dict[str, set[str]] = {"nodes": set(), "shared": set()}
    for spec in graph.specs.values():
        found["nodes" if isinstance(spec, NodeSpec) else "shared"].add(folder(spec))
    return {parent: frozenset(names) for parent, names in found.items()}


def package(spec: Spec, workspace: str) -> str:
    """Return the dotted package that is generated for a document."""
    return f"{workspace}.{'nodes' if isinstance(spec, NodeSpec) else 'shared'}.{folder(spec)}"


_OF_THE_NODE = ("Input", "Output")
_OF_THE_MACHINE = ("State", "Status")


def class_of(found: Model | Enum, spec: Spec) -> str:
    """Return the class that a model or an enum of a document is."""
    if isinstance(found, Model) and found.source:
        return found.source.partition(":")[2]
    if found.replaces:
        return found.replaces.partition(":")[2]
    prefix = "Model" if isinstance(found, Model) else "Enum"
    name = found.ref.name
    derived = isinstance(spec, NodeSpec) and spec.machine is not None and name in _OF_THE_MACHINE
    return f"{prefix}{camel(spec.name)}{name}" if name in _OF_THE_NODE or derived else f"{prefix}{name}"


def handler_class(spec: NodeSpec) -> str:
    """Return the class that is generated for a node's handler."""
    return f"Handler{camel(spec.name)}"


def expected_class(graph: Graph, ref: Ref) -> str | None:
    """Return the class that a reference leads to, None if it leads nowhere."""
    found = graph.lookup(ref)
    return class_of(found, graph.specs[found.ref.document]) if isinstance(found, Model) else None


def file_of(module: str, files: Iterable[str] | Mapping[str, str]) -> str | None:
    """Return which of the files holds a dotted module, None if none does."""
    path = module.replace(".", "/")
    endings = (f"{path}.py", f"{path}/__init__.py")
    return next((file for file in files for end in endings if file == end or file.endswith(f"/{end}")), None)
