"""Makes a synthetic workspace: `python benchmarks/workspace.py FOLDER NODES`, with real dependencies."""

from __future__ import annotations

import sys
from pathlib import Path

PER_DOMAIN = 50
"""How many nodes share a document of models."""

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

NODE = """\
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
  due: domain_{domain}.Money{domain}(value=gross * (1 - discount), currency="EUR")
policy: {{timeout: 5s, idempotent: true}}
examples:
  - name: ten percent off
    input: {{lines: [{{sku: A, quantity: 2, unit_price: "5.00"}}], discount: "0.1"}}
    output: {{subtotal: "10.00", due: {{value: "9.000", currency: EUR}}}}
"""


def make(folder: Path, nodes: int) -> None:
    """Write the workspace; every third node takes another one's model in its input."""
    (folder / "specs").mkdir(parents=True, exist_ok=True)
    (folder / "omnibuild.toml").write_text('[workspace]\npackage = "bench"\n')
    for number in range(nodes):
        domain = number // PER_DOMAIN
        if number % PER_DOMAIN == 0:
            (folder / "specs" / f"domain_{domain}.yaml").write_text(SHARED.format(domain=domain))
        before = ""
        if number % 3 == 2:
            field = f'{{type: "list[node_{number - 1}.Line{number - 1}]", default: [], description: Ordered earlier.}}'
            before = f"  earlier: {field}\n"
        (folder / "specs" / f"node_{number}.yaml").write_text(NODE.format(number=number, domain=domain, before=before))


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
