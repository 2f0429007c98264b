"""Rules of what is written out: lists, tuples, sets, dicts and f-strings."""

from __future__ import annotations

import ast

from omnibuild.core.values import Lowered, Type
from omnibuild.spec.compatibility import is_hashable, show
from omnibuild.spec.formats import format_problem
from omnibuild.spec.literals import text
from omnibuild.spec.operators import alike
from omnibuild.spec.scope import Env, Reader, Want, arms_of, union
from omnibuild.spec.types import ELLIPSIS

_CONVERSIONS = (-1, ord("r"), ord("s"))
_JSON = Type("Json")


def item_wanted(want: Want | None, *heads: str) -> Want | None:
    """Return what is wanted of the items of a container with one of these heads."""
    if want is None:
        return None
    arm = want.arm(*heads)
    if arm and arm.args:
        return want.of(arm.args[-1] if "dict" in heads else arm.args[0])
    return want.of(_JSON) if want.arm("Json") and {"list", "dict"} & set(heads) else None


def sequence(reader: Reader, node: ast.List | ast.Set, env: Env, want: Want | None) -> Lowered:
    """Return `[a, b]` or `{a, b}`."""
    head = "list" if isinstance(node, ast.List) else "set"
    wanted = item_wanted(want, "list") if head == "list" else item_wanted(want, "set", "frozenset")
    items = _items(reader, node.elts, env, wanted)
    item = wanted.type if wanted and wanted.strict else union(it.type for it in items)
    if head == "set":
        check_hashable(reader, node, item)
    trees = [it.tree for it in items]
    tree: ast.expr = ast.List(trees, ast.Load()) if head == "list" else ast.Set(trees)
    return Lowered(tree, Type(head, (item,)))


def _items(reader: Reader, nodes: list[ast.expr], env: Env, want: Want | None) -> list[Lowered]:
    return alike(reader, [(it, env) for it in nodes], want)


def check_hashable(reader: Reader, node: ast.expr, item: Type) -> None:
    """Report an item of a set, or a key of a dict, that cannot be one."""
    if not is_hashable(item):
        hint = "write tuple(…)" if item.head == "list" else ""
        reader.report(f"{show(item, reader.scope)} cannot be in a set or a key of a dict", node, hint)


def tuple_(reader: Reader, node: ast.Tuple, env: Env, want: Want | None) -> Lowered:
    """Return `(a, b)`."""
    arm = want.arm("tuple") if want else None
    wants: list[Want | None] = [None] * len(node.elts)
    if want and arm and ELLIPSIS in arm.args:
        wants = [want.of(arm.args[0])] * len(node.elts)
    elif want and arm and len(arm.args) == len(node.elts):
        wants = [want.of(it) for it in arm.args]
    items = [reader.infer(it, env, wanted) for it, wanted in zip(node.elts, wants, strict=True)]
    return Lowered(ast.Tuple([it.tree for it in items], ast.Load()), Type("tuple", tuple(it.type for it in items)))


def dict_(reader: Reader, node: ast.Dict, env: Env, want: Want | None) -> Lowered:
    """Return `{a: b}`."""
    arm = want.arm("dict") if want else None
    wanted_key = want.of(arm.args[0]) if want and arm and arm.args else None
    wanted = item_wanted(want, "dict")
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            reader.report("`**` is not part of expressions", value, "name the keys")
    keys = _items(reader, [it for it in node.keys if it], env, wanted_key)
    values = _items(reader, node.values, env, wanted)
    key_type = wanted_key.type if wanted_key and wanted_key.strict else union(it.type for it in keys)
    value_type = wanted.type if wanted and wanted.strict else union(it.type for it in values)
    check_hashable(reader, node, key_type)
    tree = ast.Dict([it.tree for it in keys], [it.tree for it in values])
    return Lowered(tree, Type("dict", (key_type, value_type)))


def f_string(reader: Reader, node: ast.JoinedStr, env: Env, want: Want | None) -> Lowered:
    """Return an f-string; one without values is a text."""
    parts: list[ast.expr] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            parts.append(_formatted(reader, part, env))
        elif isinstance(part, ast.Constant):
            parts.append(ast.Constant(part.value))
    if all(isinstance(it, ast.Constant) for it in parts):
        return text(reader, "".join(str(it.value) for it in parts if isinstance(it, ast.Constant)), node, want)
    return Lowered(ast.JoinedStr(parts), Type("str"))


def _formatted(reader: Reader, node: ast.FormattedValue, env: Env) -> ast.FormattedValue:
    value = reader.infer(node.value, env)
    if node.conversion not in _CONVERSIONS:
        reader.report(f"`!{chr(node.conversion)}` is not part of expressions", node.value, "write !r or !s")
    if value.type.head == "iterator":
        reader.report("an iterator has no text", node.value, "write list(…) around it")
    spec = _spec(reader, node)
    if spec:
        shown = (Type("str"),) if node.conversion != -1 else arms_of(value.type)
        for message in filter(None, (format_problem(spec, arm) for arm in shown)):
            reader.report(message, node.value)
    constant = ast.JoinedStr([ast.Constant(spec)]) if spec else None
    return ast.FormattedValue(value.tree, node.conversion, constant)


def _spec(reader: Reader, node: ast.FormattedValue) -> str:
    """Return the constant format spec of a value, "" if it has none."""
    parts = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else []
    nested = next((it for it in parts if not isinstance(it, ast.Constant)), None)
    if nested:
        reader.report("a format spec must be constant", node.value, "write the width in digits")
        return ""
    return "".join(str(it.value) for it in parts if isinstance(it, ast.Constant))
