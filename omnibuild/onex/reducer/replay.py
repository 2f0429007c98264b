"""A reducer's examples: messages in order, and where they lead from the initial state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omnibuild.assemble.blocks import for_, if_
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.tree import Compound, Docstring, Line, Parameter, Statement, assign, function, quoted, spaced
from omnibuild.assemble.types import Types
from omnibuild.core.values import Enum, Example, Field, Json, Machine, Model, NodeSpec, Pointer, Problem, Ref, Type
from omnibuild.onex.names import Names, handler_class
from omnibuild.onex.part import Part
from omnibuild.onex.reducer.machine import EVENT, STATE, STATUS, unknown
from omnibuild.onex.tests import example_functions, examples_path
from omnibuild.spec.conformity import check_model, check_value
from omnibuild.spec.machine import TAG

_NOT_OURS = ("input", "output", "fails", "given", "then", "steps")
"""What an example of another kind says."""


def check_examples(spec: NodeSpec, machine: Machine, names: Names) -> Iterator[Problem]:
    """Yield what is wrong with the examples as they are written."""
    for example in spec.examples:
        for key in _NOT_OURS:
            if getattr(example, key) not in (None, "", {}):
                at = example.at.to(key, key=True)
                hint = "it has `events`, and `state`, `emitted` or `rejected` afterwards"
                yield Problem("example", f"an example of a reducer has no `{key}`", at, hint)
        yield from _messages(example.events, machine.messages, "message", example.at.to("events"), names)
        yield from _messages(example.emitted, machine.emits, "event", example.at.to("emitted"), names)
        yield from _state(example, machine, names)
        yield from _rejected(example, machine)


def _messages(
    written: Sequence[tuple[str, Json]], refs: Sequence[Ref], what: str, at: Pointer, names: Names
) -> Iterator[Problem]:
    for index, (name, fields) in enumerate(written):
        model = next((names.graph.lookup(it) for it in refs if it.name == name), None)
        if isinstance(model, Model):
            yield from check_model(model, fields, at.to(index, name), names.graph.lookup)
        else:
            known = [it.name for it in refs]
            yield unknown(f"unknown-{what}", f"there is no {what}", name, known, at.to(index, name, key=True))


def _state(example: Example, machine: Machine, names: Names) -> Iterator[Problem]:
    model = names.graph.lookup(machine.state)
    fields = {it.name: it for it in model.fields} if isinstance(model, Model) else {}
    for name, value in example.state.items():
        at = example.at.to("state", name)
        if name == STATUS and value not in machine.states:
            yield unknown("unknown-state", "there is no state", str(value), machine.states, at)
        elif name in fields:
            yield from check_value(fields[name].type, value, at, names.graph.lookup)
        else:
            key = example.at.to("state", name, key=True)
            yield unknown("unknown-field", "the state has no field", name, fields, key)


def _rejected(example: Example, machine: Machine) -> Iterator[Problem]:
    messages = [it.name for it in machine.messages]
    sent = [name for name, _ in example.events]
    for index, name in enumerate(example.rejected):
        at = example.at.to("rejected", index)
        if name not in messages:
            yield unknown("unknown-message", "there is no message", name, messages, at)
        elif example.rejected.count(name) > sent.count(name):
            yield Problem("example", f"`{name}` is rejected more often than it is among the events", at)


# ------------------------------------------------------------------------------------------ tests


def replay_tests(spec: NodeSpec, names: Names) -> Part | None:
    """Return the test module: a function that replays messages, and a test for each example."""
    return _ReplayTests(spec, spec.machine, names).part() if spec.examples and spec.machine else None


class _ReplayTests:
    """Writes the test module of a reducer's examples."""

    def __init__(self, spec: NodeSpec, machine: Machine, names: Names) -> None:
        self._spec = spec
        self._machine = machine
        self._names = names
        self._imports = Imports(names.package)
        self._types = Types(self._imports, self._class_name, names.graph.lookup)

    def part(self) -> Part:
        spec = self._spec
        tests, origins = example_functions(spec, self._test)
        body = [self._replay(), *tests]
        text = module(f"What becomes of {spec.name} in the examples of its spec.", self._imports, body)
        return Part(examples_path(spec, self._names), text, origins)

    def _class_name(self, ref: Ref) -> str:
        return self._names.imported(ref, self._imports)

    def _replay(self) -> Compound:
        handlers = f"{self._names.package_of(self._spec.name)}.handlers"
        handler = self._imports.name(handlers, handler_class(self._spec))
        state, request = self._class_name(self._machine.state), self._class_name(self._spec.input)
        events = " | ".join(self._class_name(it) for it in self._machine.emits)
        told = f"{'emitted and ' if events else ''}rejected"
        body: list[Statement] = [
            Docstring(f"Handle the events in order; return the state at the end, and what was {told} on the way."),
            Line(f"{STATE} = {state}()"),
            *([assign("emitted", "[]", f"list[{events}]")] if events else []),
            assign("rejected", "[]", "list[str]"),
        ]
        once: list[Statement] = [
            Line(f"output = {handler}().handle({request}({STATE}={STATE}, {EVENT}={EVENT}))"),
            Line(f"{STATE} = output.{STATE}"),
            *([Line("emitted += output.emitted")] if events else []),
            if_("not output.accepted", [Line(f"rejected.append({EVENT}.{TAG})")]),
        ]
        body.append(for_(EVENT, "events", once))
        results = ["list[str]"] if not events else [f"list[{events}]", "list[str]"]
        body.append(Line(f"return {', '.join(self._results(STATE))}"))
        accepted = " | ".join(self._class_name(it) for it in self._machine.messages)
        returns = f"tuple[{', '.join([state, *results])}]"
        return function("replay", [Parameter("*events", accepted)], returns, body)

    def _results(self, state: str) -> list[str]:
        return [state, *(["emitted"] if self._machine.emits else []), "rejected"]

    def _test(self, name: str, example: Example) -> Compound:
        events = ", ".join(self._message(name, fields, self._machine.messages) for name, fields in example.events)
        results = ", ".join(self._results(STATE if example.state else "_"))
        body: list[Statement] = [
            Docstring(example.name[:1].upper() + example.name[1:]),
            Line(f"{results} = replay({events})"),
        ]
        checks = [self._field(key, value) for key, value in example.state.items()]
        if self._machine.emits:
            emitted = ", ".join(self._message(key, fields, self._machine.emits) for key, fields in example.emitted)
            checks.append(f"emitted == [{emitted}]" if emitted else "not emitted")
        rejected = ", ".join(map(quoted, example.rejected))
        checks.append(f"rejected == [{rejected}]" if rejected else "not rejected")
        asserted = [Line(f"assert {it}") for it in checks]
        asserted[0] = spaced(asserted[0])
        return function(name, [], "None", [*body, *asserted])

    def _message(self, name: str, fields: Json, refs: Sequence[Ref]) -> str:
        ref = next(it for it in refs if it.name == name)
        return self._types.value(Type("ref", ref=ref), fields)

    def _field(self, name: str, value: Json) -> str:
        """Return the comparison of one field of the state, as it reads best."""
        model = self._names.graph.lookup(self._machine.state)
        field = model.field(name) if isinstance(model, Model) else None
        if field is None:
            raise ValueError(f"the state of {self._spec.name} has no field {name}")
        if field.type.head == "bool":
            return f"{'' if value else 'not '}{STATE}.{name}"
        return f"{STATE}.{name} {self._sign(field, value)} {self._types.value(field.type, value)}"

    def _sign(self, field: Field, value: Json) -> str:
        is_member = field.type.ref is not None and isinstance(self._names.graph.lookup(field.type.ref), Enum)
        return "is" if is_member or value is None or isinstance(value, bool) else "=="
