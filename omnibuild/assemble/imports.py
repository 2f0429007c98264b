"""The imports of one module: a set that sorts itself as isort and ruff do."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Sequence

import libcst as cst

from omnibuild.assemble.tree import line


class Imports:
    """What a module imports. Asking for a name adds its import and returns the name to write.

    `package` is the first-party package, whose imports stand last; `reserved` are the names that
    the module defines itself, which no import may take.
    """

    def __init__(self, package: str, reserved: Collection[str] = ()) -> None:
        self._package = package
        self._reserved = reserved
        self._names: dict[tuple[str, str], str] = {}
        self._modules: dict[str, str] = {}
        self._comments: dict[tuple[str, str], list[str]] = {}
        self._remarks: dict[tuple[str, str], str] = {}

    def name(self, module: str, name: str, alias: str = "") -> str:
        """Import a name from a module; where another module's import has taken it, under the alias."""
        known = self._names.get((module, name))
        if known:
            return known
        local = name
        if local in self._names.values() or local in self._modules or local in self._reserved:
            local = alias or f"{module.rpartition('.')[2]}_{name}"
        self._names[module, name] = local
        return local

    def bind(self, module: str, name: str, local: str) -> None:
        """Import a name under the name that hand-written code gives it."""
        self._names[module, name] = local

    def module(self, module: str, alias: str = "") -> str:
        """Import a whole module, under the alias if there is one."""
        self._modules[module] = alias
        return alias or module

    def comment(self, module: str, name: str, above: Sequence[str], behind: str) -> None:
        """Keep the comments of a hand-written import: those above it and that behind it; `name` may be empty."""
        self._comments.setdefault((module, name), []).extend(above)
        if behind:
            self._remarks[module, name] = behind

    def taken(self) -> frozenset[str]:
        """Return the names that the module's own definitions cannot have."""
        modules = {alias or module.partition(".")[0] for module, alias in self._modules.items()}
        return frozenset(modules | set(self._names.values()))

    def statements(self) -> list[cst.SimpleStatementLine]:
        """Return the import statements, sorted, with an empty line between the groups."""
        result: list[cst.SimpleStatementLine] = []
        for group in range(4):
            for position, (text, module, names) in enumerate(self._group(group)):
                leading = [cst.EmptyLine()] if position == 0 and result else []
                result.append(self._commented(line(text), [(module, name) for name in names], leading))
        return result

    def _commented(
        self, statement: cst.SimpleStatementLine, keys: Sequence[tuple[str, str]], leading: Sequence[cst.EmptyLine]
    ) -> cst.SimpleStatementLine:
        above = dict.fromkeys(text for key in keys for text in self._comments.get(key, ()))
        behind = "  ".join(dict.fromkeys(self._remarks[key] for key in keys if key in self._remarks))
        lines = [*leading, *(cst.EmptyLine(comment=cst.Comment(text)) for text in above)]
        if not behind:
            return statement.with_changes(leading_lines=lines) if lines else statement
        trailing = cst.TrailingWhitespace(cst.SimpleWhitespace("  "), cst.Comment(behind))
        return statement.with_changes(leading_lines=lines, trailing_whitespace=trailing)

    def _group(self, group: int) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Yield the statements of a group, each with the module and the names that it imports."""
        for module in sorted((it for it in self._modules if self._rank(it) == group), key=_natural):
            alias = self._modules[module]
            yield (f"import {module} as {alias}" if alias else f"import {module}"), module, [""]
        modules = {module for module, _ in self._names if self._rank(module) == group}
        for module in sorted(modules, key=_natural):
            named = {name: local for (it, name), local in self._names.items() if it == module}
            plain = sorted((name for name, local in named.items() if local == name), key=_member)
            renamed = [[name] for name, local in named.items() if local != name]
            for names in sorted(filter(None, (plain, *renamed)), key=lambda it: _member(it[0])):
                alias = "" if named[names[0]] == names[0] else f" as {named[names[0]]}"
                yield f"from {module} import {', '.join(names)}{alias}", module, names

    def _rank(self, module: str) -> int:
        top = module.partition(".")[0]
        if top == self._package:
            return 3
        if top == "__future__":
            return 0
        return 1 if top in sys.stdlib_module_names else 2


def _natural(name: str) -> tuple[object, ...]:
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name.lower()))


def _member(name: str) -> tuple[object, ...]:
    """Sort constants before classes before the rest, as isort's order-by-type does."""
    rank = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return (rank, _natural(name), name)
