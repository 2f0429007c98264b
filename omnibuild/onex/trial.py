"""What a node promises: the classes of its modules, and what its examples give. The trial holds it to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omnibuild.core.ports import ExampleRun, ExampleTest, Failure, Trial
from omnibuild.core.values import Draft, NodeSpec, Spec
from omnibuild.onex.names import Names, example_names, handler_class, node_class
from omnibuild.onex.tests import examples_path
from omnibuild.onex.ways import way_of


def promised_classes(spec: Spec, draft: Draft, names: Names) -> Mapping[str, Sequence[str]]:
    """Return every module of a draft, with the classes that must be in it."""
    promised: dict[str, list[str]] = {module_of(path): [] for path in draft.files if path.endswith(".py")}
    for ref in [model.ref for model in spec.models] + [enum.ref for enum in spec.enums]:
        promised.setdefault(names.class_module(ref), []).append(names.class_name(ref))
    if isinstance(spec, NodeSpec):
        for module, name in _handlers(spec, names):
            promised.setdefault(module, []).append(name)
        promised[f"{names.package_of(spec.name)}.node"] = [node_class(spec)]
    return promised


def _handlers(spec: NodeSpec, names: Names) -> list[tuple[str, str]]:
    """Return the (module, class) of every handler."""
    if not spec.handlers:
        return [(names.handler_module(spec), handler_class(spec))]
    existing = (it.source.partition(":") for it in spec.handlers)
    return [(module, name) for module, _, name in existing]


def module_of(path: str) -> str:
    """Return the module that a path below `out/` is imported as."""
    return path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def example_tests(spec: NodeSpec, names: Names) -> tuple[ExampleTest, ...]:
    """Return the tests of a node's examples, where an example is more than an input and an output."""
    if way_of(spec).direct:
        return ()
    path = examples_path(spec, names)
    return tuple(ExampleTest(spec.name, index, path, f"test_{it}") for index, it in enumerate(example_names(spec)))


def example_runs(spec: NodeSpec, names: Names) -> tuple[ExampleRun, ...]:
    """Return the runs of a node's examples, where each is an input and what `handle` gives for it."""
    if not way_of(spec).direct:
        return ()
    return tuple(
        ExampleRun(
            node=spec.name,
            index=index,
            handler_module=names.handler_module(spec),
            handler_class=handler_class(spec),
            input_module=names.class_module(spec.input),
            input_class=names.class_name(spec.input),
            output_module=names.class_module(spec.output),
            output_class=names.class_name(spec.output),
            input=example.input,
            output=example.output,
            fails=example.fails,
            env=dict(example.env),
        )
        for index, example in enumerate(spec.examples)
    )


def narrowed(trial: Trial, spec: Spec, draft: Draft) -> Trial:
    """Return what a trial showed of one node, and of the existing code that it refers to."""
    modules = {module_of(path) for path in draft.files} | {it.source.partition(":")[0] for it in spec.code}

    def of_node(failures: Sequence[Failure]) -> tuple[Failure, ...]:
        return tuple(
            it
            for it in failures
            if it.subject in modules or it.subject in draft.files or it.subject.rpartition(":")[0] == draft.node
        )

    return Trial(of_node(trial.imports), of_node(trial.examples), of_node(trial.contracts))
