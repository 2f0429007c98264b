"""Which names a module uses, and which it offers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from omnibuild.gates.source import nodes


def used_names(tree: ast.Module) -> frozenset[str]:
    """Return every name that the module reads, those inside annotations written as text too."""
    names = {node.id for node in nodes(tree, ast.Name) if not isinstance(node.ctx, ast.Store)}
    for annotation in _annotations(tree):
        names |= set(_quoted(annotation))
    return frozenset(names)


def exported(tree: ast.Module) -> frozenset[str] | None:
    """Return the names in `__all__`, None if the module has none."""
    found: set[str] | None = None
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=value)
                | ast.AugAssign(target=ast.Name(id="__all__"), value=value)
            ) if value is not None:
                found = (found or set()) | {
                    node.value
                    for node in ast.walk(value)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                }
    return None if found is None else frozenset(found)


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in nodes(tree, ast.arg, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.Call):
        match node:
            case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
                yield annotation
            case (
                ast.FunctionDef(returns=ast.expr() as annotation)
                | ast.AsyncFunctionDef(returns=ast.expr() as annotation)
            ):
                yield annotation
            case ast.Call(func=ast.Name(id="cast") | ast.Attribute(attr="cast"), args=[annotation, *_]):
                yield annotation


def _quoted(annotation: ast.expr) -> Iterator[str]:
    """Yield the names in the texts of an annotation; a text that is no expression has none."""
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                inner = ast.parse(node.value, mode="eval")
            except (SyntaxError, ValueError):
                continue
            yield from (it.id for it in ast.walk(inner) if isinstance(it, ast.Name))
