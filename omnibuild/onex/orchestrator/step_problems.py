"""What can be wrong with an orchestrator's steps."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from dataclasses import replace

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Call, Expression, Kind, Level, Model, NodeSpec, Pointer, Problem
from omnibuild.onex.logic import REQUEST, lower_logic
from omnibuild.onex.names import Names
from omnibuild.onex.orchestrator.answers import answer_problems
from omnibuild.onex.orchestrator.group import GROUP, function_name, task_name
from omnibuild.onex.orchestrator.guards import facts, parts
from omnibuild.onex.orchestrator.phrases import SAGA, logic_of
from omnibuild.onex.orchestrator.steps import ITEM, Step, Steps, in_order, item_type, tree_of
from omnibuild.onex.orchestrator.wiring import undone_fields
from omnibuild.spec.expression import lower
from omnibuild.spec.signatures import functions
from omnibuild.spec.stubs import RULED

_TAKEN = frozenset({REQUEST, "self", SAGA, GROUP, ITEM})


def step_problems(spec: NodeSpec, names: Names) -> Iterator[Problem]:
    """Yield what is wrong with the steps, with the logic, and with what examples say of the steps."""
    found = [*_names(spec, names), *_nodes(spec, names)] or list(_cycle(spec))
    yield from found
    if found:
        return
    steps = Steps(spec, names)
    for step in steps.order:
        yield from _expressions(step, steps)
        yield from _fields(step, steps)
        yield from _retry(step)
        yield from _undo(step, steps)
    output = names.graph.lookup(spec.output)
    if isinstance(output, Model):
        taken = {*_TAKEN, *(name for it in spec.steps for name in _derived(it))}
        yield from lower_logic(logic_of(spec), output, steps.scope(steps.known()), taken)[1]
    yield from answer_problems(steps)


def variables(spec: NodeSpec) -> frozenset[str]:
    """Return the variables that `handle` may have."""
    let = (entry.name for entry in logic_of(spec).let)
    return _TAKEN.union(let, *((it.name, *_derived(it)) for it in spec.steps))


def _derived(call: Call) -> tuple[str, ...]:
    """Return the variables of the generated code that a step's name leads to."""
    return task_name(call.name), function_name(call.name)


def _names(spec: NodeSpec, names: Names) -> Iterator[Problem]:
    request = names.graph.lookup(spec.input)
    fields = {it.name for it in request.fields} if isinstance(request, Model) else set()
    derived = {name for it in spec.steps for name in _derived(it)}
    seen: set[str] = set()
    for it in spec.steps:
        at, hint = it.at.to("step"), "choose another name"
        if it.name in seen:
            yield Problem("duplicate-name", f"two steps are called `{it.name}`", at, hint)
        elif it.name in fields:
            yield Problem("name", f"`{it.name}` is a field of the input already", at, hint)
        elif it.name in {*_TAKEN, *derived} or keyword.iskeyword(it.name):
            yield Problem("name", f"`{it.name}` is taken by the generated code", at, hint)
        elif it.name == "env" or it.name in functions() or it.name in RULED:
            yield Problem("name", f"`{it.name}` has a meaning in expressions already", at, hint)
        seen.add(it.name)


def _nodes(spec: NodeSpec, names: Names) -> Iterator[Problem]:
    for it in spec.steps:
        for key, name in (("call", it.node), ("undo", it.undo)):
            if name == spec.name:
                yield Problem("cycle", f"the node calls itself: {name} → {name}", it.at.to(key))
            elif name and not _is_callable(name, names):
                yield Problem("wrong-type", f"`{name}` is not a node that can be called", it.at.to(key))


def _is_callable(name: str, names: Names) -> bool:
    spec = names.graph.specs.get(name)
    return isinstance(spec, NodeSpec) and isinstance(names.graph.lookup(spec.input), Model)


def _cycle(spec: NodeSpec) -> Iterator[Problem]:
    _, cycle = in_order(spec.steps)
    if cycle:
        first = min(cycle, key=[it.name for it in spec.steps].index)
        start = cycle.index(first)
        path = " → ".join([*cycle[start:], *cycle[:start], first])
        at = next(it.at for it in spec.steps if it.name == first).to("step")
        yield Problem("cycle", f"the steps wait for each other: {path}", at, "let one of them read something else")


