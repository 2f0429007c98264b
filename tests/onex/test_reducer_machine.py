"""Generated reducers do what their specs say: compared, message by message, with an interpreter of the specs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.onex.machines import COUNTER, LAMP, ORDER, random_machine
from tests.workspaces import blocking, workspace

PACKAGE = "replayed"
RANDOM_MACHINES = 20
SEQUENCES = 1_000

_FUNCTIONS: dict[str, Any] = {
    "__builtins__": {},
    **{it.__name__: it for it in (Decimal, any, len, sorted)},
    "sum": lambda items: sum(items, 0),
}
_SINGLE = {
    "int": st.integers(-5, 9),
    "bool": st.booleans(),
    "str": st.text(max_size=3),
    "Decimal": st.integers(0, 20).map(lambda it: str(Decimal(it) / 2)),
    "str | None": st.none() | st.sampled_from(["", " a", "bcd"]),
    "list[int]": st.lists(st.integers(-3, 3), max_size=3),
    "list[Line]": st.lists(
        st.builds(lambda quantity, price: {"sku": "A", "quantity": quantity, "unit_price": price},
                  st.integers(1, 3), st.sampled_from(["0.5", "2"])),
        max_size=2,
    ),
}  # fmt: skip
_POSITIVE = st.integers(1, 9)


class Interpreter:
    """A reducer by its spec alone: transitions are looked up, and expressions are evaluated by Python itself."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self.status = spec["states"][0]
        self.data = {name: _initial(field) for name, field in spec.get("state", {}).items()}

    def send(self, message: str, fields: dict[str, Any]) -> tuple[bool, list[tuple[str, dict[str, Any]]]]:
        """Take a message; return whether it was accepted, and the events that were emitted."""
        kinds = {name: _type(field) for name, field in self._spec["messages"][message].items()}
        values = {name: _typed(kinds[name], value) for name, value in fields.items()}
        names = {
            "state": SimpleNamespace(status=self.status, **self.data),
            "event": SimpleNamespace(**values),
            **{name: _event(name) for name in self._spec.get("emits", {})},
        }
        for it in self._spec["transitions"]:
            sources = [it["from"]] if isinstance(it["from"], str) else it["from"]
            if it["when"] != message or self.status not in sources or not _value(it.get("if", True), names):
                continue
            emitted = [_value(text, names) for text in it.get("emit", [])]
            self.data |= {name: _value(text, names) for name, text in it.get("set", {}).items()}
            self.status = it["to"]
            return True, emitted
        return False, []


def _value(text: Any, names: dict[str, Any]) -> Any:
    return eval(text, {**_FUNCTIONS, **names}) if isinstance(text, str) else text


def _event(name: str) -> Any:
    return lambda **fields: (name, fields)


def _type(field: Any) -> str:
    return field if isinstance(field, str) else field["type"]


def _initial(field: dict[str, Any]) -> Any:
    return _typed(field["type"], field["default"])


def _typed(type_: str, value: Any) -> Any:
    match type_:
        case "Decimal":
            return Decimal(value)
        case "list[Line]":
            return [SimpleNamespace(**{**it, "unit_price": Decimal(it["unit_price"])}) for it in value]
        case _:
            return list(value) if isinstance(value, list) else value


# ------------------------------------------------------------------------------------- the machines


def _specs() -> dict[str, dict[str, Any]]:
    random = Random(20260)
    written = [yaml.safe_load(it) for it in (ORDER, COUNTER, LAMP)]
    made = [random_machine(f"machine_{number}", random) for number in range(RANDOM_MACHINES)]
    return {it["node"]: it for it in (*written, *made)}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """Return the specs, whose package has been generated and can be imported."""
    specs = _specs()
    files = {f"specs/{name}.yaml": yaml.safe_dump(it, sort_keys=False) for name, it in specs.items()}
    files["omnibuild.toml"] = f'[workspace]\npackage = "{PACKAGE}"\n'
    sandbox = workspace(tmp_path_factory.mktemp("machines"), files)
    assert not blocking(sandbox.build())
    source = str(sandbox.out / "src")
    sys.path.insert(0, source)
    yield specs
    sys.path.remove(source)
    for name in [it for it in sys.modules if it.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_a_thousand_sequences_of_messages_end_as_the_specs_say(generated: dict[str, dict[str, Any]]) -> None:
    class Comparison(RuleBasedStateMachine):
        """A generated reducer and the interpreter, side by side."""

        @initialize(node=st.sampled_from(sorted(generated)))
        def begin(self, node: str) -> None:
            self.spec = generated[node]
            self.expected = Interpreter(self.spec)
            home = f"{PACKAGE}.nodes.node_{node}_reducer"
            stem = "".join(it.capitalize() for it in node.split("_"))
            self.handler = getattr(importlib.import_module(f"{home}.handlers"), f"Handler{stem}")()
            models = importlib.import_module(f"{home}.models")
            self.request = getattr(models, f"Model{stem}Input")
            self.state: dict[str, Any] = getattr(models, f"Model{stem}State")().model_dump(mode="json")

        @rule(data=st.data())
        def send(self, data: st.DataObject) -> None:
            message = data.draw(st.sampled_from(sorted(self.spec["messages"])))
            fields = {
                name: data.draw(_POSITIVE if isinstance(field, dict) else _SINGLE[field])
                for name, field in self.spec["messages"][message].items()
            }
            request = self.request.model_validate({"state": self.state, "event": {"type": message, **fields}})

            output = self.handler.handle(request)

            accepted, emitted = self.expected.send(message, fields)
            assert output.accepted is accepted
            found = [(it.type, it.model_dump(exclude={"type"})) for it in getattr(output, "emitted", [])]
            assert found == emitted
            assert output.state.status == self.expected.status
            assert {name: _plain(getattr(output.state, name)) for name in self.expected.data} == {
                name: _plain(value) for name, value in self.expected.data.items()
            }
            self.state = output.state.model_dump(mode="json")

    run_state_machine_as_test(
        Comparison, settings=settings(max_examples=SEQUENCES, stateful_step_count=8, deadline=None, database=None)
    )


def _plain(value: Any) -> Any:
    """Return a value without its class, which the two do not share."""
    if isinstance(value, list):
        return [_plain(it) for it in value]
    return vars(value) if hasattr(value, "__dict__") else value


def test_the_random_machines_are_of_many_kinds() -> None:
    specs = _specs().values()

    for key in ("if", "set", "emit"):
        assert any(it.get(key) for spec in specs for it in spec["transitions"]), key
    assert any(len(spec["states"]) == 1 for spec in specs)
    assert any(len(spec["messages"]) == 1 for spec in specs)
    assert any("terminal" in spec for spec in specs)
    assert any("emits" not in spec for spec in specs)
    assert any(len(it["from"]) > 1 for spec in specs for it in spec["transitions"])
    assert {"event.note.strip()"} & {
        text for spec in specs for it in spec["transitions"] for text in it.get("set", {}).values()
    }
