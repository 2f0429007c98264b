"""Effects for tests: a spec becomes a package that is imported and run."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from contextlib import aclosing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from omnibuild.core.values import Level, Problem
from tests.workspaces import Sandbox, place, workspace

ORDER = "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11"

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Effect:
    """A generated effect: its package is importable as long as the test runs."""

    sandbox: Sandbox
    package: str
    name: str

    def module(self, name: str) -> Any:
        """Import a module of the generated package."""
        return importlib.import_module(f"{self.package}.{name}")

    @property
    def code(self) -> str:
        """The text of the handler's module."""
        return (self._folder() / "handlers" / f"handler_{self.name}.py").read_text()

    @property
    def tests(self) -> str:
        """The text of the tests of the examples."""
        return (self._folder() / "tests" / f"test_handler_{self.name}.py").read_text()

    def _folder(self) -> Path:
        return self.sandbox.out / "src" / self.package / "nodes" / f"node_{self.name}_effect"

    def handler(self, **arguments: Any) -> Any:
        """Return a handler."""
        module = self.module(f"nodes.node_{self.name}_effect.handlers")
        return getattr(module, f"Handler{self._pascal()}")(**arguments)

    def request(self, **fields: Any) -> Any:
        """Return a request."""
        models = self.module(f"nodes.node_{self.name}_effect.models")
        return getattr(models, f"Model{self._pascal()}Input").model_validate(fields)

    def _pascal(self) -> str:
        return "".join(it.capitalize() for it in self.name.split("_"))

    def run(self, /, event_bus: Any = None, **fields: Any) -> Any:
        """Return the output for these fields; the handler is closed."""

        async def handled() -> Any:
            handler = self.handler(**({"event_bus": event_bus} if event_bus else {}))
            if not hasattr(handler, "aclose"):
                return await handler.handle(self.request(**fields))
            async with aclosing(handler):
                return await handler.handle(self.request(**fields))

        return asyncio.run(handled())

    def fails(self, /, event_bus: Any = None, **fields: Any) -> Any:
        """Return the OperationError for these fields."""
        with pytest.raises(self.module("errors").OperationError) as raised:
            self.run(event_bus, **fields)
        return raised.value

    def pytest(self) -> subprocess.CompletedProcess[str]:
        """Run the tests of the examples, as a user would."""
        file = self._folder() / "tests" / f"test_handler_{self.name}.py"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(file)]
        return subprocess.run(command, cwd=self.sandbox.out, capture_output=True, text=True, check=False)


def generate(root: Path, monkeypatch: pytest.MonkeyPatch, spec: str, **files: str) -> Effect:
    """Build a workspace with one effect, under a package name that no other test uses."""
    package = f"effects_{next(_numbers)}"
    sandbox = workspace(root, {"specs/effect.yaml": spec, **files})
    sandbox.write("omnibuild.toml", f'[workspace]\npackage = "{package}"\n')
    report = sandbox.build()
    assert report.ok, [(place(it), it.message) for it in report.problems if it.level is Level.BLOCK]
    monkeypatch.syspath_prepend(str(sandbox.out / "src"))
    return Effect(sandbox, package, spec.partition("node: ")[2].partition("\n")[0])


def problems(root: Path, spec: str) -> list[tuple[str, str, str]]:
    """Return what stands at the place of every blocking problem, its message and its hint."""
    report = workspace(root, {"specs/effect.yaml": spec}).build()
    return [(_at(spec, it), it.message, it.hint) for it in report.problems if it.level is Level.BLOCK]


def _at(spec: str, problem: Problem) -> str:
    """Return the word at the place of a problem."""
    _, line, column = place(problem).split(":")
    return spec.splitlines()[int(line) - 1][int(column) - 1 :].split()[0]
