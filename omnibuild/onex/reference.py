"""A node of any kind whose handlers exist already: contract.yaml leads to them, and none is generated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from omnibuild.core.values import CodeClass, CodeModule, Graph, Handler, NodeSpec, Problem, Ref, Signature, Spec
from omnibuild.onex.names import Names
from omnibuild.onex.tests import example_tests
from omnibuild.onex.way import Way

_UNKNOWN = "typing:Any"
_ANYTHING = frozenset({_UNKNOWN, "builtins:object", "pydantic:BaseModel", "pydantic.main:BaseModel"})
"""What a handler may say that it takes, whatever it is given."""


def existing_modules(specs: Iterable[Spec]) -> frozenset[CodeModule]:
    """Return the modules of the workspace's own that specs refer to."""
    return frozenset(it for spec in specs for code in spec.code for it in code.modules)


@lru_cache(maxsize=2)
def existing_packages(graph: Graph) -> frozenset[str]:
    """Return the top-level packages of these modules."""
    return frozenset(it.name.partition(".")[0] for it in existing_modules(graph.specs.values()))


def code_of(spec: NodeSpec, source: str) -> CodeClass | None:
    """Return what is known of an existing class that a spec refers to."""
    return next((it for it in spec.code if it.source == source), None)


def check(spec: NodeSpec, names: Names) -> Iterator[Problem]:
    """Yield what is wrong with the handlers: that one is missing was said when it was looked for."""
    for handler in spec.handlers:
        code = code_of(spec, handler.source)
        if code:
            yield from _check_handler(handler, code, names)


def _check_handler(handler: Handler, code: CodeClass, names: Names) -> Iterator[Problem]:
    name = handler.source.partition(":")[2]
    signature = code.handle
    if signature is None:
        if _is_whole(code):
            hint = "write `def handle(self, request: …) -> …` in it"
            yield Problem("reference", f"`{name}` has no method `handle`", handler.at, hint)
        return
    place = f"{signature.at.file}:{signature.at.line}"
    wanted = f"`def handle(self, request: {names.class_name(handler.input)}) -> {names.class_name(handler.output)}`"
    hint = f"write {wanted} in {place}"
    if signature.parameters != 1:
        message = f"`{name}.handle` wants {signature.parameters} arguments; it is given the request alone"
        yield Problem("reference", message, handler.at, hint)
    yield from _takes(handler, name, signature, names, hint)
    yield from _gives(handler, name, signature, names, hint)


def _takes(handler: Handler, name: str, signature: Signature, names: Names, hint: str) -> Iterator[Problem]:
    if signature.takes is None:
        yield Problem("reference", f"`{name}.handle` does not say what it takes", handler.at, hint)
    elif signature.takes and not {signature.takes[0]} & (_lineage(handler.input, names) | _ANYTHING):
        taken, asked = signature.takes[0].partition(":")[2], names.class_name(handler.input)
        yield Problem("reference", f"`{name}.handle` takes {taken}, but it is given {asked}", handler.at, hint)


def _gives(handler: Handler, name: str, signature: Signature, names: Names, hint: str) -> Iterator[Problem]:
    if signature.gives is None:
        yield Problem("reference", f"`{name}.handle` does not say what it gives", handler.at, hint)
    elif signature.gives and not {*signature.gives} & (_own(handler.output, names) | {_UNKNOWN}):
        given, asked = signature.gives[0].partition(":")[2], names.class_name(handler.output)
        yield Problem("reference", f"`{name}.handle` gives {given}, but {asked} is promised", handler.at, hint)


def _own(ref: Ref, names: Names) -> frozenset[str]:
    """Return the ways in which a model's class may be named."""
    target = names.target(ref)
    source = names.source(target)
    if source:
        code = _code(target, source, names)
        return frozenset({source, *((code.definition,) if code else ())})
    name = names.class_name(target)
    return frozenset({f"{names.class_module(target)}:{name}", f"{names.models_package(target.document)}:{name}"})


def _lineage(ref: Ref, names: Names) -> frozenset[str]:
    """Return the ways in which a model's class and those that it inherits from may be named."""
    target = names.target(ref)
    code = _code(target, names.source(target), names)
    return _own(target, names) | frozenset(code.ancestors if code else ())


def _code(ref: Ref, source: str, names: Names) -> CodeClass | None:
    return next((it for it in names.graph.specs[ref.document].code if it.source == source), None)


def _is_whole(code: CodeClass) -> bool:
    """Return whether the class and all that it inherits from was read."""
    read = {it.name for it in code.modules} | {"builtins"}
    return all(it.partition(":")[0] in read for it in (code.definition, *code.ancestors))


def _is_async(spec: NodeSpec) -> bool:
    code = code_of(spec, spec.handlers[0].source)
    return bool(code and code.handle and code.handle.is_async)


WAY = Way(
    check=check,
    handler=lambda spec, names: None,  # noqa: ARG005 - there is one already
    is_async=_is_async,
    tests=example_tests(is_async=_is_async),
    direct=True,
)
