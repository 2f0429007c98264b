"""tests/: an effect's examples as tests in which the world is real, as far as examples give it."""

from __future__ import annotations

import builtins
from collections.abc import Callable

from omnibuild.assemble.blocks import with_
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import Compound, Docstring, Line, Parameter, Statement, assign, function, quoted, spaced
from omnibuild.assemble.types import Types
from omnibuild.core.values import Example, NodeSpec, Ref, Type
from omnibuild.onex.connectors import connectors_of, fixtures
from omnibuild.onex.connectors.connector import Fixture
from omnibuild.onex.effect.scene import Scene
from omnibuild.onex.effect.world import provided
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.part import Part
from omnibuild.onex.tests import example_functions, examples_path

_ERRORS = ("OperationError", "StepError")
"""The exceptions of the package's own module `errors`."""


def scenario_tests(is_closed: Callable[[NodeSpec, Names], bool]) -> Callable[[NodeSpec, Names], Part | None]:
    """Return what writes the tests of examples that have a world; `is_closed` says whether handlers have `aclose`."""

    def tests(spec: NodeSpec, names: Names) -> Part | None:
        return _Scenarios(spec, names, is_closed(spec, names)).part() if spec.examples else None

    return tests


class _Scenarios:
    """Writes the test module of a node's examples."""

    def __init__(self, spec: NodeSpec, names: Names, is_closed: bool) -> None:
        self._spec = spec
        self._names = names
        self._is_closed = is_closed
        self._imports = Imports(names.package)
        self._types = Types(self._imports, self._class_name, names.graph.lookup)
        self._known = fixtures(spec)
        self._arguments: dict[str, str] = {}
        self._runs = False

    def part(self) -> Part:
        spec = self._spec
        tests, origins = example_functions(spec, self._test)
        if self._runs and self._is_closed:
            tests.insert(0, self._handled())
        text = module(f"What {spec.name} does in the examples of its spec.", self._imports, tests)
        return Part(examples_path(spec, self._names), text, origins)

    def _class_name(self, ref: Ref) -> str:
        return self._names.imported(ref, self._imports)

    def _handler(self) -> str:
        package = f"{self._names.package_of(self._spec.name)}.handlers"
        return self._imports.name(package, handler_class(self._spec))

    def _handled(self) -> Compound:
        """Return the function that handles one request with a handler of its own."""
        given = ", ".join(f"{name}={name}" for name in self._arguments)
        closing = f"{self._imports.name('contextlib', 'aclosing')}({self._handler()}({given})) as handler"
        body: list[Statement] = [
            Docstring("Handle one request, and close the handler."),
            with_([closing], [Line("return await handler.handle(request)")], is_async=True),
        ]
        request = Parameter("request", self._class_name(self._spec.input))
        more = [Parameter(name, annotation) for name, annotation in self._arguments.items()]
        returns = self._class_name(self._spec.output)
        return function("handled", [request, *more], returns, body, is_async=True)

    def _test(self, name: str, example: Example) -> Compound:
        body: list[Statement] = [Docstring(example.name[:1].upper() + example.name[1:])]
        request = f"{self._class_name(self._spec.input)}.model_validate({self._json(example)})"
        if example.fails == "validation":
            body.append(self._raises("validation", [Line(request)]))
            return function(name, [], "None", body)
        scene = Scene(self._imports, self._types)
        self._make_world(scene, example)
        body += [*scene.prepared, assign("request", request)]
        called = self._called(scene)
        if example.fails:
            body.append(spaced(self._raises(example.fails, [Line(called)])))
        else:
            expected = self._types.value(Type("ref", ref=self._spec.output), example.output)
            body.append(spaced(Line(f"assert {called} == {expected}")))
        body += [spaced(it) if position == 0 else it for position, it in enumerate(scene.looks)]
        return function(name, [*scene.parameters.values()], "None", body)

    def _json(self, example: Example) -> str:
        return self._types.value(Type("Json"), example.input)

    def _make_world(self, scene: Scene, example: Example) -> None:
        always = [it.fixture.key for it in connectors_of(self._spec) if it.fixture and it.fixture.always]
        for key in dict.fromkeys((*example.given, *always)):
            if key in self._known:
                _write(scene, example, key, self._known[key])
        for name, value in example.env:
            scene.variable(name, quoted(value))
        given = provided(example, self._known)
        for it in self._spec.env:
            if it.name not in given:
                scene.no_variable(it.name)
        self._arguments |= scene.arguments

    def _called(self, scene: Scene) -> str:
        self._runs = True
        run = f"{self._imports.module('asyncio')}.run"
        if self._is_closed:
            return f"{run}(handled({', '.join(['request', *scene.arguments])}))"
        given = ", ".join(f"{name}={name}" for name in scene.arguments)
        return f"{run}({self._handler()}({given}).handle(request))"

    def _raises(self, fails: str, body: list[Statement]) -> Compound:
        return with_([f"{self._imports.module('pytest')}.raises({self._exception(fails)})"], body)

    def _exception(self, name: str) -> str:
        """Return what `pytest.raises` is told of an exception."""
        home, _, own = name.rpartition(".")
        if name == "validation":
            return self._imports.name("pydantic", "ValidationError")
        if name in _ERRORS:
            return self._imports.name(f"{self._names.package}.errors", name)
        if home:
            return self._imports.name(home, own)
        if isinstance(getattr(builtins, name, None), type):
            return name
        return f"Exception, check=lambda error: type(error).__name__ == {quoted(name)}"


def _write(scene: Scene, example: Example, key: str, fixture: Fixture) -> None:
    given, then = example.given.get(key), example.then.get(key)
    fixture.write(
        scene,
        fixture.given.model_validate({key: given}) if fixture.given and given is not None else None,
        fixture.then.model_validate({key: then}) if then is not None else None,
    )
