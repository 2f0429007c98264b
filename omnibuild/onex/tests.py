"""tests/: the examples as tests of the handler, and the models' round trip through JSON."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping

from omnibuild.assemble.blocks import with_
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import Compound, Docstring, Line, Parameter, Statement, assign, function, quoted, spaced
from omnibuild.assemble.types import Types
from omnibuild.core.values import Body, Example, NodeSpec, Pointer, Ref, Type
from omnibuild.onex.names import Names, example_names, handler_class
from omnibuild.onex.part import Part
from omnibuild.onex.strategy import Strategies, is_ambiguous, is_known


def tests_package(spec: NodeSpec, names: Names) -> Part:
    """Return the package that a node's tests stand in."""
    path = names.path(f"{names.package_of(spec.name)}.tests", is_package=True)
    return Part(path, module(f"Tests of {spec.name}.", None, []), {(): spec.at})


def example_tests(is_async: Callable[[NodeSpec], bool]) -> Callable[[NodeSpec, Names], Part | None]:
    """Return what writes the tests of examples that are no more than an input and its output."""

    def tests(spec: NodeSpec, names: Names) -> Part | None:
        return _ExampleTests(spec, names, is_async=is_async(spec)).part() if spec.examples else None

    return tests


def examples_path(spec: NodeSpec, names: Names) -> str:
    """Return the path below `out/` of the test module of a node's examples."""
    return names.path(f"{names.package_of(spec.name)}.tests.test_handler_{spec.name}")


def example_functions(
    spec: NodeSpec, test: Callable[[str, Example], Compound]
) -> tuple[list[Compound], dict[tuple[str, ...], Pointer]]:
    """Return a function for each example, made by `test` of its name, and where each comes from."""
    names = [f"test_{it}" for it in example_names(spec)]
    functions = [test(name, example) for name, example in zip(names, spec.examples, strict=True)]
    origins: dict[tuple[str, ...], Pointer] = {(): spec.at.to("examples")}
    origins |= {(name,): example.at for name, example in zip(names, spec.examples, strict=True)}
    return functions, origins


class _ExampleTests:
    """Writes the test module of a node's examples."""

    def __init__(self, spec: NodeSpec, names: Names, *, is_async: bool) -> None:
        self._spec = spec
        self._names = names
        self._is_async = is_async
        self._imports = Imports(names.package)
        self._types = Types(self._imports, self._class_name, names.graph.lookup)

    def part(self) -> Part:
        spec = self._spec
        tests, origins = example_functions(spec, self._test)
        text = module(f"What {spec.name} gives for the examples of its spec.", self._imports, tests)
        return Part(examples_path(spec, self._names), text, origins)

    def _class_name(self, ref: Ref) -> str:
        return self._names.imported(ref, self._imports)

    def _test(self, name: str, example: Example) -> Compound:
        parameters = []
        body: list[Statement] = [Docstring(example.name[:1].upper() + example.name[1:])]
        if example.env:
            parameters.append(Parameter("monkeypatch", f"{self._imports.module('pytest')}.MonkeyPatch"))
            body += [Line(f"monkeypatch.setenv({quoted(key)}, {quoted(value)})") for key, value in example.env]
        request = f"{self._class_name(self._spec.input)}.model_validate({self._json(example)})"
        if example.fails:
            body += self._failing(example, request)
        else:
            expected = self._types.value(Type("ref", ref=self._spec.output), example.output)
            body.append(assign("request", request))
            body.append(spaced(Line(f"assert {self._handled('request')} == {expected}")))
        return function(name, parameters, "None", body)

    def _json(self, example: Example) -> str:
        return self._types.value(Type("Json"), example.input)

    def _handled(self, request: str) -> str:
        package = self._names.handlers_package(self._spec)
        called = f"{self._imports.name(package, handler_class(self._spec))}().handle({request})"
        return f"{self._imports.module('asyncio')}.run({called})" if self._is_async else called

    def _failing(self, example: Example, request: str) -> list[Statement]:
        # What is not valid may show in the request already; any other failure must come from the handler.
        before: list[Statement] = []
        if example.fails != "validation":
            before.append(assign("request", request))
            request = "request"
        raised = self._exception(example.fails)
        raising = with_([f"{self._imports.module('pytest')}.raises({raised})"], [Line(self._handled(request))])
        return [*before, spaced(raising) if before else raising]

    def _exception(self, name: str) -> str:
        """Return the exception's class, imported from where the body has it."""
        if name == "validation":
            return self._imports.name("pydantic", "ValidationError")
        if isinstance(getattr(builtins, name, None), type):
            return name
        home = _home(name, self._spec.body, self._names.handler_module(self._spec))
        if home is None:
            return f'Exception, match="^", check=lambda error: type(error).__name__ == {quoted(name)}'
        return self._imports.name(home, name.rpartition(".")[2])


def _home(name: str, body: Body | None, handler_module: str) -> str | None:
    """Return the module of an exception: that of a dotted name, or where the body has it from."""
    if "." in name:
        return name.rpartition(".")[0]
    for statement in ast.parse(body.text).body if body else ():
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            return handler_module
        if isinstance(statement, ast.ImportFrom) and any(it.name == name for it in statement.names):
            return statement.module
    return None


def round_trips(spec: NodeSpec, names: Names) -> Part | None:
    """Return the test module of the input's and the output's journey through JSON, as far as they are generated."""
    ends = {ref: end for ref, end in _ends(spec, names).items() if is_known(ref, names)}
    if not ends:
        return None
    imports = Imports(names.package)
    imports.name("hypothesis", "given")
    imports.bind("hypothesis", "strategies", "st")
    strategies = Strategies(imports, names)
    tests: list[Statement] = []
    origins: dict[tuple[str, ...], Pointer] = {(): spec.at}
    for ref, end in ends.items():
        test = _round_trip(names.imported(ref, imports), end, strategies.model(ref), is_ambiguous(ref, names))
        tests.append(test)
        origins[(test.name,)] = spec.at.to(end)
    constants: list[Statement] = [assign(name, text) for name, text in strategies.definitions]
    constants[0] = spaced(constants[0])
    text = module(f"What {spec.name} is asked and answers survives JSON.", imports, [*constants, *tests])
    path = names.path(f"{names.package_of(spec.name)}.tests.test_models_{spec.name}")
    return Part(path, text, origins)


def _ends(spec: NodeSpec, names: Names) -> Mapping[Ref, str]:
    ends = {names.target(spec.input): "input"}
    ends.setdefault(names.target(spec.output), "output")
    return ends


def _round_trip(class_name: str, end: str, strategy: str, ambiguous: bool) -> Compound:
    dumped = "value.model_dump_json()"
    again = f"{class_name}.model_validate_json({dumped})"
    check = f"assert {again}.model_dump_json() == {dumped}" if ambiguous else f"assert {again} == value"
    body: list[Statement] = [Docstring(f"Any {end} is the same after a journey through JSON."), Line(check)]
    parameters = [Parameter("value", class_name)]
    return function(f"test_{end}_survives_json", parameters, "None", body, decorators=[f"given({strategy})"])
