"""G4: what the output imports from ONEX exists in the installed packages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from omnibuild.core.ports import OnexSymbols
from omnibuild.core.values import Graph, Level, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.source import modules, nodes

ONEX_PACKAGES = ("omnibase_core", "omnibase_spi", "omnibase_infra")
"""The packages that this gate answers for."""


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for every import from an ONEX package that leads nowhere."""
    own = _own(subject.graph)
    for file, tree in modules(subject.draft):
        for node in nodes(tree, ast.ImportFrom, ast.Import):
            match node:
                case ast.ImportFrom(module=str(module), level=0) if _is_onex(module) and module not in own:
                    for alias in node.names:
                        message = _lacking(subject.symbols, module, alias.name)
                        if message:
                            yield _problem(subject, file, alias, module, message)
                case ast.Import():
                    for alias in node.names:
                        is_foreign = _is_onex(alias.name) and alias.name not in own
                        if is_foreign and subject.symbols.has(alias.name, "__name__") is None:
                            yield _problem(subject, file, alias, alias.name, f"there is no module `{alias.name}`")


@lru_cache(maxsize=2)
def _own(graph: Graph) -> frozenset[str]:
    """Return the workspace's own modules: who writes a part of ONEX has it there, whatever version is installed."""
    return frozenset(it.name for spec in graph.specs.values() for code in spec.code for it in code.modules)


def _is_onex(module: str) -> bool:
    return module.partition(".")[0] in ONEX_PACKAGES


def _lacking(symbols: OnexSymbols, module: str, name: str) -> str:
    """Return what is missing, the empty text if the module offers the name or has a submodule of it."""
    found = symbols.has(module, name)
    if found or symbols.has(f"{module}.{name}", "__name__") is not None:
        return ""
    return f"there is no module `{module}`" if found is None else f"the module `{module}` has no `{name}`"


def _problem(subject: NodeSubject, file: str, alias: ast.alias, module: str, message: str) -> Problem:
    package = module.partition(".")[0].replace("_", "-")
    return Problem(
        GATE.code,
        message,
        subject.origin(file, alias.lineno, alias.col_offset + 1),
        f"see which version of {package} is installed: `omnibuild doctor`",
    )


GATE = Gate(
    code="G4",
    name="ONEX symbols",
    what="Everything imported from omnibase_core, omnibase_spi and omnibase_infra exists in the installed version.",
    why="ONEX moves its classes between releases; an import that leads nowhere fails when the node is loaded.",
    example="from omnibase_core.nodes import NodeComputer",
    step=Step.DRAFT,
    level=Level.BLOCK,
    check=check,
)
