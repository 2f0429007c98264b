"""Steps that run at the same time, each as soon as those that it reads are done."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from omnibuild.assemble.tree import function, returning, spaced
from omnibuild.core.values import Type
from omnibuild.onex.logic import attribute
from omnibuild.onex.orchestrator.guards import Known, negated
from omnibuild.onex.orchestrator.phrases import Phrase, Phrases
from omnibuild.onex.orchestrator.step_code import Block, StepCode
from omnibuild.onex.orchestrator.steps import NONE, Step
from omnibuild.spec.scope import union

GROUP = "steps"
"""The variable of the group."""


def task_name(step: str) -> str:
    """Return the variable of a step's task."""
    return f"{step}_task"


def function_name(step: str) -> str:
    """Return the local function of a step that waits for others."""
    return f"run_{step}"


class Group:
    """Writes an `asyncio.TaskGroup` of steps; `later` are the names that are read behind it."""

    def __init__(
        self, code: StepCode, phrases: Phrases, steps: Sequence[Step], known: Known, later: Collection[str]
    ) -> None:
        self._code = code
        self._steps = steps
        self._later = later
        self._order = [it.name for it in steps]
        self._awaited = frozenset(name for it in steps for name in it.reads & {*self._order})
        self._calls = {it.name: phrases.call(it, known) for it in steps}
        self._tests = {it.name: phrases.test(it, known) for it in steps}

    def block(self) -> Block:
        """Return the group, and behind it the results that are read there."""
        inside, behind = Block(), Block()
        for step in self._steps:
            waits = self._waits(step)
            inside += (
                self._function(step) + self._created(step, _call(function_name(step.name)))
                if waits
                else self._direct(step)
            )
            if step.name in self._later:
                task = ast.Name(task_name(step.name), ast.Load())
                result = Phrase(_call(task_name(step.name), "result"))
                optional = self._tests[step.name] and not waits
                behind += self._code.assigned(
                    step.name, self._code.if_tested(result, Phrase(task) if optional else None)
                )
        group = f"{self._code.support('steps', 'Steps')}()"
        return self._code.async_with(group, GROUP, inside) + behind

    def _waits(self, step: Step) -> bool:
        """Return whether a step has its own function: it awaits others, or may be skipped while others await it."""
        return bool(self._before(step)) or (self._tests[step.name] is not None and step.name in self._awaited)

    def _before(self, step: Step) -> list[str]:
        """Return the steps of the group that a step reads, in their order."""
        return [it for it in self._order if it in step.reads]

    def _direct(self, step: Step) -> Block:
        """Return the task of a step that waits for none."""
        test = self._tests[step.name]
        if test and step.name not in self._later:
            return self._code.when(test, self._created(step, self._calls[step.name].tree))
        return self._created(step, self._calls[step.name].tree, test)

    def _created(self, step: Step, coroutine: ast.expr, test: Phrase | None = None) -> Block:
        task = Phrase(ast.Call(attribute(GROUP, "create_task"), [coroutine], []))
        if step.name in self._later or step.name in self._awaited:
            return self._code.assigned(task_name(step.name), self._code.if_tested(task, test))
        return self._code.line(task)

    def _function(self, step: Step) -> Block:
        """Return the local function of a step: it awaits the steps that the condition reads, then the others."""
        test, called = self._tests[step.name], self._calls[step.name]
        first = [it for it in self._before(step) if test and it in test.reads]
        body = self._awaiting(first, test.reads if test else ())
        if test:
            body += self._code.when(
                Phrase(negated(test.tree)), Block((returning(self._code.written(ast.Constant(None))),))
            )
        body += self._awaiting([it for it in self._before(step) if it not in first], called.reads)
        body += Block((returning(self._code.written(ast.Await(called.tree))),), called.reads)
        result: Type = union((step.result, NONE)) if test else step.result
        definition = function(
            function_name(step.name), [], self._code.annotation(result), body.statements, is_async=True
        )
        return Block((spaced(definition),), body.reads - set(self._order))

    def _awaiting(self, names: Sequence[str], reads: Collection[str]) -> Block:
        found = Block()
        for name in names:
            result = Phrase(ast.Await(ast.Name(task_name(name), ast.Load())))
            found += self._code.assigned(name, result) if name in reads else self._code.line(result)
        return found


def _call(*names: str) -> ast.expr:
    return ast.Call(attribute(*names), [], [])
