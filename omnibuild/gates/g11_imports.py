"""G11: the output imports what is declared, all of it is used, and none of it is private."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Level, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.names import folders
from omnibuild.gates.source import dotted, modules, nodes
from omnibuild.gates.usage import exported, used_names


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `module` is what is imported from, `name` what of it, empty for `import module`."""

    file: str
    module: str
    name: str
    alias: ast.alias
    level: int = 0

    @property
    def bound(self) -> str:
        """The name that the import makes known in its file."""
        return self.alias.asname or self.name or self.module.partition(".")[0]


@dataclass(frozen=True, slots=True)
class _Fault:
    message: str
    hint: str


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for every import that is not declared, not used, or not meant to be imported."""
    for file, tree in modules(subject.draft):
        lines = subject.draft.files[file].splitlines()
        used = used_names(tree)
        imports = list(_imports(file, tree))
        told: set[str] = set()  # what is wrong with a module is said once, not for every name
        for it in imports:
            kept = "noqa" in lines[it.alias.lineno - 1] or it.alias.asname == (it.name or it.module)
            fault = _form(it) or _source(subject, it) or (None if kept else _unused(file, tree, it, used))
            if fault and fault.message not in told:
                told.add(fault.message)
                at = subject.origin(file, it.alias.lineno, it.alias.col_offset + 1)
                yield Problem(GATE.code, fault.message, at, fault.hint)
        for line, message in _private_attributes(tree, {it.bound for it in imports if not it.name}):
            yield Problem(GATE.code, message, subject.origin(file, line), _PRIVATE)


def _imports(file: str, tree: ast.Module) -> Iterator[Import]:
    for whole in nodes(tree, ast.Import):
        yield from (Import(file, alias.name, "", alias) for alias in whole.names)
    for part in nodes(tree, ast.ImportFrom):
        yield from (Import(file, part.module or "", alias.name, alias, part.level) for alias in part.names)


# ------------------------------------------------------------------------------------ the rules

_PRIVATE = "use what the module offers without a leading underscore"


def _form(it: Import) -> _Fault | None:
    """Say what is wrong with the way an import is written."""
    if it.level:
        module = "." * it.level + it.module
        return _Fault(f"the import from `{module}` is relative", "write the module's full name")
    if it.name == "*":
        return _Fault(f"`from {it.module} import *` does not say what it imports", "name what is used of it")
    private = next((part for part in (*it.module.split("."), it.name) if _is_private(part)), None)
    return _Fault(f"`{private}` of `{it.module}` is private", _PRIVATE) if private else None


def _is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def _source(subject: NodeSubject, it: Import) -> _Fault | None:
    """Say why the module may not be imported."""
    top = it.module.partition(".")[0]
    own = subject.settings.package
    if it.module == own or it.module.startswith(f"{own}."):
        return _internal(subject, it)
    known = {own.partition(".")[0], *subject.packages}
    if top in sys.stdlib_module_names or top in known:
        return None
    near = nearest(top, known | {name for name in sys.stdlib_module_names if not name.startswith("_")})
    declare = f'declare its distribution in omnibuild.toml: `[workspace] dependencies = ["{top}"]`'
    return _Fault(
        f"`{top}` is not a declared dependency", f"did you mean `{near}`? If not, {declare}" if near else declare
    )


def _internal(subject: NodeSubject, it: Import) -> _Fault | None:
    """Say why there is no such package among those that are generated."""
    path = f"{it.module}.{it.name}" if it.name else it.module
    parent, _, rest = path.removeprefix(subject.settings.package).lstrip(".").partition(".")
    if parent not in ("nodes", "shared") or not rest:
        return None
    of_nodes = parent == "nodes"
    known = folders(subject.graph)["nodes" if of_nodes else "shared"]
    name = rest.partition(".")[0]
    if name in known:
        return None
    near = nearest(name, known)
    what = "node" if of_nodes else "shared document"
    return _Fault(
        f"no {what} of the workspace generates `{subject.settings.package}.{parent}.{name}`",
        f"did you mean `{near}`?" if near else f"write the spec of the {what} first",
    )


def _unused(file: str, tree: ast.Module, it: Import, used: frozenset[str]) -> _Fault | None:
    """Say that a name is not used; `__init__.py` imports to offer."""
    if it.module == "__future__" or it.bound in used:
        return None
    offered = exported(tree)
    if it.bound in (offered or ()) or (file.endswith("__init__.py") and offered is None and it.name):
        return None
    return _Fault(f"`{it.bound}` is imported but not used", "remove the import")


def _private_attributes(tree: ast.Module, imported: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the line and the message of every private attribute taken from an imported module."""
    for node in nodes(tree, ast.Attribute) if imported else ():
        if _is_private(node.attr):
            base = dotted(node.value)
            if base.partition(".")[0] in imported:
                yield node.lineno, f"`{node.attr}` of `{base}` is private"


GATE = Gate(
    code="G11",
    name="imports",
    what="Generated code imports the standard library, the workspace's package and declared dependencies; "
    "nothing unused, nothing private, nothing relative, no `*`.",
    why="An undeclared import works on the machine where it was written; a private one until the next release.",
    example="import requests   # not under [workspace] dependencies",
    step=Step.DRAFT,
    level=Level.BLOCK,
    check=check,
)
