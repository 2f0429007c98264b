"""Compound statements as libcst trees: `with`, `if` and `async for` around other statements."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from omnibuild.assemble.tree import Statement, block, parsed


def with_(contexts: Sequence[str], body: Sequence[Statement], *, is_async: bool = False) -> cst.With:
    """Return `with a, b as c:`; each context is an expression, with ` as NAME` behind it if it has a name."""
    items = [_item(*it.partition(" as ")) for it in contexts]
    return cst.With(items, block(body), asynchronous=cst.Asynchronous() if is_async else None)


def _item(context: str, _: str, name: str) -> cst.WithItem:
    return cst.WithItem(parsed(context), cst.AsName(cst.Name(name)) if name else None)


def if_(condition: cst.BaseExpression, body: Sequence[Statement]) -> cst.If:
    """Return `if condition:`."""
    return cst.If(condition, block(body))


def async_for(name: str, over: str, body: Sequence[Statement]) -> cst.For:
    """Return `async for name in over:`."""
    return cst.For(cst.Name(name), parsed(over), block(body), asynchronous=cst.Asynchronous())
