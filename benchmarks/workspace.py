"""Makes a synthetic workspace: `python benchmarks/workspace.py FOLDER NODES`, with real dependencies.

Every ten nodes are six compute nodes, an effect with a body, an effect with an operation, a reducer and an
orchestrator that calls three of them; every fifty share a document of models. All of it is written out here
rather than taken from `specs/`, so that figures of different days are figures of the same work.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = "bench"
PER_DOMAIN = 50
"""How many nodes share a document of models; a multiple of ten, so that nothing reaches into another domain."""

EXPRESSION = "gross * (1 - discount)"
OTHER_EXPRESSION = "gross - gross * discount"
"""The first stands in the logic of each compute node, for a benchmark to change; the second says the same."""
CONSTANT = "WIDTH = 40"
"""Stands in each body, for a benchmark to change."""

SHARED = """\
shared: domain_{domain}
description: Models that the nodes of domain {domain} share.
enums:
  Region{domain}: [north, south]
models:
  Money{domain}:
    value: {{type: Decimal, ge: 0, description: How much it is.}}
    currency: {{type: str, min_length: 3, max_length: 3, description: The currency.}}
"""

COMPUTE = """\
node: node_{number}
kind: compute
description: Price the lines of one order of kind {number} with a discount.
domain: domain_{domain}
tags: [pricing, domain_{domain}]
models:
  Line{number}:
    sku: {{type: str, min_length: 1, description: What is ordered.}}
    quantity: {{type: int, gt: 0, description: How many of it.}}
    unit_price: {{type: Decimal, ge: 0, description: The price of one.}}
input:
  lines: {{type: "list[Line{number}]", min_length: 1, description: What is ordered.}}
  discount: {{type: Decimal, ge: 0, le: 1, default: 0, description: The share that is not charged.}}
{before}output:
  subtotal: {{type: Decimal, description: The price before the discount.}}
  due: {{type: domain_{domain}.Money{domain}, description: What is to be paid.}}
logic:
  let:
    gross: sum(line.quantity * line.unit_price for line in lines)
  subtotal: gross
  due: domain_{domain}.Money{domain}(value={expression}, currency="EUR")
policy: {{timeout: 5s, idempotent: true}}
examples:
  - name: ten percent off
    input: {{lines: [{{sku: A, quantity: 2, unit_price: "5.00"}}], discount: "0.1"}}
    output: {{subtotal: "10.00", due: {{value: "9.000", currency: EUR}}}}
"""

BEFORE = """\
  earlier: {{type: "list[node_{near}.Line{near}]", default: [], description: Ordered earlier.}}
"""

WITH_BODY = """\
node: node_{number}
kind: effect
description: Append the label of one parcel of kind {number} to the file of labels.
domain: domain_{domain}
tags: [labels, domain_{domain}]
env:
  LABELS: {{required: true, description: The file that the labels are in.}}
models:
  Parcel{number}:
    sku: {{type: str, min_length: 1, description: What is in it.}}
    weight: {{type: Decimal, gt: 0, description: What it weighs in kilograms.}}
    region: {{type: domain_{domain}.Region{domain}, description: Where it goes.}}
input:
  parcel: {{type: Parcel{number}, description: The parcel.}}
  lines: {{type: "list[node_{near}.Line{near}]", default: [], description: What is packed with it.}}
output:
  length: {{type: int, ge: 0, description: How many characters were written.}}
policy: {{timeout: 5s, idempotent: true}}
examples:
  - name: a parcel of its own
    given: {{env: {{LABELS: /dev/null}}}}
    input: {{parcel: {{sku: A, weight: "1.5", region: north}}}}
    output: {{length: 7}}
"""

BODY = '''\
"""Labels in a file, one a line."""

from pathlib import Path

from {package}.nodes.node_node_{number}_effect.environment import Environment
from {package}.nodes.node_node_{number}_effect.models import ModelNode{number}Input, ModelNode{number}Output

{constant}


def handle(request: ModelNode{number}Input, environment: Environment) -> ModelNode{number}Output:
    """Append the label, cut to what fits on it; say how many characters that took."""
    pieces = sum(line.quantity for line in request.lines)
    label = f"{{request.parcel.sku}} {{request.parcel.weight}} {{pieces}}"
    with Path(environment.labels).open("a") as file:
        return ModelNode{number}Output(length=file.write(f"{{label[:WIDTH].rstrip()}}\\n") - 1)
'''

WITH_OPERATION = """\
node: node_{number}
kind: effect
description: Keep the receipt of one order of kind {number} in a folder.
domain: domain_{domain}
tags: [receipts, domain_{domain}]
env:
  RECEIPTS: {{required: true, description: The folder that the receipts are in.}}
models:
  Receipt{number}:
    number: {{type: int, gt: 0, description: Its number.}}
    due: {{type: domain_{domain}.Money{domain}, description: What was paid.}}
input:
  receipt: {{type: Receipt{number}, description: The receipt.}}
output:
  file: {{type: str, min_length: 1, description: The file that it is in.}}
operations:
  - file: {{in: env.RECEIPTS, write: "f'{{receipt.number}}.txt'", text: "f'{{receipt.due.value}}'"}}
logic:
  file: f'{{receipt.number}}.txt'
policy: {{timeout: 5s, idempotent: true}}
examples:
  - name: kept
    given: {{folder: {{RECEIPTS: {{}}}}}}
    input: {{receipt: {{number: 7, due: {{value: "9.00", currency: EUR}}}}}}
    output: {{file: 7.txt}}
    then: {{folder: {{RECEIPTS: {{7.txt: "9.00"}}}}}}
