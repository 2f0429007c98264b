"""What an editor shows and offers beside the descriptions of the models: examples, types, whole documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnibuild.spec.written import CLASS_NAME, DURATION, NAME, SEMVER

KINDS = {
    "effect": "Acts on the world: databases, HTTP, files, topics. By `operations:` or a body.",
    "compute": "Computes its output from its input, and does nothing else. By `logic:` or a body.",
    "reducer": "Keeps a state, and changes it by messages. By `states:` and `transitions:`, or a body.",
    "orchestrator": "Calls other nodes. By `steps:` or a body.",
}
"""What each kind is for."""

TYPES = {
    "str": "Text.",
    "int": "A whole number.",
    "float": "A number that may be inexact; money is a Decimal.",
    "bool": "true or false.",
    "bytes": "Bytes; in JSON as UTF-8.",
    "Decimal": 'An exact decimal number; in JSON as text: "9.90".',
    "UUID": "A UUID.",
    "datetime": "A date and a time: 2030-01-31T12:00:00Z.",
    "date": "A date: 2030-01-31.",
    "time": "A time of day: 12:00:00.",
    "timedelta": "A duration: PT30S.",
    "Path": "The path of a file or a folder.",
    "HttpUrl": "A URL of http or https.",
    "Json": "Anything that JSON can say.",
    "Any": "Anything at all; nothing is checked.",
}
"""The scalars of the type grammar: what an editor offers for a type."""

PATTERNS = {
    NAME: "A name in snake_case, such as order_pricer.",
    CLASS_NAME: "A name in CamelCase, such as OrderLine.",
    SEMVER: "A semantic version, such as 1.2.0.",
    DURATION: "A number and its unit, such as 500ms, 30s, 5m or 1h.",
}
"""What is told of a text that does not have its form."""

SECTIONS = {
    "enums": "enums:\n  Currency: [EUR, USD]\n  Speed: {SLOW: takes days, FAST: takes hours}\n",
    "models": "models:\n  OrderLine:\n    sku: {type: str, min_length: 1}\n    quantity: {type: int, gt: 0}\n",
    "input": (
        "input:\n"
        '  lines: {type: "list[OrderLine]", min_length: 1}\n'
        "  discount: {type: Decimal, ge: 0, le: 1, default: 0}\n"
    ),
    "output": "output:\n  subtotal: Decimal\n  total: {type: Decimal, description: What is to be paid.}\n",
    "logic": (
        "logic:\n"
        "  let:\n"
        "    gross: sum(line.price for line in lines)\n"
        "  subtotal: gross\n"
        "  total: gross * (1 - discount)\n"
    ),
    "messages": 'messages:\n  OrderPlaced: {lines: "list[Line]"}\n  OrderCancelled: {}\n',
    "emits": "emits:\n  OrderPaid: {total: Decimal}\n",
    "states": "states: [draft, placed, paid, cancelled]\nterminal: [paid, cancelled]\n",
    "state": "state:\n  total: {type: Decimal, default: 0}\n",
    "transitions": (
        "transitions:\n"
        "  - {when: OrderPlaced, from: draft, to: placed, set: {lines: event.lines}}\n"
        "  - {when: PaymentReceived, from: placed, to: paid, if: event.amount >= state.total}\n"
    ),
    "operations": (
        "operations:\n"
        "  - sql: {url: env.DATABASE_URL, query: 'insert into orders (id) values (:id)', with: {id: order_id}}\n"
        "    as: inserted\n"
        "  - http: {method: POST, url: \"f'{env.WAREHOUSE_URL}/orders'\", json: {id: order_id}}\n"
        "    retry: {attempts: 3}\n"
    ),
    "steps": (
        "steps:\n"
        "  - {step: check, call: order_validator, with: {lines: lines}}\n"
        "  - {step: price, call: order_pricer, with: {lines: lines}, when: check.valid}\n"
    ),
    "examples": (
        "examples:\n"
        "  - name: ten percent off\n"
        '    input: {price: "10.00", discount: "0.1"}\n'
        '    output: {total: "9.000"}\n'
        "  - name: no price\n"
        "    input: {}\n"
        "    fails: validation\n"
    ),
    "events": "events: {consumes: [order_pricer], publishes: [onex.evt.sales.order-seen.v1]}\n",
    "policy": "policy: {timeout: 30s, idempotent: true, retry: {attempts: 3, backoff: 0.5s}}\n",
    "env": "env:\n  DATABASE_URL: {required: true, description: Where the orders are kept.}\n",
    "contract": "contract:\n  descriptor: {runtime_profiles: [main]}\n",
}
"""An example of each section of a node that has a form of its own, as YAML."""


def with_example(name: str, description: str) -> str:
    """Return the description of a section as Markdown, with an example if there is one."""
    example = SECTIONS.get(name)
    return f"{description}\n\n```yaml\n{example}```" if example else description


def type_snippets() -> list[dict[str, Any]]:
    """Return the types as an editor offers them."""
    return [{"label": name, "description": meaning, "body": name} for name, meaning in TYPES.items()]


def document_snippets() -> list[dict[str, Any]]:
    """Return whole documents as an editor offers them in an empty file: they build as they are."""
    nodes = [_snippet(f"{kind} node", meaning, {**_head(kind), **_BODIES[kind]}) for kind, meaning in KINDS.items()]
    shared = {
        "shared": "${1:money}",
        "description": "${2:What the models have in common.}",
        "models": {"${3:Amount}": {"${4:value}": "${5:Decimal}"}},
    }
    return [*nodes, _snippet("shared models", "Models and enums that several nodes use.", shared)]


def _snippet(label: str, meaning: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": label, "description": meaning, "body": dict(body)}


def _head(kind: str) -> dict[str, Any]:
    return {"node": "${1:name}", "kind": kind, "description": "${2:What the node does, in a sentence.}"}


_BODIES: dict[str, dict[str, Any]] = {
    "compute": {
        "input": {"${3:text}": "${4:str}"},
        "output": {"${5:result}": "${6:str}"},
        "logic": {"${5:result}": "${3:text}.strip()"},
        "examples": [{"input": {"${3:text}": "a"}, "output": {"${5:result}": "a"}}],
    },
    "effect": {
        "env": {"DATABASE_URL": {"required": True}},
        "input": {"${3:id}": "${4:UUID}"},
        "output": {"${5:stored}": "${6:bool}"},
        "operations": [
            {
                "sql": {
                    "url": "env.DATABASE_URL",
                    "query": "insert into ${7:orders} (${3:id}) values (:${3:id})",
                    "with": {"${3:id}": "str(${3:id})"},
                },
                "as": "inserted",
            }
        ],
        "logic": {"${5:stored}": "inserted.rowcount == 1"},
    },
    "reducer": {
        "messages": {"${3:Opened}": {}, "${4:Closed}": {}},
        "states": ["${5:new}", "${6:open}", "${7:closed}"],
        "terminal": ["${7:closed}"],
        "transitions": [
            {"when": "${3:Opened}", "from": "${5:new}", "to": "${6:open}"},
            {"when": "${4:Closed}", "from": "${6:open}", "to": "${7:closed}"},
        ],
    },
    "orchestrator": {
        "input": {"${3:text}": "${4:str}"},
        "output": {"${5:result}": "${6:str}"},
        "steps": [{"step": "${7:first}", "call": "${8:node}", "with": {"${3:text}": "${3:text}"}}],
        "logic": {"${5:result}": "${7:first}.result"},
    },
}
"""What follows the head of a node of each kind."""
