"""What Python imports, and which modules of the workspace's own come with that: read, never imported."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from omnibuild.core.values import CodeModule, Problem, digest
from omnibuild.spec.syntax_tree import parse_python

ROOTS = ("", "src/")
"""The folders of the workspace that modules are looked for in: what is on Python's path when a build checks code."""

type Text = Callable[[str], str | Problem | None]
"""Returns a file's text by its path relative to the workspace: `core.ports.Inputs.text`."""


def home_of(statement: ast.ImportFrom, package: str) -> str:
    """Return the module that is imported from, by its full name; `package` is where the statement stands."""
    if not statement.level:
        return statement.module or ""
    parts = package.split(".")
    above = parts[: len(parts) - statement.level + 1]
    return ".".join([*above, *([statement.module] if statement.module else [])])


class OwnCode:
    """The workspace's own modules, every one read once."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._modules: dict[str, tuple[CodeModule, tuple[str, ...]] | None] = {}

    def behind(self, names: Iterable[str]) -> tuple[CodeModule, ...]:
        """Return the modules of these names, as far as the workspace has them, and all that come with them.

        A name that may be one of a module or of what a module holds is no mistake: what is no module is passed over.
        """
        found: dict[str, CodeModule] = {}
        seen: set[str] = set()
        waiting = [*names]
        while waiting:
            for name in accumulate(waiting.pop().split("."), lambda above, part: f"{above}.{part}"):
                if name in seen or name in sys.stdlib_module_names:
                    continue
                seen.add(name)
                if read := self._module(name):
                    found[name] = read[0]
                    waiting += read[1]
        return tuple(sorted(found.values()))

    def _module(self, name: str) -> tuple[CodeModule, tuple[str, ...]] | None:
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def _read(self, name: str) -> tuple[CodeModule, tuple[str, ...]] | None:
        path = name.replace(".", "/")
        for file in (f"{root}{path}{end}" for root in ROOTS for end in ("/__init__.py", ".py")):
            text = self._text(file)
            if isinstance(text, str):
                tree = parse_python(file, text, "reference")
                package = name if file.endswith("/__init__.py") else name.rpartition(".")[0]
                imported = () if isinstance(tree, Problem) else tuple(imported_names(tree, package))
                return CodeModule(name, file, digest(text)), imported
        return None


def imported_names(tree: ast.Module, package: str) -> Iterator[str]:
    """Yield everything that may be a module among what is imported anywhere in a module of this package."""
    for it in ast.walk(tree):
        if isinstance(it, ast.Import):
            yield from (alias.name for alias in it.names)
        elif isinstance(it, ast.ImportFrom) and (home := home_of(it, package)):
            yield home
            yield from (f"{home}.{alias.name}" for alias in it.names if alias.name != "*")
