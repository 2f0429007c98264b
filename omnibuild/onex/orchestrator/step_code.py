"""Statements in the making: what they say, and the names that they read."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from omnibuild.assemble.blocks import if_, with_
from omnibuild.assemble.expression import expression
from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import Line, Statement, assign
from omnibuild.assemble.types import Types
from omnibuild.core.values import Ref, Type
from omnibuild.onex.code import writer
from omnibuild.onex.names import Names
from omnibuild.onex.orchestrator.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Block:
    """Statements, and the names that they read."""

    statements: tuple[Statement, ...] = ()
    reads: frozenset[str] = frozenset()

    def __add__(self, other: Block) -> Block:
        return Block((*self.statements, *other.statements), self.reads | other.reads)


class StepCode:
    """Writes statements of `handle`."""

    def __init__(self, names: Names, imports: Imports) -> None:
        self._names = names
        self._imports = imports
        self._write = writer(names, imports)
        self._types = Types(imports, self.class_name, names.graph.lookup)

    def class_name(self, ref: Ref) -> str:
        """Return the name of a class, which the module imports."""
        return self._names.imported(ref, self._imports)

    def annotation(self, type_: Type) -> str:
        """Return a type as an annotation."""
        return self._types.annotation(type_)

    def support(self, module: str, name: str) -> str:
        """Return a name from a module that the package has beside its nodes."""
        return self._imports.name(f"{self._names.package}.{module}", name)

    def written(self, tree: ast.expr) -> str:
        """Return a tree as source."""
        return expression(tree, self._write)

    def assigned(self, name: str, value: Phrase) -> Block:
        """Return `name = value`."""
        return Block((assign(name, self.written(value.tree)),), value.reads)

    def line(self, value: Phrase) -> Block:
        """Return an expression as a statement."""
        return Block((Line(self.written(value.tree)),), value.reads)

    def when(self, test: Phrase, body: Block) -> Block:
        """Return `if test: body`."""
        return Block((if_(self.written(test.tree), body.statements),), test.reads | body.reads)

    def if_tested(self, value: Phrase, test: Phrase | None) -> Phrase:
        """Return a value that is None where the test does not hold."""
        return Phrase(ast.IfExp(test.tree, value.tree, ast.Constant(None))) if test else value

    def async_with(self, context: str, name: str, body: Block) -> Block:
        """Return `async with context as name: body`."""
        return Block((with_([f"{context} as {name}"], body.statements, is_async=True),), body.reads)
