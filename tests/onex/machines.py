"""Reducers for tests: specs written by hand, and specs of random machines that pass every check."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from random import Random
from typing import Any

ORDER = """\
node: order
kind: reducer
description: The life of an order.
models:
  Line: {sku: str, quantity: int, unit_price: Decimal}
messages:
  OrderPlaced: {lines: "list[Line]"}
  PaymentReceived: {amount: Decimal}
  OrderCancelled: {}
emits:
  OrderPaid: {total: Decimal}
states: [draft, placed, paid, cancelled]
terminal: [paid, cancelled]
state:
  lines: {type: "list[Line]", default: []}
  total: {type: Decimal, default: 0}
transitions:
  - when: OrderPlaced
    from: draft
    to: placed
    set: {lines: event.lines, total: "sum(l.quantity * l.unit_price for l in event.lines)"}
  - when: PaymentReceived
    from: placed
    to: paid
    if: event.amount >= state.total
    emit: ["OrderPaid(total=state.total)"]
  - {when: OrderCancelled, from: [draft, placed], to: cancelled}
examples:
  - name: placed and paid
    events: [{OrderPlaced: {lines: [{sku: A, quantity: 1, unit_price: "3"}]}}, {PaymentReceived: {amount: "3"}}]
    state: {status: paid, total: "3"}
    emitted: [{OrderPaid: {total: "3"}}]
  - name: paying a draft changes nothing
    events: [{PaymentReceived: {amount: "3"}}]
    state: {status: draft}
    rejected: [PaymentReceived]
"""
"""The reducer of docs/spec-language.md."""

COUNTER = """\
node: counter
kind: reducer
description: Count up to a limit, and begin again.
messages:
  Counted: {by: {type: int, gt: 0}}
  Reset: {}
emits:
  LimitReached: {count: int}
  Restarted: {reason: str | None}
states: [counting]
state:
  count: {type: int, default: 0}
  last: {type: int | None, default: null}
  busy: {type: bool, default: false}
transitions:
  - when: Counted
    from: counting
    to: counting
    if: state.count + event.by >= 10
    set: {count: 0}
    emit: [LimitReached(count=state.count + event.by), Restarted(reason=None)]
  - when: Counted
    from: counting
    to: counting
    if: state.last is not None
    set: {count: state.count + event.by, last: state.last + 1}
  - {when: Counted, from: counting, to: counting, set: {count: state.count + event.by, last: "0", busy: true}}
  - {when: Reset, from: counting, to: counting, emit: ["Restarted(reason='asked')"]}
examples:
  - name: up to the limit
    events: [{Counted: {by: 4}}, {Counted: {by: 6}}, {Counted: {by: 2}}]
    state: {count: 2, last: 1, busy: true}
    emitted: [{LimitReached: {count: 10}}, {Restarted: {reason: null}}]
  - events: [{Reset: {}}]
    state: {last: null, busy: false}
    emitted: [{Restarted: {reason: asked}}]
"""
"""One state, several messages and events, alternatives, and an optional value that a condition proves to be there."""

LAMP = """\
node: lamp
kind: reducer
description: A lamp with one button.
messages: {Pressed: {}}
states: [dark, bright]
transitions:
  - {when: Pressed, from: dark, to: bright}
  - {when: Pressed, from: bright, to: dark}
examples:
  - {events: []}
  - {name: pressed twice, events: [{Pressed: {}}, {Pressed: {}}], state: {status: dark}}