"""

REDUCER = """\
node: node_{number}
kind: reducer
description: The life of one order of kind {number}, from its draft to its payment.
domain: domain_{domain}
tags: [orders, domain_{domain}]
messages:
  Placed{number}:
    lines: {{type: "list[node_{near}.Line{near}]", min_length: 1, description: What is ordered.}}
  Received{number}:
    amount: {{type: Decimal, gt: 0, description: How much was paid.}}
emits:
  Paid{number}:
    total: {{type: Decimal, description: What the order cost in all.}}
states: [draft, placed, paid]
terminal: [paid]
state:
  total: {{type: Decimal, default: 0, description: What it costs in all.}}
transitions:
  - when: Placed{number}
    from: draft
    to: placed
    set: {{total: sum(line.quantity * line.unit_price for line in event.lines)}}
  - {{when: Received{number}, from: placed, to: paid, if: event.amount >= state.total, emit: [{paid}]}}
policy: {{timeout: 5s, idempotent: true}}
examples:
  - name: paying a draft changes nothing
    events: [{{Received{number}: {{amount: "3"}}}}]
    state: {{status: draft}}
    rejected: [Received{number}]
"""

ORCHESTRATOR = """\
node: node_{number}
kind: orchestrator
description: Price one order of kind {number}, keep its receipt and label its parcel.
domain: domain_{domain}
tags: [orders, domain_{domain}]
input:
  lines: {{type: "list[node_{price}.Line{price}]", min_length: 1, description: What is ordered.}}
  parcel: {{type: node_{label}.Parcel{label}, description: What it is sent in.}}
  discount: {{type: Decimal, ge: 0, le: 1, default: 0, description: The share that is not charged.}}
output:
  due: {{type: domain_{domain}.Money{domain}, description: What is to be paid.}}
  receipt: {{type: str | None, default: null, description: The file that its receipt is in.}}
steps:
  - {{step: price, call: node_{price}, with: {{lines: lines, discount: discount}}}}
  - step: keep
    call: node_{keep}
    with: {{receipt: "node_{keep}.Receipt{keep}(number=1, due=price.due)"}}
    when: price.subtotal > 0
    retry: {{attempts: 3}}
  - {{step: label, call: node_{label}, with: {{parcel: parcel}}}}
logic:
  due: price.due
  receipt: keep.file if price.subtotal > 0 else None
policy: {{timeout: 30s, idempotent: true}}
examples:
  - name: for nothing
    input: {{lines: [{{sku: A, quantity: 1, unit_price: "0"}}], parcel: {{sku: A, weight: "1.5", region: north}}}}
    steps: {{price: {{subtotal: "0", due: {{value: "0", currency: EUR}}}}, label: {{length: 7}}}}
    output: {{due: {{value: "0", currency: EUR}}}}
"""


@dataclass(frozen=True)
class Document:
    """A spec file, with the body beside it if it has one, and the documents that it refers to."""

    name: str
    kind: str
    files: dict[str, str]
    needs: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The folder of the generated package that omnibuild makes of it."""
        return f"shared/{self.name}" if self.kind == "shared" else f"nodes/node_{self.name}_{self.kind}"


def documents(nodes: int) -> list[Document]:
    """Return the specs of a workspace with so many nodes; none needs one that comes after it."""
    found = []
    for number in range(nodes):
        domain, rest = divmod(number, PER_DOMAIN)
        if rest == 0:
            name = f"domain_{domain}"
            found.append(Document(name, "shared", {f"specs/{name}.yaml": SHARED.format(domain=domain)}))
        found.append(_node(number, domain))
    return found


def make(folder: Path, nodes: int, settings: str = "") -> list[Document]:
    """Write a workspace into a folder and return its documents; `settings` go into omnibuild.toml as they are."""
    (folder / "specs").mkdir(parents=True, exist_ok=True)
    (folder / "omnibuild.toml").write_text(f'[workspace]\npackage = "{PACKAGE}"\n{settings}')
    made = documents(nodes)
    for document in made:
        for path, text in document.files.items():
            (folder / path).write_text(text)
    return made


def _node(number: int, domain: int) -> Document:
    """Return the document of one node; its place among ten says what it is."""
    file, body = f"specs/node_{number}.yaml", f"specs/node_{number}.py"
    name, shared, near = f"node_{number}", f"domain_{domain}", f"node_{number - 1}"
    match number % 10:
        case 4:
            spec = WITH_BODY.format(number=number, domain=domain, near=number - 1)
            code = BODY.format(number=number, package=PACKAGE, constant=CONSTANT)
            return Document(name, "effect", {file: spec, body: code}, [shared, near])
        case 7:
            spec = WITH_OPERATION.format(number=number, domain=domain)
            return Document(name, "effect", {file: spec}, [shared])
        case 8:
            near = f"node_{number - 2}"
            paid = f"Paid{number}(total=state.total)"
            spec = REDUCER.format(number=number, domain=domain, near=number - 2, paid=paid)
            return Document(name, "reducer", {file: spec}, [near])
        case 9:
            calls = {"price": number - 3, "label": number - 5, "keep": number - 2}
            spec = ORCHESTRATOR.format(number=number, domain=domain, **calls)
            return Document(name, "orchestrator", {file: spec}, [shared, *(f"node_{it}" for it in calls.values())])
        case 2 | 6:
            # The nearest compute node before it: what is between 4 and 7 is 5.
            spec = COMPUTE.format(
                number=number, domain=domain, before=BEFORE.format(near=number - 1), expression=EXPRESSION
            )
            return Document(name, "compute", {file: spec}, [shared, near])
        case _:
            spec = COMPUTE.format(number=number, domain=domain, before="", expression=EXPRESSION)
            return Document(name, "compute", {file: spec}, [shared])


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