def _expressions(step: Step, steps: Steps) -> Iterator[Problem]:
    """Yield what is wrong with `when`, `for_each` and the values under `with`."""
    it, known = step.call, steps.known()
    if it.when:
        yield from lower(it.when, steps.scope(known, condition=True), None)[1]
        known = known.with_holds(steps.guards[step.name])
        yield from _never(it.when, step, steps)
    item = None
    if it.for_each:
        items, problems = lower(it.for_each, steps.scope(known), None)
        yield from problems
        item = item_type(items)
        if items and item is None:
            yield Problem("expression", "this has nothing to iterate over", it.for_each.at, "write a list")
    scope = steps.scope(known, item)
    fields = {field.name: field.type for field in steps.model_of(step.called).fields}
    for entry in it.inputs:
        yield from lower(entry.value, scope, fields.get(entry.name))[1]


def _never(when: Expression, step: Step, steps: Steps) -> Iterator[Problem]:
    """Yield a guard that contradicts itself."""
    for part in parts(tree_of(when)):
        if facts(part, steps.guards, holds=False) <= steps.guards[step.name]:
            hint = "it asks for something and for its opposite"
            yield Problem("never", f"`{step.name}` is never called: its `when` cannot hold", when.at, hint)
            return


def _fields(step: Step, steps: Steps) -> Iterator[Problem]:
    """Yield the fields that the called node does not have, and those that it is not given."""
    model = steps.model_of(step.called)
    if model.source:
        return
    names = [field.name for field in model.fields]
    given = [entry.name for entry in step.call.inputs]
    for entry in step.call.inputs:
        if entry.name not in names:
            near = nearest(entry.name, names)
            hint = f"did you mean `{near}`?" if near else f"its fields are {', '.join(names) or 'none'}"
            at = replace(entry.value.at, key=True)
            yield Problem("unknown-field", f"the input of {step.call.node} has no field `{entry.name}`", at, hint)
    for field in model.fields:
        if field.required and field.name not in given:
            at = step.call.at.to("with", key=True) if given else step.call.at.to("call")
            hint = f"add `{field.name}: EXPRESSION` under `with`"
            yield Problem("missing-field", f"{step.call.node} is not told its `{field.name}`", at, hint)


def _retry(step: Step) -> Iterator[Problem]:
    called = step.called
    pure = called.kind in (Kind.COMPUTE, Kind.REDUCER)
    if not step.call.retry or called.policy.idempotent or (pure and called.policy.idempotent is None):
        return
    at = step.call.at.to("retry", key=True)
    hint = f"if a call may be repeated, say so in the spec of {called.name}: `policy: {{idempotent: true}}`"
    if called.policy.idempotent is None:
        message = f"`{called.name}` does not say whether it is idempotent: a second call may do harm"
        yield Problem("retry", message, at, hint, level=Level.WARN)
    else:
        yield Problem("retry", f"`{called.name}` is not idempotent: a second call may do harm", at, hint)


def _undo(step: Step, steps: Steps) -> Iterator[Problem]:
    undo = steps.names.graph.specs.get(step.call.undo)
    if not isinstance(undo, NodeSpec):
        return
    asked, wanted = steps.model_of(step.called), steps.model_of(undo)
    if asked.ref == wanted.ref:
        return
    at: Pointer = step.call.at.to("undo")
    if asked.source or wanted.source:
        yield Problem("undo", f"`{undo.name}` takes another model than `{step.call.node}`", at, "it must take the same")
        return
    taken = {field.name for field in undone_fields(step, undo, steps)}
    for field in wanted.fields:
        own = asked.field(field.name)
        if field.name in taken or not (field.required or own):
            continue
        what = f"is {own.type} for `{step.call.node}`" if own else f"`{step.call.node}` is not asked"
        hint = f"what undoes a step is told what the step was: {', '.join(it.name for it in asked.fields) or 'nothing'}"
        which = f"its `{field.name}` as {field.type}, which {what}" if own else f"`{field.name}`, which {what}"
        yield Problem("undo", f"`{undo.name}` wants {which}", at, hint)
