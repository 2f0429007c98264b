"""An effect's operations, read in their order: what each does, who reads its result, and what is wrong."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pydantic import Field, create_model

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Expression, Level, Logic, Lowered, Model, NodeSpec, Operation, Problem, Type
from omnibuild.onex.connectors import connector_named, connector_names, obstacle
from omnibuild.onex.connectors.connector import Action, Connector, Parameters, Result
from omnibuild.onex.connectors.reading import Reading
from omnibuild.onex.effect.results import Taking, taking
from omnibuild.onex.logic import LoweredLogic, attribute, lower_logic, request_scope
from omnibuild.onex.names import Names
from omnibuild.spec.expression import Binding, Scope, lower, proves
from omnibuild.spec.expression import names as free_names
from omnibuild.spec.validation import validate
from omnibuild.spec.written_fields import Written

RESERVED = frozenset({"request", "self", "attempt", "asyncio", "httpx"})
"""What no result can be called, since `handle` uses it."""

_NONE = Type("None")


@dataclass(frozen=True, slots=True)
class Step:
    """One operation, ready to be written.

    Neighbours under the same condition have the same `group`; `when` is that condition. `name` is the variable of
    the result, "" if nothing reads it; an `escaping` result is read outside of its group, where it may be None, and
    a `shared` one by its neighbours.
    """

    operation: Operation
    action: Action
    group: int
    when: Lowered | None = None
    name: str = ""
    escaping: bool = False
    shared: bool = False
    taking: Taking | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All operations, and what the output is made of."""

    steps: tuple[Step, ...]
    logic: LoweredLogic

    def rewritten(self, tree: ast.expr) -> ast.expr:
        """Return an expression with the results read as what was taken from them."""
        for step in self.steps:
            tree = step.taking.without(tree) if step.taking else tree
        return tree


def plan(spec: NodeSpec, names: Names) -> tuple[Plan | None, list[Problem]]:
    """Return how a node with operations does what it does, or what is wrong with its operations and logic."""
    return _Planning(spec, names).run()


@dataclass(frozen=True, slots=True)
class _Read:
    """An expression that was read: the group of operations in which, -1 for the logic and conditions."""

    expression: Expression
    lowered: Lowered
    group: int = -1


