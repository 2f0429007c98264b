"""One example becoming a test: what stands before and after the request, and what the test asks of pytest."""

from __future__ import annotations

from collections.abc import Collection

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Line, Parameter, Statement, quoted
from omnibuild.assemble.types import Types
from omnibuild.core.distinct import distinct
from omnibuild.core.values import Json, Type

_TAKEN = ("request", "handler", "environment", "tmp_path", "monkeypatch", "httpserver", "event_bus", "handled")


class Scene:
    """Collects the statements of one test; fixtures of connectors write into it."""

    def __init__(self, imports: Imports, types: Types, taken: Collection[str] = ()) -> None:
        self.imports = imports
        self.parameters: dict[str, Parameter] = {}
        """The pytest fixtures that the test asks for, by their names."""
        self.prepared: list[Statement] = []
        self.looks: list[Statement] = []
        self.arguments: dict[str, str] = {}
        """What is passed to the handler by name: the annotation by the name."""
        self._types = types
        self._local = {*_TAKEN, *taken}

    def parameter(self, name: str, module: str, annotation: str) -> str:
        """Ask for a pytest fixture of this type; return its name."""
        self.parameters.setdefault(name, Parameter(name, self.imports.name(module, annotation)))
        return name

    def folder(self) -> str:
        """Ask for a temporary folder; return its name."""
        return self.parameter("tmp_path", "pathlib", "Path")

    def local(self, name: str) -> str:
        """Return a variable that the test has not used so far, this one if it can be."""
        found = distinct(name, self._local)
        self._local.add(found)
        return found

    def before(self, statement: Statement) -> None:
        """Add a statement that makes a part of the world."""
        self.prepared.append(statement)

    def after(self, statement: Statement) -> None:
        """Add a statement that looks at a part of the world."""
        self.looks.append(statement)

    def variable(self, name: str, value: str) -> None:
        """Set an environment variable to the value of an expression."""
        self.before(Line(f"{self._monkeypatch()}.setenv({quoted(name)}, {value})"))

    def no_variable(self, name: str) -> None:
        """Make sure that an environment variable is not set."""
        self.before(Line(f"{self._monkeypatch()}.delenv({quoted(name)}, raising=False)"))

    def _monkeypatch(self) -> str:
        pytest = self.imports.module("pytest")
        self.parameters.setdefault("monkeypatch", Parameter("monkeypatch", f"{pytest}.MonkeyPatch"))
        return "monkeypatch"

    def argument(self, name: str, annotation: str) -> None:
        """Pass the variable of this name to the handler."""
        self.arguments[name] = annotation

    def literal(self, value: Json) -> str:
        """Return a JSON value as an expression."""
        return self._types.value(Type("Json"), value)
