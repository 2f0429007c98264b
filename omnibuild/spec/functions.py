"""Rules of the functions whose result depends on more than a signature can say."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from omnibuild.core.values import Imported, Lowered, Type
from omnibuild.spec.comparison import are_ordered
from omnibuild.spec.compatibility import plain, show
from omnibuild.spec.comprehensions import iterable, iterated
from omnibuild.spec.displays import check_hashable
from omnibuild.spec.literals import decimal, decimal_of_text, is_number, number, opened
from omnibuild.spec.operators import alike, result_of
from omnibuild.spec.scope import ANY, Env, Reader, Want, arms_of, may_be_none, union
from omnibuild.spec.types import ELLIPSIS, NUMBERS

type Rule = Callable[[Reader, ast.Call, Env], Lowered]

_STRICT_INT = Want(Type("int"), strict=True)
_STRICT_BOOL = Want(Type("bool"), strict=True)
_SIGNED = (*NUMBERS, "timedelta", "Any")
_STARTS = {"Decimal": ("decimal", "Decimal"), "timedelta": ("datetime", "timedelta")}
"""What `sum` begins with where 0 would not do."""


def ruled(reader: Reader, name: str, node: ast.Call, env: Env) -> Lowered:
    """Return the call of one of these functions; report arguments that it does not take."""
    least, most, keywords = _ARGUMENTS[name]
    given = len(node.args)
    for keyword in node.keywords:
        if keyword.arg not in keywords and name != "dict":
            hint = "no lambda: sort tuples, or write a body" if keyword.arg == "key" else ""
            reader.report(f"`{name}` takes no `{keyword.arg}=` here", keyword, hint)
    if given < least or (most is not None and given > most):
        wanted = f"{least}" if most == least else f"{least} or more" if most is None else f"{least} to {most}"
        reader.report(f"`{name}` takes {wanted} arguments, not {given}", node)
        return Lowered(node, ANY)
    return _RULES[name](reader, node, env)


def _call(name: str, arguments: list[ast.expr], keywords: Mapping[str, ast.expr] | None = None) -> ast.Call:
    named = [ast.keyword(key, value) for key, value in (keywords or {}).items()]
    return ast.Call(ast.Name(name, ast.Load()), arguments, named)


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((it.value for it in node.keywords if it.arg == name), None)


def _abs(reader: Reader, node: ast.Call, env: Env) -> Lowered:
    value = opened(reader.infer(node.args[0], env))
    types = plain(value.type, reader.scope)
    if any(it.head not in _SIGNED for it in types):
        reader.report(f"`abs` has no meaning for {show(value.type, reader.scope)}", node.args[0])
        return Lowered(node, ANY)
    return Lowered(_call("abs", [value.tree]), union(types))


def _decimal(reader: Reader, node: ast.Call, env: Env) -> Lowered:
    if not node.args:
        return Lowered(decimal(), Type("Decimal"))
    argument = node.args[0]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return decimal_of_text(reader, argument.value, argument)
    if is_number(argument):
        return number(reader, argument, Want(Type("Decimal")))
    wanted = union(Type(it) for it in ("str", "Decimal", "float"))
    value = reader.infer(argument, env, Want(wanted, strict=True))
    return value if value.type.head == "Decimal" else Lowered(decimal(value.tree), Type("Decimal"))


def _dict(reader: Reader, node: ast.Call, env: Env) -> Lowered:
    if node.args and node.keywords:
        reader.report("`dict` takes pairs or names, not both", node)
    if not node.args:
        return _dict_of_names(reader, node, env)
    pairs = opened(reader.infer(node.args[0], env))
    if pairs.type.head == "dict":
        return Lowered(_call("dict", [pairs.tree]), pairs.type)
    pair = iterated(reader, node.args[0], pairs.type)
    parts = pair.args if pair.head == "tuple" and ELLIPSIS not in pair.args else ()
    if len(parts) != 2:
        if pair != ANY:
            message = f"`dict` takes pairs, not {show(pair, reader.scope)}"
            reader.report(message, node.args[0], "write {… : … for … in …}")
        parts = (ANY, ANY)
    check_hashable(reader, node.args[0], parts[0])
    return Lowered(_call("dict", [pairs.tree]), Type("dict", parts))


def _dict_of_names(reader: Reader, node: ast.Call, env: Env) -> Lowered:
    """Return `dict(a=1)` as `{"a": 1}`."""
    named = {it.arg: it.value for it in node.keywords if it.arg}
    values = alike(reader, [(it, env) for it in named.values()], None)
    tree = ast.Dict([ast.Constant(key) for key in named], [it.tree for it in values])
    return Lowered(tree, Type("dict", (Type("str"), union(it.type for it in values))))


def _extreme(reader: Reader, node: ast.Call, env: Env) -> Lowered:
    """Return `min` or `max`, of several values or of the items of one."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    default = _keyword(node, "default")
    if len(node.args) > 1:
        if default:
            reader.report("`default=` goes with one argument only", default)
        values = [opened(it) for it in alike(reader, [(it, env) for it in node.args], None)]
        type_ = union(it.type for it in values)
        check_order(reader, name, node.args[0], type_)
        return Lowered(_call(name, [it.tree for it in values]), type_)
    items, type_ = iterable(reader, node.args[0], env)
    check_order(reader, name, node.args[0], type_)
    if default is None:
        return Lowered(_call(name, [items.tree]), type_)
    otherwise = reader.infer(default, env, Want(type_))
    return Lowered(_call(name, [items.tree], {"default": otherwise.tree}), union((type_, otherwise.type)))


