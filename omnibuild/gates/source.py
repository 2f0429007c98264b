"""The Python of a draft as the gates read it: one tree a file, and what stands in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from omnibuild.assemble.origin import tree_of
from omnibuild.core.values import Draft


def modules(draft: Draft) -> Iterator[tuple[str, ast.Module]]:
    """Yield the Python files of a draft that parse, in the order of their paths, with their trees."""
    for file in sorted(draft.files):
        if file.endswith(".py"):
            tree = tree_of(draft.files[file])
            if tree is not None:
                yield file, tree


def nodes[N: ast.AST](tree: ast.AST, *kinds: type[N]) -> Iterator[N]:
    """Yield what stands in a tree of these kinds; the tree is walked once, for all who ask."""
    found = _by_kind(tree)
    for kind in kinds:
        yield from found.get(kind, ())  # type: ignore[misc]  # what stands under a kind is of that kind


@lru_cache(maxsize=512)
def _by_kind(tree: ast.AST) -> Mapping[type[ast.AST], Sequence[ast.AST]]:
    found: dict[type[ast.AST], list[ast.AST]] = {}
    waiting = [tree]
    for node in waiting:
        kind = type(node)
        found.setdefault(kind, []).append(node)
        for name in _BELOW.get(kind, kind._fields):
            below = getattr(node, name, None)
            if isinstance(below, list):
                waiting += (it for it in below if isinstance(it, ast.AST))
            elif isinstance(below, ast.AST):
                waiting.append(below)
    return found


_BELOW: Mapping[type[ast.AST], tuple[str, ...]] = {
    ast.Name: (),
    ast.Constant: (),
    ast.alias: (),
    ast.Attribute: ("value",),
    ast.Subscript: ("value", "slice"),
}
"""What stands below the commonest kinds, without what says only how they are used."""


def classes(tree: ast.Module) -> tuple[ast.ClassDef, ...]:
    """Return the classes at the top level of a module, in order."""
    return tuple(statement for statement in tree.body if isinstance(statement, ast.ClassDef))


def is_test(file: str) -> bool:
    """Return whether a file belongs to the generated tests."""
    path = PurePosixPath(file)
    return "tests" in path.parts or path.name.startswith("test_") or path.name == "conftest.py"


def dotted(node: ast.expr) -> str:
    """Return a name or a chain of attributes as written, the empty text for any other expression."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            base = dotted(value)
            return f"{base}.{name}" if base else ""
        case _:
            return ""


def short(file: str) -> str:
    """Return the last two parts of a path, which is what a reader knows a generated file by."""
    return "/".join(PurePosixPath(file).parts[-2:])
