"""docs/generated.md shows what is really generated, and the strictest linter there is has little to say of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.workspaces import REPOSITORY

PAGE = REPOSITORY / "docs" / "generated.md"

INTRODUCTION = """\
# What is generated

The handlers of this repository's own specs, one of each kind, as the reader of a pull request sees them in `out/`.
Beside each stand its models, contract.yaml, metadata.yaml, node.py and tests. All of it passes `mypy --strict`, and
ruff with every rule there is, except these:

{rules}
"""

SHOWN = {
    "compute": ("specs/order_pricer.yaml", "node_order_pricer_compute/handlers/handler_order_pricer.py"),
    "reducer": ("specs/order.yaml", "node_order_reducer/handlers/handler_order.py"),
    "effect": ("specs/order_writer.yaml", "node_order_writer_effect/handlers/handler_order_writer.py"),
    "orchestrator": ("specs/checkout.yaml", "node_checkout_orchestrator/handlers/handler_checkout.py"),
    "models": ("specs/order_pricer.yaml", "node_order_pricer_compute/models/model_order_pricer_input.py"),
    "tests": ("specs/order.yaml", "node_order_reducer/tests/test_handler_order.py"),
}

UNWANTED = {
    "COM812": "the formatter decides on trailing commas",
    "CPY001": "a licence header is the workspace's own affair: `templates/header.py.j2`",
    "D105": "magic methods do what their names say",
    "D107": "a constructor does what its class says",
    "D203": "it contradicts D211",
    "D213": "it contradicts D212",
    "S101": "tests assert",
    "TC003": "pydantic and dataclasses read annotations at run time",
}
"""Rules of ruff's ALL that generated code does not follow, and why."""


def test_the_page_shows_what_is_generated(built_once: Path, regen: bool) -> None:
    rules = "\n".join(f"- `{rule}`: {reason}" for rule, reason in UNWANTED.items())
    parts = [INTRODUCTION.format(rules=rules)]
    for kind, (spec, file) in SHOWN.items():
        code = (built_once / "out" / "src" / "acme" / "nodes" / file).read_text()
        parts.append(f"## {kind}\n\nFrom `{spec}`, `{file}`:\n\n```python\n{code}```\n")
    page = "\n".join(parts)
    if regen:
        PAGE.write_text(page)

    assert PAGE.read_text() == page, "run pytest --regen, and look at what changed"


def test_every_rule_of_ruff_holds_but_the_reasoned_ones(built_once: Path) -> None:
    ignored = ",".join(UNWANTED)
    options = ["--isolated", "--no-cache", "--select", "ALL", "--ignore", ignored, "--line-length", "120"]
    command = [sys.executable, "-m", "ruff", "check", *options, "--target-version", "py312", "out/src"]
    found = subprocess.run(command, cwd=built_once, capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stdout
