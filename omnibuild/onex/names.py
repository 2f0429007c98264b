"""What everything is called in the generated package: docs/spec-language.md, 'Names'."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, count

from omnibuild.assemble.imports import Imports
from omnibuild.core.values import Enum, Graph, Kind, Model, NodeSpec, Ref, Spec


def pascal(name: str) -> str:
    """Return a snake_case name in PascalCase."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    """Return a PascalCase name in snake_case; a run of capitals is one word."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def kebab(name: str) -> str:
    """Return a snake_case name in kebab-case; underlines that divide nothing are left out, as topics want."""
    return "-".join(part for part in name.split("_") if part)


def folder(spec: Spec) -> str:
    """Return the name of the folder that a spec's package is generated in."""
    return f"node_{spec.name}_{spec.kind.value}" if isinstance(spec, NodeSpec) else spec.name


def handler_class(spec: NodeSpec) -> str:
    """Return the name of a node's handler: of the first one, if it has several that exist already."""
    return spec.handlers[0].source.partition(":")[2] if spec.handlers else f"Handler{pascal(spec.name)}"


def node_class(spec: NodeSpec) -> str:
    """Return the name of a node's thin subclass of the ONEX base class."""
    return f"Node{pascal(spec.name)}{pascal(spec.kind.value)}"


def base_class(kind: Kind) -> str:
    """Return the name of the ONEX base class of a kind."""
    return f"Node{pascal(kind.value)}"


def node_type(kind: Kind) -> str:
    """Return the kind as ONEX's EnumNodeType names it."""
    return f"{kind.value.upper()}_GENERIC"


def member_name(member: str) -> str:
    """Return the Python name of an enum's member."""
    return member.upper()


def example_names(spec: NodeSpec) -> tuple[str, ...]:
    """Return the examples' names as parts of test functions' names, distinct."""
    found: list[str] = []
    for example in spec.examples:
        name = re.sub(r"[^a-z0-9]+", "_", example.name.lower()).strip("_") or "example"
        candidates = chain([name], (f"{name}_{number}" for number in count(2)))
        found.append(next(it for it in candidates if it not in found))
    return tuple(found)


@dataclass(frozen=True)
class Names:
    """The names of one workspace: its graph, and the package that is generated."""

    graph: Graph
    package: str
    built: frozenset[str] | None = None
    """The specs that the package holds; without it, all."""
    _models: dict[Ref, Ref] = field(default_factory=dict, repr=False, compare=False)

    def target(self, ref: Ref) -> Ref:
        """Return the reference that a reference means: `order_pricer.Input` may be another's model."""
        if ref not in self._models:
            found = self.graph.lookup(ref)
            self._models[ref] = found.ref if found else ref
        return self._models[ref]

    def class_name(self, ref: Ref) -> str:
        """Return the class of a model or an enum."""
        target = self.target(ref)
        if source := self.source(target) or self.replaced(target):
            return source.partition(":")[2]
        prefix = "Enum" if isinstance(self.graph.lookup(target), Enum) else "Model"
        spec = self.graph.specs.get(target.document)
        own: tuple[str, ...] = ("Input", "Output") if isinstance(spec, NodeSpec) else ()
        if isinstance(spec, NodeSpec) and spec.machine:
            own = ("Input", "Output", "State", "Status")
        return f"{prefix}{pascal(target.document)}{target.name}" if target.name in own else f"{prefix}{target.name}"

    def source(self, ref: Ref) -> str:
        """Return the existing class, `module:Class`, that a model is; nothing if it is generated."""
        found = self.graph.lookup(ref)
        return found.source if isinstance(found, Model) else ""

    def replaced(self, ref: Ref) -> str:
        """Return the existing class, `module:Class`, that a generated one stands for; nothing if there is none."""
        found = self.graph.lookup(ref)
        return found.replaces if found else ""

    def alias(self, ref: Ref) -> str:
        """Return what a class is imported as where another of the same name stands."""
        name = self.class_name(ref)
        if self.source(ref) or self.replaced(ref):
            return f"{pascal(ref.document)}{name}"
        prefix = "Enum" if name.startswith("Enum") else "Model"
        return f"{prefix}{pascal(ref.document)}{name.removeprefix(prefix)}"

    def package_of(self, name: str) -> str:
        """Return the package that is generated for a spec."""
        spec = self.graph.specs[name]
        return f"{self.package}.{'nodes' if isinstance(spec, NodeSpec) else 'shared'}.{folder(spec)}"

    def models_package(self, name: str) -> str:
        """Return the package that a spec's models are imported from."""
        own = self.package_of(name)
        return f"{own}.models" if isinstance(self.graph.specs[name], NodeSpec) else own

    def class_module(self, ref: Ref) -> str:
        """Return the module that defines a model's or an enum's class."""
        if source := self.source(ref):
            return source.partition(":")[0]
        return f"{self.models_package(self.target(ref).document)}.{snake(self.class_name(ref))}"

    def handler_module(self, spec: NodeSpec) -> str:
        """Return the module of a node's handler."""
        if spec.handlers:
            return spec.handlers[0].source.partition(":")[0]
        return f"{self.package_of(spec.name)}.handlers.handler_{spec.name}"

    def handlers_package(self, spec: NodeSpec) -> str:
        """Return where a node's handler is imported from."""
        return self.handler_module(spec) if spec.handlers else f"{self.package_of(spec.name)}.handlers"

    def imported(self, ref: Ref, imports: Imports) -> str:
        """Import a model's or an enum's class from where it is offered; return its local name."""
        own = self.source(ref)
        package = self.class_module(ref) if own else self.models_package(self.target(ref).document)
        return imports.name(package, self.class_name(ref), self.alias(ref))

    def path(self, module: str, *, is_package: bool = False) -> str:
        """Return the path below `out/` of a module of the generated package."""
        return f"src/{module.replace('.', '/')}{'/__init__' if is_package else ''}.py"

    def folder_path(self, name: str) -> str:
        """Return the path below `out/` of a spec's package."""
        return f"src/{self.package_of(name).replace('.', '/')}"

    @property
    def standing(self) -> Mapping[str, Spec]:
        """The specs that the package holds, by their names."""
        return {name: it for name, it in self.graph.specs.items() if self.built is None or name in self.built}

    def turned(self) -> Names:
        """Return the same names with everything that has no order of its own in the opposite order."""
        specs = dict(reversed([*self.graph.specs.items()]))
        return Names(Graph(specs, {name: self.graph.needs[name] for name in specs}), self.package, self.built)

    def by_package(self) -> Mapping[str, str]:
        """Return the spec that each generated package belongs to."""
        return {self.package_of(name): name for name in self.graph.specs}
