"""Rules of calls: of functions, of models, and of methods."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from omnibuild.core.nearest import nearest
from omnibuild.core.values import ClassOf, Enum, Lowered, Model, Ref, Type
from omnibuild.spec.access import bound, class_of, is_allowed, members_of, no_member, unknown_class
from omnibuild.spec.bounds import MAX_RANGE, MAX_WIDTH
from omnibuild.spec.bounds import bound as upper_bound
from omnibuild.spec.compatibility import conversion, item_of, show
from omnibuild.spec.formats import is_strftime
from omnibuild.spec.functions import check_order, ruled
from omnibuild.spec.literals import opened
from omnibuild.spec.scope import ANY, Env, Reader, Want, arms_of, union, without_none
from omnibuild.spec.signatures import (
    Parameter,
    Signature,
    functions,
    method_names,
    substitute,
    variables,
)
from omnibuild.spec.stubs import RULED

_INSTEAD = {
    "map": "write [… for … in …]",
    "filter": "write [… for … in … if …]",
    "pow": "write a ** b",
    "frozenset": "write set(…)",
    "format": "write an f-string",
    "print": "an expression has no effects",
    "now": "take the time as an input",
    "today": "take the time as an input",
    "uuid4": "take it as an input",
    "isinstance": "give the field one type",
    "getattr": "write a.b",
    "UUID": "write the text, it becomes a UUID where one is needed",
    "date": "write the text, it becomes a date where one is needed",
    "datetime": "write the text, it becomes a datetime where one is needed",
}


def call(reader: Reader, node: ast.Call, env: Env, _want: Want | None) -> Lowered:
    """Return a call."""
    starred = [it for it in node.args if isinstance(it, ast.Starred)]
    doubly = [it.value for it in node.keywords if it.arg is None]
    if starred or doubly:
        reader.report("`*` and `**` in calls are not part of expressions", (starred or doubly)[0])
        return Lowered(node, ANY)
    names = [it.arg for it in node.keywords]
    twice = next((it for index, it in enumerate(node.keywords) if it.arg in names[:index]), None)
    if twice:
        reader.report(f"`{twice.arg}=` is given twice", twice)
    ref = class_of(reader, node.func, env)
    match node.func:
        case ast.Name(id=name) if name in RULED:
            return ruled(reader, name, node, env)
        case ast.Name(id=name) if name in functions():
            return _function(reader, name, node, env)
        case _ if ref:
            return _construct(reader, ref, node, env)
        case ast.Name(id=name):
            _unknown_function(reader, name, node.func, env)
        case ast.Attribute() if bound(reader, node.func, env) is None:
            return _method(reader, node.func, node, env)
        case _:
            reader.report(f"`{reader.segment(node.func)}` cannot be called", node.func)
    _infer_all(reader, node, env)
    return Lowered(node, ANY)


def _infer_all(reader: Reader, node: ast.Call, env: Env) -> tuple[list[ast.expr], list[ast.keyword]]:
    """Return the arguments of a call of which nothing more is known."""
    arguments = [reader.infer(it, env).tree for it in node.args]
    return arguments, [ast.keyword(it.arg, reader.infer(it.value, env).tree) for it in node.keywords]


def _unknown_function(reader: Reader, name: str, node: ast.Name, env: Env) -> None:
    if bound(reader, node, env):
        reader.report(f"`{name}` is not a function", node)
        return
    near = nearest(name, (*functions(), *RULED, *reader.scope.models))
    hint = _INSTEAD.get(name) or (f"did you mean `{near}`?" if near else "write a body for what expressions cannot say")
    reader.report(f"unknown function `{name}`", node, hint)


def _construct(reader: Reader, ref: Ref, node: ast.Call, env: Env) -> Lowered:
    """Return the call of a model with its fields by name."""
    found = reader.scope.lookup(ref)
    shown = reader.segment(node.func)
    if isinstance(found, Model):
        return _construct_model(reader, found, node, env)
    if isinstance(found, Enum):
        hint = f"write {shown}.{found.members[0][0]}" if found.members else ""
        reader.report(f"`{shown}` is an enum; its members are named, not made", node.func, hint)
    elif ref.document == reader.scope.document and ref.name in reader.scope.models:
        _, keywords = _infer_all(reader, node, env)
        return Lowered(ast.Call(ClassOf(ref), [], keywords), Type("ref", ref=ref))
    else:
        where = reader.name_of(node.func) if isinstance(node.func, ast.Attribute) else node.func
        unknown_class(reader, ref, where)
    _infer_all(reader, node, env)
    return Lowered(node, ANY)


def _construct_model(reader: Reader, model: Model, node: ast.Call, env: Env) -> Lowered:
    shown = reader.segment(node.func)
    if node.args:
        reader.report(f"`{shown}` takes its fields by name", node.args[0], f"write {shown}(name=…)")
    if model.source:
        return Lowered(ast.Call(ClassOf(model.ref), [], _infer_all(reader, node, env)[1]), Type("ref", ref=model.ref))
    keywords: list[ast.keyword] = []
    for keyword in node.keywords:
        field = model.field(keyword.arg or "")
        if field is None:
            names = [it.name for it in model.fields]
            near = nearest(keyword.arg or "", names)
            hint = f"did you mean `{near}`?" if near else f"it has {', '.join(names)}" if names else ""
            reader.report(f"{shown} has no field `{keyword.arg}`", keyword, hint)
        want = Want(field.type, strict=True) if field else None
        keywords.append(ast.keyword(keyword.arg, reader.infer(keyword.value, env, want).tree))
    given = {it.arg for it in node.keywords}
    missing = [it.name for it in model.fields if it.required and it.name not in given]
    if missing and not node.args:
        plural = "s" if len(missing) > 1 else ""
        listed = ", ".join(f"`{it}`" for it in missing)
        reader.report(f"{shown} needs the field{plural} {listed}", node)
    return Lowered(ast.Call(ClassOf(model.ref), [], keywords), Type("ref", ref=model.ref))


def _function(reader: Reader, name: str, node: ast.Call, env: Env) -> Lowered:
    """Return the call of a function that its signature describes."""
    for argument in node.args if name == "range" else ():
        if (upper_bound(argument) or 0) > MAX_RANGE:
            reader.report("this range is too large", argument, f"up to {MAX_RANGE:,} are allowed")
    arguments, keywords, result = _apply(reader, functions()[name], node, env, {})
    if name == "sorted" and result.args:
        check_order(reader, name, node.args[0], result.args[0])
    return Lowered(ast.Call(ast.Name(name, ast.Load()), arguments, keywords), result)


def _method(reader: Reader, function: ast.Attribute, node: ast.Call, env: Env) -> Lowered:
    """Return the call of a method."""
    receiver = opened(reader.infer(function.value, env))
    if not is_allowed(reader, function):
        return Lowered(node, ANY)
    made = ast.Attribute(receiver.tree, function.attr, ast.Load())
    signed: dict[Type, Sequence[Signature]] = {}
    results: list[Type] = []
    for arm in arms_of(receiver.type):
        known = None if arm.head in reader.scope.opaque else members_of(reader, arm)
        if known and function.attr in known.methods:
            signed[arm] = known.methods[function.attr]
        else:
            results.append(_unsigned(reader, function, arm))
    # The arguments are read once, for the first alternative: what is read again must not grow with depth.
    first = next(iter(signed), None)
    if first is None:
        return Lowered(ast.Call(made, *_infer_all(reader, node, env)), union(results))
    arguments, keywords, result = _apply(reader, signed[first], node, env, variables(first))
    results += [result, *(substitute(signed[arm][0].result, variables(arm)) for arm in signed if arm != first)]
    return Lowered(ast.Call(made, arguments, keywords), union(results))


def _unsigned(reader: Reader, function: ast.Attribute, receiver: Type) -> Type:
    """Return the result of a method of which no signature is known; report one that does not exist."""
    name = function.attr
    opaque = reader.scope.opaque.get(receiver.head)
    if opaque and name in opaque.calls:
        return opaque.calls[name]
    known = None if opaque else members_of(reader, receiver)
    if opaque:
        near = nearest(name, opaque.calls)
        hint = f"did you mean `{near}`?" if near else ""
        reader.report(f"`{reader.segment(function.value)}` has no method `{name}`", reader.name_of(function), hint)
    elif receiver.head == "None":
        shown = reader.segment(function.value)
        reader.report(f"`{shown}` may be None", reader.name_of(function), conversion(receiver, ANY))
    elif known is None:
        if name not in method_names():
            reader.report(f"unknown method `{name}`", reader.name_of(function))
    elif name in known.properties:
        reader.report(f"`{name}` is not a method", reader.name_of(function), f"write .{name}")
    elif receiver.ref:
        shown = show(receiver, reader.scope)
        reader.report(f"{shown} has no method `{name}`", reader.name_of(function), "models have fields only")
    else:
        no_member(reader, function, receiver, known)
    return ANY


def _apply(
    reader: Reader, signatures: Sequence[Signature], node: ast.Call, env: Env, known: dict[str, Type]
) -> tuple[list[ast.expr], list[ast.keyword], Type]:
    """Return the arguments and the result of a call by the first signature that takes them."""
    for signature in signatures:
        parameters = _match(signature, node)
        if parameters is not None:
            break
    else:
        given = len(node.args) + len(node.keywords)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else reader.segment(node.func)
        reader.report(f"`{name}` does not take these {given} arguments", node, _usage(name, signatures))
        return *_infer_all(reader, node, env), ANY
    known = dict(known)
    positional, named = parameters
    arguments = [
        _argument(reader, it, env, parameter, known) for it, parameter in zip(node.args, positional, strict=True)
    ]
    keywords = [
        ast.keyword(it.arg, _argument(reader, it.value, env, parameter, known))
        for it, parameter in zip(node.keywords, named, strict=True)
    ]
    return arguments, keywords, substitute(signature.result, known)


def _usage(name: str, signatures: Sequence[Signature]) -> str:
    parts = [it.name if it.by_position else f"{it.name}=…" for it in signatures[-1].parameters]
    return f"write {name}({', '.join(parts)})"


def _match(signature: Signature, node: ast.Call) -> tuple[list[Parameter], list[Parameter]] | None:
    """Return the parameter of each argument, None if the arguments do not go with the signature."""
    positional = [it for it in signature.parameters if it.by_position][: len(node.args)]
    by_name = {it.name: it for it in signature.parameters if it.by_name and it not in positional}
    named = [by_name[it.arg] for it in node.keywords if it.arg in by_name]
    missing = [it for it in signature.parameters if it.required and it not in (*positional, *named)]
    complete = len(positional) == len(node.args) and len(named) == len(node.keywords) and not missing
    return (positional, named) if complete else None


def _argument(reader: Reader, node: ast.expr, env: Env, parameter: Parameter, known: dict[str, Type]) -> ast.expr:
    """Return an argument; note in `known` what the type variables of its parameter stand for."""
    wanted = parameter.type
    match wanted.head:
        case "Format":
            return _format(reader, node)
        case "Width":
            if (upper_bound(node) or 0) > MAX_WIDTH:
                reader.report("this width is too large", node, f"up to {MAX_WIDTH:,} are allowed")
            wanted = Type("int")
        case "D":
            found = reader.infer(node, env, Want(without_none(known["V"])) if "V" in known else None)
            known["D"] = found.type
            return found.tree
        case _:
            pass
    exact = wanted.head in ("K", "T") or not _is_generic(wanted)
    found = reader.infer(node, env, Want(substitute(wanted, known), strict=exact))
    if not exact:
        found = opened(found)
        _bind(reader, node, wanted, found.type, known)
    return found.tree


def _is_generic(type_: Type) -> bool:
    return any(len(it.head) == 1 and it.head.isupper() for it in (type_, *type_.args))


def _bind(reader: Reader, node: ast.expr, wanted: Type, found: Type, known: dict[str, Type]) -> None:
    """Note what the `T` of an `Iterable[T]` stands for; report what cannot be iterated over."""
    items: list[Type] = []
    for arm in arms_of(found):
        opaque = reader.scope.opaque.get(arm.head)
        item = opaque.item if opaque else item_of(arm)
        lazy = wanted.head == "Sequence" and arm.head in ("iterator", "set", "frozenset")
        if item is None or lazy:
            shown = show(arm, reader.scope)
            reader.report(f"{shown} has no order" if lazy else f"{shown} has nothing to iterate over", node)
        items.append(item or ANY)
    known[wanted.args[0].head] = union(items)


def _format(reader: Reader, node: ast.expr) -> ast.expr:
    """Return a `strftime` format, which must be constant."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        reader.report("the format must be a constant text", node)
    elif not is_strftime(node.value):
        reader.report(f"`{node.value}` is not a format for dates and times", node)
    else:
        return ast.Constant(node.value)
    return node
