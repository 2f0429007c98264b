"""The tests of an orchestrator's examples: stubs answer in place of the nodes that it calls."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from omnibuild.assemble.blocks import with_
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import (
    Compound,
    Docstring,
    Line,
    Parameter,
    Statement,
    assign,
    call,
    function,
    quoted,
    spaced,
)
from omnibuild.assemble.types import Types
from omnibuild.core.values import Example, NodeSpec, Ref, Type
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.orchestrator.answers import Answer, answers, undone
from omnibuild.onex.orchestrator.steps import Steps, is_chain
from omnibuild.onex.orchestrator.wiring import called_nodes
from omnibuild.onex.part import Part
from omnibuild.onex.tests import example_functions, examples_path

_ERRORS = ("OperationError", "StepError")


def stub_tests(spec: NodeSpec, names: Names) -> Part | None:
    """Return the test module of the examples."""
    return _StubTests(spec, names).part() if spec.examples else None


class _StubTests:
    """Writes the test module of one orchestrator."""

    def __init__(self, spec: NodeSpec, names: Names) -> None:
        self._spec = spec
        self._names = names
        self._steps = Steps(spec, names)
        self._imports = Imports(names.package)
        self._types = Types(self._imports, self._class_name, names.graph.lookup)

    def part(self) -> Part:
        spec = self._spec
        tests, origins = example_functions(spec, self._test)
        text = module(f"What {spec.name} does in the examples of its spec.", self._imports, tests)
        return Part(examples_path(spec, self._names), text, origins)

    def _class_name(self, ref: Ref) -> str:
        return self._names.imported(ref, self._imports)

    def _support(self, name: str, of: str) -> str:
        return self._imports.name(f"{self._names.package}.{of}", name)

    def _test(self, name: str, example: Example) -> Compound:
        parameters: list[Parameter] = []
        body: list[Statement] = [Docstring(example.name[:1].upper() + example.name[1:])]
        if example.env:
            parameters.append(Parameter("monkeypatch", f"{self._imports.module('pytest')}.MonkeyPatch"))
            body += [Line(f"monkeypatch.setenv({quoted(key)}, {quoted(value)})") for key, value in example.env]
        body.append(Line("calls: list[str] = []"))
        body.append(assign("handler", self._handler(example)))
        body += self._handled(example)
        body += self._called(example)
        return function(name, parameters, "None", body)

    # --------------------------------------------------------------------------------- the stubs

    def _handler(self, example: Example) -> str:
        handler = self._imports.name(self._names.handlers_package(self._spec), handler_class(self._spec))
        return call(handler, [(node, self._stub(node, example)) for node in called_nodes(self._spec)])

    def _stub(self, node: str, example: Example) -> str:
        given = [
            it for step in self._steps.order if step.call.node == node for it in answers(step, example, self._steps)
        ]
        given += [it for step, it in undone(example, self._steps) if step.call.undo == node]
        values = "".join(f", {self._answer(node, it)}" for it in given)
        return f"{self._support('Stub', 'stubs')}({quoted(node)}, calls{values})"

    def _answer(self, node: str, it: Answer) -> str:
        if it.fails:
            module_, _, name = it.fails.rpartition(".")
            raised = self._imports.name(module_, name) if module_ else name
            return f"{raised}({quoted(f'{node} fails')})"
        spec = self._names.graph.specs[node]
        if it.value is None or not isinstance(spec, NodeSpec):
            return "None"
        return self._types.value(Type("ref", ref=spec.output), it.value)

    # ---------------------------------------------------------------------------------- the call

    def _handled(self, example: Example) -> Iterator[Statement]:
        given = self._types.value(Type("Json"), example.input)
        request = f"{self._class_name(self._spec.input)}.model_validate({given})"
        run = f"{self._imports.module('asyncio')}.run(handler.handle(request))"
        built = assign("request", request)
        if not example.fails:
            yield built
            expected = self._types.value(Type("ref", ref=self._spec.output), example.output)
            yield spaced(Line(f"assert {run} == {expected}"))
            return
        raises = f"{self._imports.module('pytest')}.raises({self._exception(example.fails)})"
        if example.fails == "validation":
            # What is not valid may show in the request already.
            yield spaced(with_([raises], [Line(run.replace("request)", f"{request})"))]))
            return
        yield built
        yield spaced(with_([raises], [Line(run)]))

    def _exception(self, name: str) -> str:
        if name == "validation":
            return self._imports.name("pydantic", "ValidationError")
        if name in _ERRORS:
            return self._support(name, "errors")
        if "." in name:
            return self._imports.name(name.rpartition(".")[0], name.rpartition(".")[2])
        if isinstance(getattr(builtins, name, None), type):
            return name
        return f'Exception, match="^", check=lambda error: type(error).__name__ == {quoted(name)}'

    def _called(self, example: Example) -> Iterator[Statement]:
        """Yield what is said of the calls: those of the steps, then those that undo them."""
        first = [step.call.node for step in self._steps.order for _ in answers(step, example, self._steps)]
        then = [step.call.undo for step, _ in undone(example, self._steps)]
        if is_chain(self._spec.steps) or len(set(first)) < 2:
            yield Line(f"assert calls == {_list([*first, *then])}")
            return
        steps = f"calls[:{len(first)}]" if then else "calls"
        yield Line(f"assert sorted({steps}) == {_list(sorted(first))}")
        if then:
            yield Line(f"assert calls[{len(first)}:] == {_list(then)}")


def _list(items: list[str]) -> str:
    return f"[{', '.join(map(quoted, items))}]"