class _Planning:
    """Reads operations one after the other; each adds its result to the scope of those behind it."""

    def __init__(self, spec: NodeSpec, names: Names) -> None:
        self._spec = spec
        self._names = names
        self._fields = request_scope(spec, names)
        variables = {
            f"env.{it.name}": Binding(_variable_type(it.required or it.default is not None), _variable(it.name))
            for it in spec.env
        }
        self._scope = replace(self._fields, names={**self._fields.names, **variables})
        self._steps: list[Step] = []
        self._reads: list[_Read] = []
        self._problems: list[Problem] = []

    def run(self) -> tuple[Plan | None, list[Problem]]:
        for operation in self._spec.operations:
            self._read(operation)
        logic = self._logic()
        steps = [self._finished(it) for it in self._steps]
        if logic is None or any(it.level is Level.BLOCK for it in self._problems):
            return None, self._problems
        return Plan(tuple(steps), logic), self._problems

    # ------------------------------------------------------------------------------- operations

    def _read(self, operation: Operation) -> None:
        self._problems += self._faults(operation)
        group, when = self._guard(operation)
        action, reads = self._action(operation, group)
        self._reads += reads
        if action:
            self._steps.append(Step(operation, action, group, when))
        if operation.named:
            self._bind(operation, action.result if action else Result(Type("Any")), bool(when))

    def _faults(self, operation: Operation) -> Iterator[Problem]:
        at = operation.at.to("as")
        name = operation.name
        if operation.named and (name in RESERVED or keyword.iskeyword(name)):
            yield Problem("name", f"`{name}` is taken by the generated code", at, "choose another name")
        elif operation.named and name in self._scope.names:
            yield Problem("name", f"`{name}` has a meaning already", at, "choose another name")
        if operation.retry and not self._spec.policy.idempotent:
            hint = "write `policy: {idempotent: true}` if doing it twice does no harm, or remove `retry`"
            where = operation.at.to("retry", key=True)
            yield Problem("retry", "only an idempotent node may try an operation again", where, hint)

    def _guard(self, operation: Operation) -> tuple[int, Lowered | None]:
        """Return the group of an operation and its condition; an operation without one is a group of its own."""
        last = self._steps[-1] if self._steps else None
        same = last and last.operation.when and operation.when and last.operation.when.text == operation.when.text
        if last and same:
            return last.group, last.when
        group = last.group + 1 if last else 0
        if operation.when is None:
            return group, None
        lowered, problems = lower(operation.when, self._scope, None)
        self._problems += problems
        if lowered:
            self._reads.append(_Read(operation.when, lowered))
        return group, lowered

    def _action(self, operation: Operation, group: int) -> tuple[Action | None, list[_Read]]:
        found = connector_named(operation.connector)
        if found is None:
            self._problems.append(_unknown(operation))
            return None, []
        parameters, problems = _parameters(found, operation)
        self._problems += problems
        if parameters is None:
            return None, []
        reading = Reading(self._spec, operation, self._names, self._inside(operation, group))
        action = found.read(reading, parameters)
        self._problems += reading.problems
        return action, [_Read(*it, group) for it in reading.expressions]

    def _inside(self, operation: Operation, group: int) -> Scope:
        """Return the scope of an operation's parameters, where its condition holds."""
        if operation.when is None:
            return self._scope
        scope = _where(operation.when, self._scope)
        sure = {it.operation.name: it.action.result for it in self._steps if it.group == group and it.operation.named}
        bound = {name: Binding(it.type, attribute(name)) for name, it in sure.items() if it}
        return replace(scope, names={**scope.names, **bound})

    def _bind(self, operation: Operation, result: Result | None, guarded: bool) -> None:
        if result is None:
            return
        type_ = Type("|", (result.type, _NONE)) if guarded and result.type.head != "Any" else result.type
        binding = Binding(type_, attribute(operation.name))
        names = {**self._scope.names, operation.name: binding}
        self._scope = replace(self._scope, names=names, opaque={**self._scope.opaque, **result.opaque})

    # ------------------------------------------------------------------------------------ logic

    def _logic(self) -> LoweredLogic | None:
        output = self._names.graph.lookup(self._spec.output)
        if not isinstance(output, Model):
            return None
        logic = self._spec.logic or Logic((), (), self._spec.at.to("operations"))
        found, problems = lower_logic(logic, output, self._scope, RESERVED)
        self._problems += problems
        if found:
            self._reads += _logic_reads(logic, found)
        return found

    def _finished(self, step: Step) -> Step:
        """Return a step with what its result is called, once all that reads it is known."""
        result, name = step.action.result, step.operation.name
        reads = [it for it in self._reads if name in free_names(it.expression)]
        if result is None or not step.operation.named or not reads:
            return step
        found, problems = taking(name, result, [(it.expression, it.lowered) for it in reads])
        self._problems += problems
        escaping = step.when is not None and any(it.group != step.group for it in reads)
        shared = any(it.group == step.group for it in reads)
        return replace(step, name=name, taking=found, escaping=escaping, shared=shared)


def _where(condition: Expression, scope: Scope) -> Scope:
    """Return the scope where a condition holds: what it proves not to be None, is not."""
    names = dict(scope.names)
    for path, type_ in proves(condition, scope).items():
        found, _ = lower(Expression(path, condition.at), scope, None)
        if found:
            names[path] = Binding(type_, found.tree)
    return replace(scope, names=names)


def _logic_reads(logic: Logic, found: LoweredLogic) -> Iterator[_Read]:
    for entries, lowered in ((logic.let, dict(found.let)), (logic.output, dict(found.output))):
        yield from (_Read(it.value, lowered[it.name]) for it in entries if it.name in lowered)


def _variable(name: str) -> ast.expr:
    return attribute("self", "_environment", name.lower())


def _variable_type(present: bool) -> Type:
    return Type("str") if present else Type("|", (Type("str"), _NONE))


def _unknown(operation: Operation) -> Problem:
    name = operation.connector
    at = operation.at.to(name, key=True)
    wrong = obstacle(name)
    if wrong:
        return Problem("operation", f"the connector `{name}` cannot be used: {wrong}", at)
    near = nearest(name, connector_names())
    hint = f"did you mean `{near}`?" if near else f"known are {', '.join(connector_names())}"
    return Problem("operation", f"there is no connector `{name}`", at, hint)


def _parameters(found: Connector, operation: Operation) -> tuple[Parameters | None, list[Problem]]:
    wrapped, problems = validate(
        _wrapper(found.parameters, found.name), {found.name: operation.parameters}, operation.at
    )
    parameters = getattr(wrapped, "parameters", None)
    return parameters if isinstance(parameters, Parameters) else None, problems


@cache
def _wrapper(parameters: type[Parameters], name: str) -> type[Written]:
    """Return a model of the operation around its parameters, so that what they lack is found, too."""
    return create_model("Wrapper", __base__=Written, parameters=(parameters, Field(alias=name)))