"""
"""Several states and one message, which nothing reads."""

MESSAGE_FIELDS = {"amount": "int", "flag": "bool", "note": "str | None", "items": "list[int]"}
STATE_FIELDS: dict[str, dict[str, Any]] = {
    "count": {"type": "int", "default": 0},
    "money": {"type": "Decimal", "default": 0},
    "name": {"type": "str", "default": ""},
    "on": {"type": "bool", "default": False},
    "seen": {"type": "list[int]", "default": []},
}
_CONDITIONS = {
    "event.amount > 2": ("amount",),
    "event.flag and event.amount != 0": ("flag", "amount"),
    "not event.flag": ("flag",),
    "event.note is not None": ("note",),
    "event.note is not None and len(event.note) > state.count": ("note", "count"),
    "state.count + event.amount >= 5": ("count", "amount"),
    "len(state.seen) < 3 or state.on": ("seen", "on"),
    "sum(event.items) % 2 == 0": ("items",),
    "any(item in state.seen for item in event.items)": ("items", "seen"),
    "state.money >= Decimal('1.5')": ("money",),
}
"""Conditions, and the fields of message and state that each reads."""
_VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "count": {"state.count + 1": ("count",), "event.amount - state.count": ("amount", "count"), "0": ()},
    "money": {"state.money + event.amount": ("money", "amount"), "state.money * Decimal('0.5')": ("money",)},
    "name": {"f'{state.name}{event.amount}'": ("name", "amount"), "(event.note or 'none').upper()": ("note",)},
    "on": {"not state.on": ("on",), "event.flag": ("flag",)},
    "seen": {"state.seen + [event.amount]": ("seen", "amount"), "sorted(event.items)": ("items",)},
}
"""What a field of the state may be set to, and the fields that this reads."""
_PROVEN = {"name": "event.note.strip()"}
"""What a field may be set to where the condition has shown that there is a note."""


def random_machine(name: str, random: Random) -> dict[str, Any]:
    """Return the spec of a random state machine, every state of which is reached."""
    states = [f"s{number}" for number in range(random.randint(1, 5))]
    transitions: list[dict[str, Any]] = []
    while _reached(transitions, states[0]) != set(states):
        machine = _Machine(states, random)
        transitions = machine.transitions()
    left = {source for it in transitions for source in it["from"]}
    spec = {
        "node": name,
        "kind": "reducer",
        "description": "A random machine.",
        "messages": machine.messages,
        "emits": machine.emits,
        "states": states,
        "terminal": [it for it in states if it not in left],
        "state": machine.state,
        "transitions": transitions,
    }
    return {key: value for key, value in spec.items() if value}


def _reached(transitions: list[dict[str, Any]], first: str) -> set[str]:
    reached: set[str] = {first} if transitions else set()
    for _ in transitions:
        reached |= {it["to"] for it in transitions if reached & set(it["from"])}
    return reached


class _Machine:
    """What a random machine declares; makes its transitions."""

    def __init__(self, states: list[str], random: Random) -> None:
        self._states = states
        self._random = random
        self.messages = {f"Message{number}": _some(MESSAGE_FIELDS, random) for number in range(random.randint(1, 4))}
        self.state = _some(STATE_FIELDS, random)
        self.emits = {f"Event{number}": {"count": "int"} for number in range(random.randint(0, 3))}

    def transitions(self) -> list[dict[str, Any]]:
        """Return transitions, none of which stands behind one that leaves nothing for it."""
        always: set[tuple[str, str]] = set()
        found: list[dict[str, Any]] = []
        for _ in range(self._random.randint(1, 12)):
            when = self._random.choice(list(self.messages))
            picked = self._random.sample(self._states, self._random.randint(1, min(3, len(self._states))))
            sources = [it for it in picked if (when, it) not in always]
            if sources:
                found.append(self._transition(when, sources))
                always |= set() if "if" in found[-1] else {(when, source) for source in sources}
        return found

    def _transition(self, when: str, sources: list[str]) -> dict[str, Any]:
        random = self._random
        known = self.messages[when].keys() | self.state.keys()
        result: dict[str, Any] = {"when": when, "from": sources, "to": random.choice(self._states)}
        conditions = [it for it, reads in _CONDITIONS.items() if known >= set(reads)]
        if conditions and random.random() < 0.6:
            result["if"] = random.choice(conditions)
        changes = {name: self._value(name, known, result.get("if", "")) for name in self.state}
        count = "event.amount" if "amount" in known else "state.count" if "count" in known else "7"
        events = [f"{it}(count={count})" for it in self.emits if random.random() < 0.4]
        result["set"] = {name: value for name, value in changes.items() if value and random.random() < 0.6}
        return {**result, "emit": events}

    def _value(self, name: str, known: AbstractSet[str], condition: str) -> str:
        values = [it for it, reads in _VALUES[name].items() if known >= set(reads)]
        if "event.note is not None" in condition and name in _PROVEN:
            values.append(_PROVEN[name])
        return self._random.choice(values) if values else ""


def _some[T](fields: dict[str, T], random: Random) -> dict[str, T]:
    return {name: it for name, it in fields.items() if random.random() < 0.6}