def check_order(reader: Reader, name: str, node: ast.expr, type_: Type) -> None:
    """Report values that a function cannot put in order."""
    if not are_ordered(type_, type_, reader.scope):
        hint = "leave out what is None: `… if … is not None`" if may_be_none(type_) else "take one of its fields"
        reader.report(f"`{name}` needs an order, and {show(type_, reader.scope)} has none", node, hint)


def _round(reader: Reader, node: ast.Call, env: Env) -> Lowered:
    value = opened(reader.infer(node.args[0], env))
    types = plain(value.type, reader.scope)
    if any(it.head not in (*NUMBERS, "Any") for it in types):
        reader.report(f"`round` has no meaning for {show(value.type, reader.scope)}", node.args[0])
        return Lowered(node, ANY)
    digits = [reader.infer(it, env, _STRICT_INT).tree for it in node.args[1:]]
    return Lowered(_call("round", [value.tree, *digits]), union(types) if digits else Type("int"))


def _sum(reader: Reader, node: ast.Call, env: Env) -> Lowered:
    items, item = iterable(reader, node.args[0], env)
    start = node.args[1] if len(node.args) > 1 else _keyword(node, "start")
    if start:
        begin = reader.infer(start, env, Want(item))
        total = result_of(reader, "+", begin.type, item)
        if total is None:
            parts = f"{show(item, reader.scope)} and {show(begin.type, reader.scope)}"
            reader.report(f"`sum` has no meaning for {parts}", node.args[0])
        return Lowered(_call("sum", [items.tree, begin.tree]), total or ANY)
    heads = {it.head for it in plain(item, reader.scope)}
    wrong = heads - {"int", "float", "Decimal", "timedelta", "Any"}
    if wrong or len(heads & {"timedelta", "Decimal", "float"}) > 1:
        hint = 'write "".join(…)' if heads == {"str"} else "leave out what is None" if "None" in heads else ""
        reader.report(f"`sum` has no meaning for {show(item, reader.scope)}", node.args[0], hint)
        return Lowered(node, ANY)
    for head, (module, name) in _STARTS.items():
        if head in heads:
            begins = ast.Call(Imported(module, name), [], [])
            return Lowered(_call("sum", [items.tree, begins]), Type(head))
    types = [Type("int") if arm.head == "bool" else arm for arm in arms_of(item)]
    return Lowered(_call("sum", [items.tree]), union(types))


def _zip(reader: Reader, node: ast.Call, env: Env) -> Lowered:
    values = [iterable(reader, it, env) for it in node.args]
    strict = _keyword(node, "strict")
    named = {"strict": reader.infer(strict, env, _STRICT_BOOL).tree} if strict else {}
    type_ = Type("iterator", (Type("tuple", tuple(item for _, item in values)),))
    return Lowered(_call("zip", [items.tree for items, _ in values], named), type_)


_RULES: dict[str, Rule] = {
    "abs": _abs,
    "Decimal": _decimal,
    "dict": _dict,
    "max": _extreme,
    "min": _extreme,
    "round": _round,
    "sum": _sum,
    "zip": _zip,
}
_ARGUMENTS: dict[str, tuple[int, int | None, tuple[str, ...]]] = {
    "abs": (1, 1, ()),
    "Decimal": (0, 1, ()),
    "dict": (0, 1, ()),
    "max": (1, None, ("default",)),
    "min": (1, None, ("default",)),
    "round": (1, 2, ()),
    "sum": (1, 2, ("start",)),
    "zip": (1, None, ("strict",)),
}
"""The least and the most arguments by position, and those by name."""
