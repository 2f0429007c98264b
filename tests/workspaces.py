"""Workspaces in a temporary folder: written, changed and built by the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from omnibuild import Workspace
from omnibuild.core.values import Level, Mode, Place, Problem, Report, Status, digest

REPOSITORY = Path(__file__).resolve().parents[1]
TOML = '[workspace]\npackage = "acme"\n'

PRICER = """\
node: pricer
kind: compute
description: Price a number of pieces at one price.
tags: [pricing]
input: {quantity: int, price: Decimal}
output: {total: Decimal}
logic:
  total: quantity * price
examples:
  - name: two pieces
    input: {quantity: 2, price: "5.00"}
    output: {total: "10.00"}
"""
"""A node that stands alone."""

MONEY = """\
shared: money
description: Amounts of money.
enums:
  Currency: [EUR, USD]
models:
  Amount: {value: Decimal, currency: Currency}
"""

CHARGER = """\
node: charger
kind: compute
description: Charge an amount of money twice.
domain: sales
input: {amount: money.Amount}
output: {charged: money.Amount}
logic:
  charged: money.Amount(value=amount.value * 2, currency=amount.currency)
"""
"""A node that needs `money`."""

BILLER = """\
node: biller
kind: effect
description: Send the bill for what was charged.
tags: [billing]
input: {bill: charger.Output}
output: {sent: bool}
"""
BILLER_BODY = '''\
from acme.nodes.node_biller_effect.models import ModelBillerInput, ModelBillerOutput


def handle(request: ModelBillerInput) -> ModelBillerOutput:
    """Send it."""
    return ModelBillerOutput(sent=request.bill.charged.value > 0)
'''
"""A node that needs `charger`, and `money` through it only."""

CHAIN = {
    "specs/pricer.yaml": PRICER,
    "specs/money.yaml": MONEY,
    "specs/charger.yaml": CHARGER,
    "specs/biller.yaml": BILLER,
    "specs/biller.py": BILLER_BODY,
}
"""money ← charger ← biller, and pricer on its own."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A workspace that a test may do everything with."""

    root: Path

    @property
    def out(self) -> Path:
        """The folder of what is generated."""
        return self.root / "out"

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, file: str) -> str:
        return (self.root / file).read_text()

    def replace(self, file: str, old: str, new: str) -> None:
        text = self.read(file)
        assert old in text, f"{file} has no {old!r}"
        self.write(file, text.replace(old, new, 1))

    def remove(self, *paths: str) -> None:
        for path in paths:
            place = self.root / path
            shutil.rmtree(place) if place.is_dir() else place.unlink()

    def open(self, mode: Mode | None = Mode.FAST) -> Workspace:
        return Workspace.open(self.root, mode=mode)

    def build(self, *selectors: str, mode: Mode | None = Mode.FAST, overwrite: bool = False) -> Report:
        return self.open(mode).build(*selectors, overwrite=overwrite)

    def check(self, *selectors: str, mode: Mode = Mode.FAST) -> Report:
        return self.open(mode).check(*selectors)

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `omnibuild` as a user would, in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "omnibuild", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def tree(self, folder: str = "out") -> dict[str, str]:
        """Return the digest of every file below a folder, the ledger included, byte code left out."""
        root = self.root / folder
        files = (it for it in root.rglob("*") if it.is_file() and "__pycache__" not in it.parts)
        return {it.relative_to(root).as_posix(): digest(it.read_bytes()) for it in files}

    def times(self) -> dict[str, tuple[int, int]]:
        """Return when every file below `out/` was changed, and its number on the disk."""
        return {
            it.relative_to(self.out).as_posix(): (it.stat().st_mtime_ns, it.stat().st_ino)
            for it in self.out.rglob("*")
            if it.is_file()
        }


def workspace(root: Path, files: Mapping[str, str]) -> Sandbox:
    """Make a workspace of the package `acme` with these files."""
    sandbox = Sandbox(root)
    for file, text in {"omnibuild.toml": TOML, **files}.items():
        sandbox.write(file, text)
    return sandbox


def statuses(report: Report) -> dict[str, Status]:
    """Return what became of every node."""
    return {name: outcome.status for name, outcome in report.outcomes.items()}


def built(report: Report) -> set[str]:
    """Return the nodes that were built anew."""
    return {name for name, status in statuses(report).items() if status is Status.BUILT}


def blocking(report: Report) -> list[Problem]:
    """Return the problems that stop the build."""
    return [it for it in report.problems if it.level is Level.BLOCK]


def place(problem: Problem) -> str:
    """Return where a problem is, as editors write it: `file:line:column`."""
    assert isinstance(problem.at, Place), problem
    return f"{problem.at.file}:{problem.at.line}:{problem.at.column}"


def told(report: Report) -> list[tuple[str, str]]:
    """Return where every blocking problem is, and its code."""
    return [(place(it), it.code) for it in blocking(report)]
