"""The imports of one module: a set that sorts itself as isort and ruff do."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from omnibuild.assemble.tree import Line

type _Import = tuple[tuple[int, int, tuple[object, ...], tuple[object, ...]], str, str, Sequence[str]]
"""Where a statement stands among the others, its text, its module, and the names that it imports."""


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
        self._again: list[tuple[str, str, str]] = []
        """What hand-written code imports again under another name: the module, the name or nothing, the name here."""
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
        """Import a name under the name that hand-written code gives it, beside any that it has already."""
        if self._names.setdefault((module, name), local) != local and (module, name, local) not in self._again:
            self._again.append((module, name, local))

    def module(self, module: str, alias: str = "") -> str:
        """Import a whole module, under the alias if there is one, beside any that it has already."""
        if self._modules.setdefault(module, alias) != alias and (module, "", alias) not in self._again:
            self._again.append((module, "", alias))
        return alias or module

    def comment(self, module: str, name: str, above: Sequence[str], behind: str) -> None:
        """Keep the comments of a hand-written import: those above it and that behind it; `name` may be empty."""
        self._comments.setdefault((module, name), []).extend(above)
        if behind:
            self._remarks[module, name] = behind

    def taken(self) -> frozenset[str]:
        """Return the names that the module's own definitions cannot have."""
        modules = {alias or module.partition(".")[0] for module, alias in self._modules.items()}
        again = {local or module.partition(".")[0] for module, _, local in self._again}
        return frozenset(modules | again | set(self._names.values()))

    def statements(self) -> list[Line]:
        """Return the import statements, sorted, with an empty line between the groups."""
        found = sorted([*self._whole_modules(), *self._named()], key=lambda it: it[0])
        result: list[Line] = []
        group = 0
        for key, text, module, names in found:
            leading = [""] if result and key[0] != group else []
            group = key[0]
            result.append(self._commented(text, [(module, name) for name in names], leading))
        return result

    def _commented(self, text: str, keys: Sequence[tuple[str, str]], leading: Sequence[str]) -> Line:
        if not self._comments and not self._remarks:
            return Line(text, tuple(leading))
        above = dict.fromkeys(it for key in keys for it in self._comments.get(key, ()))
        behind = "  ".join(dict.fromkeys(self._remarks[key] for key in keys if key in self._remarks))
        return Line(text, (*leading, *above), behind)

    def _whole_modules(self) -> Iterator[_Import]:
        again = [(module, local) for module, name, local in self._again if not name]
        for module, alias in (*self._modules.items(), *again):
            text = f"import {module} as {alias}" if alias else f"import {module}"
            yield (self._rank(module), 0, _natural(module), (alias,)), text, module, [""]

    def _named(self) -> Iterator[_Import]:
        """Yield a statement for the names of each module, and one for each name that is renamed."""
        named: dict[str, list[tuple[str, str]]] = {}
        for (module, name), local in self._names.items():
            named.setdefault(module, []).append((name, local))
        for module, name, local in self._again:
            if name:
                named[module].append((name, local))
        for module, pairs in named.items():
            rank, place = self._rank(module), _natural(module)
            plain = sorted((name for name, local in pairs if local == name), key=_member)
            if plain:
                yield (rank, 1, place, _member(plain[0])), f"from {module} import {', '.join(plain)}", module, plain
            for name, local in pairs:
                if local != name:
                    text = f"from {module} import {name} as {local}"
                    yield (rank, 1, place, (*_member(name), local)), text, module, [name]

    def _rank(self, module: str) -> int:
        top = module.partition(".")[0]
        if top == self._package:
            return 3
        if top == "__future__":
            return 0
        return 1 if top in sys.stdlib_module_names else 2


@lru_cache(maxsize=4096)
def _natural(name: str) -> tuple[object, ...]:
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name.lower()))


def _member(name: str) -> tuple[object, ...]:
    """Sort constants before classes before the rest, as isort's order-by-type does."""
    rank = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return (rank, _natural(name), name)
