"""How an orchestrator comes by the nodes that it calls, and the method of each step that calls one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from omnibuild.assemble.blocks import for_, if_, with_
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Compound, Docstring, Line, Parameter, Statement, function
from omnibuild.assemble.types import Types
from omnibuild.core.values import Field, NodeSpec, Ref, Type
from omnibuild.onex.environment import CLASS as ENVIRONMENT
from omnibuild.onex.environment import environment_module
from omnibuild.onex.logic import REQUEST
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.orchestrator.steps import Step, Steps
from omnibuild.onex.way import Way
from omnibuild.spec.compatibility import fits

_OWN = ("environment", "opened")


def method_name(step: Step, steps: Steps) -> str:
    """Return the name of the method that calls a step's node."""
    taken = {*_OWN, *called_nodes(steps.spec)}
    return f"_{step.name}_step" if step.name in taken else f"_{step.name}"


def called_nodes(spec: NodeSpec) -> Mapping[str, bool]:
    """Return the nodes that an orchestrator calls, each with whether anything is done with what it answers."""
    found: dict[str, bool] = {}
    for it in spec.steps:
        found[it.node] = True
        if it.undo:
            found.setdefault(it.undo, False)
    return found


def way_of(spec: NodeSpec) -> Way:
    """Return the way of a node that is called."""
    # The ways know this one, too.
    from omnibuild.onex import ways

    return ways.way_of(spec)


def closes(spec: NodeSpec, names: Names) -> bool:
    """Return whether an orchestrator has to close nodes that it calls."""
    called = (names.graph.specs.get(it) for it in called_nodes(spec) if it != spec.name)
    return any(isinstance(it, NodeSpec) and way_of(it).closes(it, names) for it in called)


class Wiring:
    """Writes the members of one handler beside `handle`."""

    def __init__(self, steps: Steps, imports: Imports) -> None:
        self._steps = steps
        self._names = steps.names
        self._imports = imports
        self._types = Types(imports, self._class_name, steps.names.graph.lookup)

    def _class_name(self, ref: Ref) -> str:
        return self._names.imported(ref, self._imports)

    def _support(self, module: str, name: str) -> str:
        return self._imports.name(f"{self._names.package}.{module}", name)

    def _called(self, name: str) -> NodeSpec:
        found = self._names.graph.specs[name]
        if not isinstance(found, NodeSpec):
            raise TypeError(f"{name} is not a node")
        return found

    # ---------------------------------------------------------------------------- construction

    def constructor(self) -> Compound:
        """Return `__init__`: every node that is called can be passed in, otherwise its handler is made here."""
        spec = self._steps.spec
        parameters, body = [Parameter("self")], list[Statement]()
        if spec.env:
            self._imports.name(environment_module(spec, self._names), ENVIRONMENT)
            parameters.append(Parameter("environment", f"{ENVIRONMENT} | None", "None"))
            body.append(Line(f"self._environment = environment or {ENVIRONMENT}.read()"))
        if closes(spec, self._names):
            body.append(Line(f"self._opened = {self._imports.name('contextlib', 'AsyncExitStack')}()"))
        for name, answers in called_nodes(spec).items():
            called = self._called(name)
            answer = self._class_name(called.output) if answers else "object"
            type_ = f"{self._support('calls', 'Calls')}[{self._class_name(called.input)}, {answer}]"
            parameters.append(Parameter(name, f"{type_} | None", "None"))
            body += self._attribute(name, called)
        return function("__init__", parameters, "None", body)

    def _attribute(self, name: str, called: NodeSpec) -> Iterator[Statement]:
        way = way_of(called)
        handler = self._imports.name(self._names.handlers_package(called), handler_class(called))
        if way.closes(called, self._names):
            made = f"{name}_handler"
            opened = Line(f"self._opened.push_async_callback({made}.aclose)")
            making = [Line(f"{made} = {handler}()"), opened, Line(f"{name} = {made}.handle")]
            yield if_(f"{name} is None", making)
            yield Line(f"self._{name} = {name}")
            return
        handle = f"{handler}().handle"
        made = handle if way.is_async(called) else f"{self._support('calls', 'awaitable')}({handle})"
        yield Line(f"self._{name} = {name} or {made}")

    def closing(self) -> Iterator[Compound]:
        """Yield `aclose`, if there is anything to close."""
        if closes(self._steps.spec, self._names):
            body: list[Statement] = [
                Docstring("Close the nodes that were made here rather than passed in."),
                Line("await self._opened.aclose()"),
            ]
            yield function("aclose", [Parameter("self")], "None", body, is_async=True)

    # ---------------------------------------------------------------------------- step methods

    def method(self, step: Step) -> Compound:
        """Return the method that calls a step's node: an error says which step it was."""
        it = step.call
        parameters = [Parameter("self")]
        if it.undo:
            parameters.append(Parameter("saga", self._support("saga", "Saga")))
        parameters.append(Parameter(REQUEST, self._class_name(step.called.input)))
        answer = self._types.annotation(Type("ref", ref=step.called.output))
        again = f"; {it.undo} undoes it" if it.undo else ""
        body: list[Statement] = [Docstring(f"Call {it.node}{again}.")]
        undo, before = self._undo(step)
        body += [*before, self._calling(step), *undo]
        return function(method_name(step, self._steps), parameters, answer, body, is_async=True)

    def _calling(self, step: Step) -> Statement:
        it = step.call
        asked = f"await self._{it.node}({REQUEST})"
        statement: Statement = Line(f"answer = {asked}" if it.undo or it.retry else f"return {asked}")
        if it.timeout is not None:
            limit = f"{self._imports.module('asyncio')}.timeout({it.timeout:g})"
            statement = with_([limit], [statement], is_async=True)
        if it.retry:
            tries = f"{self._support('retries', 'retrying')}({it.retry.attempts}, {it.retry.backoff:g})"
            statement = for_("attempt", tries, [with_(["attempt"], [statement])], is_async=True)
        named = f'{self._support("errors", "step")}("{self._steps.spec.name}", "{it.name}", "{it.node}")'
        return with_([named], [statement])

    def _undo(self, step: Step) -> tuple[list[Statement], list[Statement]]:
        """Return what is done behind the call, and before it."""
        it = step.call
        if not it.undo:
            return ([Line("return answer")] if it.retry else []), []
        called = self._called(it.undo)
        given, before = REQUEST, list[Statement]()
        if self._names.target(called.input) != self._names.target(step.called.input):
            fields = (f"{field.name}={REQUEST}.{field.name}" for field in undone_fields(step, called, self._steps))
            given = "undo"
            before.append(Line(f"{given} = {self._class_name(called.input)}({', '.join(fields)})"))
        done = Line(f'saga.done("{it.name}", "{it.undo}", self._{it.undo}, {given})')
        return [done, Line("return answer")], before


def undone_fields(step: Step, undo: NodeSpec, steps: Steps) -> list[Field]:
    """Return the fields that the node that undoes a step takes over from what the step asked."""
    asked, scope = steps.model_of(step.called), steps.scope(steps.known())
    fields = steps.model_of(undo).fields
    return [it for it in fields if (own := asked.field(it.name)) and fits(own.type, it.type, scope)]
