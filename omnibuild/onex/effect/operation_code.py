"""The statements of `handle`: operations in their order, inside of transactions, conditions and tries."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from itertools import takewhile

from omnibuild.assemble.blocks import for_, if_, with_
from omnibuild.assemble.expression import expression
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Line, Statement, assign, quoted
from omnibuild.core.distinct import distinct
from omnibuild.core.values import ClassOf, Imported, NodeSpec, Pointer
from omnibuild.onex.code import writer
from omnibuild.onex.connectors.connector import Resource, Transaction
from omnibuild.onex.effect.operations import RESERVED, Plan, Step
from omnibuild.onex.effect.resources import resource_names, stem
from omnibuild.onex.logic import attribute
from omnibuild.onex.names import Names


class OperationCode:
    """Writes the operations of one node for its handler's module. A `Code` of connectors."""

    def __init__(self, spec: NodeSpec, names: Names, imports: Imports, plan: Plan) -> None:
        self._spec = spec
        self._plan = plan
        self._names = names
        self._imports = imports
        self._written = writer(names, imports)
        self._taken = {it.name for it in plan.steps if it.name} | {name for name, _ in plan.logic.let} | RESERVED
        self.resources = resource_names(it for step in plan.steps for it in step.action.resources)
        self._transactions = self._transaction_names(self._taken)
        self._begins: set[str] = set()
        self.constants: dict[str, tuple[str, Pointer]] = {}
        """The module's constants, and where they come from."""
        self._cores = {it.operation.name: self._core(it) for it in plan.steps}

    def _transaction_names(self, taken: set[str]) -> dict[Transaction, str]:
        found = list(dict.fromkeys(it.action.transaction for it in self._plan.steps if it.action.transaction))
        several = len(found) > 1
        return {it: distinct(f"{stem(it.resource)}_{it.name}" if several else it.name, taken) for it in found}

    # ------------------------------------------------------------------- what connectors ask for

    def resource(self, resource: Resource) -> ast.expr:
        """Return the handler's resource."""
        return attribute("self", f"_{self.resources[resource]}")

    def transaction(self, transaction: Transaction) -> ast.expr:
        """Return the transaction that the operation runs in."""
        return attribute(self._transactions[transaction])

    def imported(self, module: str, name: str) -> str:
        """Import a name; return what it is called in this module."""
        return self._imports.name(module, name)

    def constant(self, name: str, value: str, at: Pointer) -> ast.expr:
        """Return a constant of the module that is called this, or like this if another value has the name."""
        others = {key for key, (known, _) in self.constants.items() if known != value}
        found = distinct(name, others)
        self.constants.setdefault(found, (value, at))
        return ast.Name(found, ast.Load())

    # ---------------------------------------------------------------------------------- statements

    def statements(self) -> list[Statement]:
        """Return the statements that run all operations."""
        return self._rest(self._plan.steps, frozenset())

    def written(self, tree: ast.expr) -> str:
        """Return an expression in which results are read as what was taken from them."""
        return expression(self._plan.rewritten(tree), self._name)

    def text(self, tree: ast.expr) -> str:
        """Return an expression as text."""
        return self.written(tree)

    def _name(self, it: Imported | ClassOf) -> str:
        """Spell a class or an import; one without a name stands for its whole module."""
        return self._imports.module(it.module) if isinstance(it, Imported) and not it.name else self._written(it)

    def _rest(self, steps: Sequence[Step], begun: frozenset[Transaction]) -> list[Statement]:
        if not steps:
            return []
        first = steps[0]
        group = [*takewhile(lambda it: it.group == first.group, steps)]
        needed = next((it for it in group if it.action.transaction and it.action.transaction not in begun), None)
        if first.when is None:
            return self._begun(first, steps, begun) if needed else [*self._one(first), *self._rest(steps[1:], begun)]
        if needed and len(group) < len(steps):
            # What follows does not depend on the condition, and must not outlive the transaction either.
            self._begins.add(needed.operation.name)
            return self._around(needed, self._rest(steps, begun | {_of(needed)}))
        inside = self._inside(group, begun)
        declared: list[Statement] = [Line(f"{it.name} = None") for it in group if it.escaping]
        return [*declared, if_(self.written(first.when.tree), inside), *self._rest(steps[len(group) :], begun)]

    def _inside(self, group: Sequence[Step], begun: frozenset[Transaction]) -> list[Statement]:
        """Return the statements of a group, its condition left out."""
        if not group:
            return []
        if group[0].action.transaction and group[0].action.transaction not in begun:
            return self._begun(group[0], group, begun, self._inside)
        return [*self._one(group[0]), *self._inside(group[1:], begun)]

    def _begun(
        self,
        step: Step,
        steps: Sequence[Step],
        begun: frozenset[Transaction],
        rest: Callable[[Sequence[Step], frozenset[Transaction]], list[Statement]] | None = None,
    ) -> list[Statement]:
        """Return the operation that begins a transaction, and the steps behind it inside of that."""
        behind = (rest or self._rest)(steps[1:], begun | {_of(step)})
        if not behind:
            return self._named(step, self._tried(step, [self._begin(step)]))
        return self._around(step, [*self._tried(step, self._savepoint(step)), *behind])

    def _around(self, step: Step, body: Sequence[Statement]) -> list[Statement]:
        return self._named(step, [with_([self._begin(step)], body, is_async=True)])

    def _begin(self, step: Step) -> str:
        transaction = _of(step)
        resource = self.text(self.resource(transaction.resource))
        return f"{resource}.{transaction.begin}() as {self._transactions[transaction]}"

    def _savepoint(self, step: Step) -> list[str]:
        """Return the context of one try inside of a transaction, which must survive the tries that fail."""
        transaction = step.action.transaction
        if transaction is None or step.operation.retry is None:
            return []
        return [f"{self._transactions[transaction]}.{transaction.nested}()"]

    def _one(self, step: Step) -> list[Statement]:
        tried = self._tried(step, self._savepoint(step))
        # What begins a transaction early has its name around all that happens in there.
        return tried if step.operation.name in self._begins else self._named(step, tried)

    def _named(self, step: Step, body: Sequence[Statement]) -> list[Statement]:
        operation = self._imports.name(f"{self._names.package}.errors", "operation")
        return [with_([f"{operation}({quoted(self._spec.name)}, {quoted(step.operation.name)})"], body)]

    def _tried(self, step: Step, contexts: Sequence[str]) -> list[Statement]:
        """Return the operation inside of its time limit, these contexts, and as many tries as it has."""
        found = [*contexts]
        if step.operation.timeout is not None:
            limit = f"{self._imports.module('asyncio')}.timeout({_number(step.operation.timeout)})"
            # Of a transaction, beginning it counts; of a savepoint, only what is done in it.
            found = [limit, *contexts] if any(" as " in it for it in contexts) else [*contexts, limit]
        core = self._cores[step.operation.name]
        body: Sequence[Statement] = [with_(found, core, is_async=True)] if found else core
        if step.operation.retry is None:
            return [*body]
        retrying = self._imports.name(f"{self._names.package}.retries", "retrying")
        arguments = [str(step.operation.retry.attempts), _number(step.operation.retry.backoff)]
        if step.action.transient:
            arguments.append(self._name(step.action.transient))
        tries = for_("attempt", f"{retrying}({', '.join(arguments)})", [with_(["attempt"], body)], is_async=True)
        # A type checker cannot see that one of the tries has given the result, or the last has raised.
        sure = [Line(f"assert {step.name} is not None")] if step.escaping and step.shared else []
        return [tries, *sure]

    def _core(self, step: Step) -> list[Statement]:
        """Return the operation itself: its value, what is taken from that, and whether it is as it should be."""
        action = step.action
        value = action.value(self)
        tree = self.written(step.taking.of(value) if step.taking else value)
        if action.confirm is None:
            return [assign(step.name, tree) if step.name else _statement(tree)]
        noun = action.result.noun if action.result else "result"
        name = step.name or (step.operation.name if step.operation.named else distinct(noun, self._taken))
        confirmed = self.written(action.confirm(ast.Name(name, ast.Load())))
        return [assign(name, tree), _statement(confirmed)]


def _statement(tree: str) -> Line:
    return Line(tree)


def _of(step: Step) -> Transaction:
    if step.action.transaction is None:
        raise ValueError(f"{step.operation.name} needs no transaction")
    return step.action.transaction


def _number(value: float) -> str:
    return repr(int(value) if value == int(value) else value)
