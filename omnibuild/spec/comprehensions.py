"""Rules of comprehensions and generator expressions: their variables live in them only."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from omnibuild.core.values import Lowered, Type
from omnibuild.spec.compatibility import conversion, item_of, show
from omnibuild.spec.displays import check_hashable, item_wanted
from omnibuild.spec.literals import opened
from omnibuild.spec.narrowing import narrow
from omnibuild.spec.scope import ANY, Binding, Env, Reader, Want, arms_of, union
from omnibuild.spec.signatures import functions
from omnibuild.spec.stubs import RULED
from omnibuild.spec.types import ELLIPSIS, SCALARS

_LIKE_DIGITS = ("l", "I", "O")

type Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp


def comprehension(reader: Reader, node: Comprehension, env: Env, want: Want | None) -> Lowered:
    """Return `[a for b in c if d]`, the same in braces, or without."""
    clauses, env = _clauses(reader, node.generators, env)
    match node:
        case ast.ListComp():
            item = reader.infer(node.elt, env, item_wanted(want, "list"))
            return Lowered(ast.ListComp(item.tree, clauses), Type("list", (item.type,)))
        case ast.SetComp():
            item = reader.infer(node.elt, env, item_wanted(want, "set", "frozenset"))
            check_hashable(reader, node.elt, item.type)
            return Lowered(ast.SetComp(item.tree, clauses), Type("set", (item.type,)))
        case ast.GeneratorExp():
            item = reader.infer(node.elt, env, item_wanted(want, "iterator", "Iterable"))
            return Lowered(ast.GeneratorExp(item.tree, clauses), Type("iterator", (item.type,)))


def dict_comprehension(reader: Reader, node: ast.DictComp, env: Env, want: Want | None) -> Lowered:
    """Return `{a: b for c in d}`."""
    clauses, env = _clauses(reader, node.generators, env)
    arm = want.arm("dict") if want else None
    key = reader.infer(node.key, env, want.of(arm.args[0]) if want and arm and arm.args else None)
    value = reader.infer(node.value, env, item_wanted(want, "dict"))
    check_hashable(reader, node.key, key.type)
    return Lowered(ast.DictComp(key.tree, value.tree, clauses), Type("dict", (key.type, value.type)))


def _clauses(reader: Reader, generators: list[ast.comprehension], env: Env) -> tuple[list[ast.comprehension], Env]:
    """Return the `for` and `if` parts, and what holds behind them."""
    clauses: list[ast.comprehension] = []
    for generator in generators:
        if generator.is_async:
            reader.report("`async` is not part of expressions", generator.target)
        local: dict[str, Binding] = {}
        items, item = iterable(reader, generator.iter, env)
        target = _target(reader, generator.target, item, env, local)
        env = env.bind(local)
        conditions: list[ast.expr] = []
        for condition in generator.ifs:
            conditions.append(reader.infer(condition, env).tree)
            env = narrow(reader, condition, env)
        clauses.append(ast.comprehension(target, items.tree, conditions, 0))
    return clauses, env


def iterable(reader: Reader, node: ast.expr, env: Env) -> tuple[Lowered, Type]:
    """Return a part to be iterated over, and what that gives."""
    items = opened(reader.infer(node, env))
    return items, iterated(reader, node, items.type)


def iterated(reader: Reader, node: ast.expr, type_: Type) -> Type:
    """Return what iterating over a part gives."""
    items: list[Type] = []
    for arm in arms_of(type_):
        opaque = reader.scope.opaque.get(arm.head)
        item = opaque.item if opaque else item_of(arm)
        if item is None and arm.head == "None":
            reader.report(f"`{reader.segment(node)}` may be None", node, conversion(arm, ANY))
        elif item is None:
            reader.report(f"{show(arm, reader.scope)} has nothing to iterate over", node)
        items.append(item or ANY)
    return union(items)


def _target(reader: Reader, node: ast.expr, type_: Type, env: Env, local: dict[str, Binding]) -> ast.expr:
    """Return the variables of a `for`, and note what each is bound to."""
    match node:
        case ast.Name(id=name):
            if name.startswith("__"):
                reader.report(f"`{name}` is not allowed: names beginning with __ are Python's own", node)
            spelled = _fresh(name, {**reader.scope.names, **env.local, **local})
            local[name] = Binding(type_, ast.Name(spelled, ast.Load()))
            return ast.Name(spelled, ast.Store())
        case ast.Tuple(elts=nodes) | ast.List(elts=nodes):
            types = _unpacked(reader, node, type_, len(nodes))
            trees = [_target(reader, it, part, env, local) for it, part in zip(nodes, types, strict=True)]
            return ast.Tuple(trees, ast.Store())
        case _:
            reader.report("a variable of `for` is a name", node)
            return ast.Name("_", ast.Store())


def _unpacked(reader: Reader, node: ast.expr, type_: Type, wanted: int) -> list[Type]:
    """Return the types of the parts that a value is unpacked into."""
    if type_.head == "tuple" and ELLIPSIS not in type_.args:
        if len(type_.args) == wanted:
            return list(type_.args)
        reader.report(f"{show(type_, reader.scope)} has {len(type_.args)} items, not {wanted}", node)
        return [ANY] * wanted
    return [iterated(reader, node, type_)] * wanted


def _fresh(name: str, names: Mapping[str, Binding]) -> str:
    """Return a variable's name that hides nothing that the lowered expression may need.

    `request` in `for request in requests` must not hide the `request` that `discount` stands for. A name that
    looks like a digit gives way to one that does not.
    """
    name = "item" if name in _LIKE_DIGITS else name
    taken = {*functions(), *RULED, *SCALARS, "frozenset"}
    for other, binding in names.items():
        if other != name:
            taken |= {it.id for it in ast.walk(binding.tree) if isinstance(it, ast.Name)}
    while name in taken:
        name += "_"
    return name
