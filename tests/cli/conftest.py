"""What the tests of the command line share: a way to call it, and small workspaces."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from omnibuild.cli.app import cli

COMMAND = [sys.executable, "-m", "omnibuild"]

TOML = """[workspace]
package = "acme"

[build]
mode = "fast"

[env.production.build]
mode = "strict"
"""
PRICER = """node: pricer
kind: compute
description: Price a number of pieces at the same price.
tags: [pricing]
policy: {timeout: 5s, idempotent: true}
input:
  quantity: {type: int, gt: 0, description: How many.}
  piece: {type: money.Amount, description: The price of one.}
output:
  total: {type: Decimal, description: What they cost together.}
logic:
  total: quantity * piece.value
examples:
  - input: {quantity: 2, piece: {value: "1.50"}}
    output: {total: "3.00"}
"""
MONEY = """shared: money
description: What money is, for every node that counts it.
models:
  Amount:
    value: {type: Decimal, description: How much of it.}
"""
BROKEN = """node: broken
kind: compute
description: A node that has a key which nobody knows.
inptu: {a: int}
input: {a: int}
output: {b: int}
logic: {b: a}
"""


@dataclass(frozen=True)
class Answer:
    """What a call of omnibuild gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object that was printed."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Space:
    """A workspace, and omnibuild called in it."""

    root: Path

    def __call__(self, *arguments: str, stdin: str | None = None) -> Answer:
        return omnibuild("-C", str(self.root), *arguments, stdin=stdin)

    def process(self, *arguments: str, stdin: str = "", **environment: str) -> Answer:
        """Call omnibuild in a process of its own."""
        done = subprocess.run(
            [*COMMAND, "-C", str(self.root), *arguments],
            env={**os.environ, **environment},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def write(self, file: str, text: str) -> Path:
        place = self.root / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        return place


def omnibuild(*arguments: str, stdin: str | None = None) -> Answer:
    """Call omnibuild in this process."""
    result = CliRunner().invoke(cli, arguments, input=stdin, prog_name="omnibuild")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def call() -> Callable[..., Answer]:
    """Return what calls omnibuild."""
    return omnibuild


@pytest.fixture
def space(tmp_path: Path) -> Space:
    """Return a workspace of a shared document and a node that needs it; it is checked fast."""
    space = Space(tmp_path / "shop")
    space.write("omnibuild.toml", TOML)
    space.write("specs/pricer.yaml", PRICER)
    space.write("specs/money.yaml", MONEY)
    return space
