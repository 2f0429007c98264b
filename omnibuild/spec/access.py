"""Rules of what leads to a value: names, attributes, indexing and slices."""

from __future__ import annotations

import ast

from omnibuild.core.nearest import nearest
from omnibuild.core.values import ClassOf, Enum, Lowered, Model, Ref, Type
from omnibuild.spec.compatibility import conversion, declared, item_of, plain, show
from omnibuild.spec.literals import opened
from omnibuild.spec.scope import ANY, Binding, Env, Reader, Want, arms_of, path_of, union
from omnibuild.spec.signatures import Members, functions, members, substitute, variables
from omnibuild.spec.stubs import RULED
from omnibuild.spec.types import ELLIPSIS

_LITERALS = {"true": "True", "false": "False", "null": "None", "none": "None", "nil": "None"}
_INTERPRETER = ("gi_", "cr_", "ag_", "f_", "tb_", "co_", "func_", "im_")
_DENIED = ("format", "format_map", "mro", "with_traceback", "add_note")
_CHANGES = """append extend insert pop popitem remove clear update setdefault sort reverse add discard
 difference_update intersection_update symmetric_difference_update""".split()  # noqa: SIM905 - reads better


def bound(reader: Reader, node: ast.expr, env: Env) -> Binding | None:
    """Return what a name, or a dotted name of the scope, means."""
    path = path_of(node)
    if path is None:
        return None
    if path in env.local:
        return env.local[path]
    return None if path.partition(".")[0] in env.local else reader.scope.names.get(path)


def class_of(reader: Reader, node: ast.expr, env: Env) -> Ref | None:
    """Return the model or enum that a part names: `OrderLine`, `money.Amount`."""
    match node:
        case ast.Name(id=name) if name[0].isupper() and not bound(reader, node, env) and name not in RULED:
            return Ref(reader.scope.document, name)
        case ast.Attribute(value=ast.Name(id=document), attr=name) if name[0].isupper():
            known = document in reader.scope.documents and not bound(reader, node.value, env)
            return Ref(document, name) if known and not bound(reader, node, env) else None
        case _:
            return None


def name(reader: Reader, node: ast.Name, env: Env, _want: Want | None) -> Lowered:
    """Return what a name stands for."""
    binding = bound(reader, node, env)
    if binding:
        return Lowered(binding.tree, env.narrowed.get(node.id, binding.type))
    if node.id in functions() or node.id in RULED:
        reader.report(f"`{node.id}` is a function", node, f"call it: {node.id}(…)")
    elif class_of(reader, node, env):
        _name_of_class(reader, node, Ref(reader.scope.document, node.id), node)
    else:
        _unknown(reader, node, env)
    return Lowered(node, ANY)


def _unknown(reader: Reader, node: ast.Name, env: Env) -> None:
    roots = {it.partition(".")[0] for it in reader.scope.names}
    if node.id in roots:
        reader.report(f"`{node.id}` is not a value", node, f"write {node.id}.…")
        return
    near = nearest(node.id, (*env.local, *roots, *reader.scope.documents, *functions(), *RULED))
    meant = _LITERALS.get(node.id.lower())
    hint = f"write {meant}" if meant else f"did you mean `{near}`?" if near else ""
    if node.id in reader.scope.documents:
        reader.report(f"`{node.id}` is not a value", node, f"name one of its models: {node.id}.…")
        return
    reader.report(f"unknown name `{node.id}`", node, hint)


def _name_of_class(reader: Reader, node: ast.expr, ref: Ref, where: ast.expr | int) -> None:
    """Report the name of a model or enum that stands where a value should."""
    written = reader.segment(node)
    match reader.scope.lookup(ref):
        case Enum(members=known):
            hint = f"write {written}.{known[0][0]}" if known else ""
            reader.report(f"`{written}` is an enum, not a value", node, hint)
        case Model():
            reader.report(f"`{written}` is a model, not a value", node, f"write {written}(…)")
        case None if ref.document == reader.scope.document and ref.name in reader.scope.models:
            reader.report(f"`{written}` is a class, not a value", node, f"write {written}(…)")
        case None:
            unknown_class(reader, ref, where)


def unknown_class(reader: Reader, ref: Ref, where: ast.expr | int) -> None:
    """Report a model or enum that does not exist."""
    own = ref.document == reader.scope.document
    near = nearest(ref.name, (*reader.scope.models, *functions(), *RULED)) if own else None
    shown = ref.name if own else f"{ref.document}.{ref.name}"
    reader.report(f"unknown model `{shown}`", where, f"did you mean `{near}`?" if near else "")


def attribute(reader: Reader, node: ast.Attribute, env: Env, _want: Want | None) -> Lowered:
    """Return `a.b`: a dotted name, an enum's member, a model's field, a property."""
    binding = bound(reader, node, env)
    path = path_of(node)
    narrowed = env.narrowed.get(path) if path else None
    if binding:
        return Lowered(binding.tree, narrowed or binding.type)
    if itself := class_of(reader, node, env):
        _name_of_class(reader, node, itself, reader.name_of(node))
        return Lowered(node, ANY)
    if owner := class_of(reader, node.value, env):
        return _member_of_class(reader, node, owner)
    if isinstance(node.value, ast.Name) and not bound(reader, node.value, env):
        known = [it.partition(".")[2] for it in reader.scope.names if it.startswith(f"{node.value.id}.")]
        if known:
            return _missing(reader, node, f"`{node.value.id}` has no `{node.attr}`", known)
    receiver = opened(reader.infer(node.value, env))
    types = [_attribute_of(reader, node, arm) for arm in arms_of(receiver.type)]
    return Lowered(ast.Attribute(receiver.tree, node.attr, ast.Load()), narrowed or union(types))


def _missing(reader: Reader, node: ast.Attribute, message: str, known: list[str]) -> Lowered:
    near = nearest(node.attr, known)
    hint = f"did you mean `{near}`?" if near else f"it has {', '.join(known)}" if 0 < len(known) <= 14 else ""
    reader.report(message, reader.name_of(node), hint)
    return Lowered(node, ANY)


def _member_of_class(reader: Reader, node: ast.Attribute, ref: Ref) -> Lowered:
    shown = reader.segment(node.value)
    match reader.scope.lookup(ref):
        case Enum(ref=own, members=known, names=called):
            if node.attr in dict(known) or node.attr in dict(called).values():
                name = node.attr if node.attr in dict(called).values() else dict(called).get(node.attr)
                tree = ast.Attribute(ClassOf(own), name or reader.scope.member(node.attr), ast.Load())
                return Lowered(tree, Type("ref", ref=own))
            return _missing(reader, node, f"`{shown}` has no member `{node.attr}`", [it for it, _ in known])
        case Model():
            reader.report(f"`{shown}` is a model, not a value", node, f"write {shown}(…).{node.attr}")
        case None if ref.document == reader.scope.document and ref.name in reader.scope.models:
            if is_allowed(reader, node):
                return Lowered(ast.Attribute(ClassOf(ref), node.attr, ast.Load()), ANY)
        case None:
            where = node.value if isinstance(node.value, ast.Name) else node
            unknown_class(reader, ref, where)
    return Lowered(node, ANY)


def is_allowed(reader: Reader, node: ast.Attribute) -> bool:
    """Return whether a name may stand behind a dot at all; report it if not."""
    name = node.attr
    if name.startswith("_"):
        message, hint = f"`{name}` is not allowed: names beginning with _ are Python's own", ""
    elif name in _DENIED or name.startswith(_INTERPRETER):
        message, hint = f"`{name}` is not allowed", "write an f-string" if name.startswith("format") else ""
    elif name in _CHANGES:
        message, hint = f"`{name}` changes its object; expressions only read", _INSTEAD.get(name, "")
    else:
        return True
    reader.report(message, reader.name_of(node), hint)
    return False


_INSTEAD = {
    "append": "write a + [b]",
    "extend": "write a + b",
    "add": "write a.union([b])",
    "sort": "write sorted(…)",
    "reverse": "write list(reversed(…))",
    "pop": "write a[-1]",
    "setdefault": "write a.get(…)",
}


def members_of(reader: Reader, receiver: Type) -> Members | None:
    """Return what one alternative of a type has behind the dot, None if that is not known."""
    opaque = reader.scope.opaque.get(receiver.head)
    if opaque:
        return Members(opaque.members)
    match declared(receiver, reader.scope):
        case Model(source=source) if source:
            return None
        case Model(fields=fields):
            return Members({field.name: field.type for field in fields})
        case Enum():
            return members("enum")
    if receiver.head in ("Any", "ref"):
        return None
    head = type(receiver.values[0]).__name__ if receiver.head == "Literal" else receiver.head
    return members(head)


def _attribute_of(reader: Reader, node: ast.Attribute, receiver: Type) -> Type:
    """Return the type of the attribute of one alternative."""
    known = members_of(reader, receiver)
    shown = reader.segment(node.value)
    if known is None:
        is_allowed(reader, node)
        return ANY
    if node.attr in known.properties:
        return substitute(known.properties[node.attr], variables(receiver))
    if receiver.head == "None":
        reader.report(f"`{shown}` may be None", reader.name_of(node), conversion(receiver, ANY))
    elif node.attr in known.methods:
        reader.report(f"`{node.attr}` is a method", reader.name_of(node), f"call it: .{node.attr}(…)")
    elif is_allowed(reader, node):
        no_member(reader, node, receiver, known)
    return ANY


def no_member(reader: Reader, node: ast.Attribute, receiver: Type, known: Members) -> None:
    """Report an attribute or a method that a type does not have."""
    is_model = isinstance(declared(receiver, reader.scope), Model)
    noun = "field" if is_model else "attribute"
    opaque = reader.scope.opaque.get(receiver.head)
    calls = [f"{name}()" for name in opaque.calls] if opaque else []
    _missing(reader, node, f"{show(receiver, reader.scope)} has no {noun} `{node.attr}`", [*known.names, *calls])


def subscript(reader: Reader, node: ast.Subscript, env: Env, _want: Want | None) -> Lowered:
    """Return `a[b]` or `a[b:c]`."""
    receiver = opened(reader.infer(node.value, env))
    if isinstance(node.slice, ast.Slice):
        parts = [node.slice.lower, node.slice.upper, node.slice.step]
        wanted = Want(Type("|", (Type("int"), Type("None"))), strict=True)
        trees = [it and reader.infer(it, env, wanted).tree for it in parts]
        types = [_slice_of(reader, node, arm) for arm in arms_of(receiver.type)]
        return Lowered(ast.Subscript(receiver.tree, ast.Slice(*trees), ast.Load()), union(types))
    keys = {arm.args[0] for arm in arms_of(receiver.type) if arm.head == "dict" and arm.args}
    ints = all(arm.head in ("list", "tuple", "str", "bytes") for arm in plain(receiver.type, reader.scope))
    key = union(keys) if keys else Type("int") if ints else None
    index = reader.infer(node.slice, env, Want(key, strict=True) if key else None)
    types = [_item_of(reader, node, arm) for arm in arms_of(receiver.type)]
    return Lowered(ast.Subscript(receiver.tree, index.tree, ast.Load()), union(types))


def _slice_of(reader: Reader, node: ast.Subscript, receiver: Type) -> Type:
    match receiver.head:
        case "list" | "str" | "bytes" | "Any" | "Literal":
            return Type("str") if receiver.head == "Literal" else receiver
        case "tuple":
            return Type("tuple", (item_of(receiver) or ANY, ELLIPSIS))
        case _:
            return _not_indexed(reader, node, receiver, "slice")


def _item_of(reader: Reader, node: ast.Subscript, receiver: Type) -> Type:
    opaque = reader.scope.opaque.get(receiver.head)
    if opaque and opaque.item:
        return opaque.item
    match receiver.head, node.slice:
        case "dict", _:
            return receiver.args[1] if receiver.args else ANY
        case "tuple", ast.Constant(value=int(index)) if ELLIPSIS not in receiver.args:
            if index < len(receiver.args):
                return receiver.args[index]
            reader.report(f"there are only {len(receiver.args)} items", node.slice)
            return ANY
        case "list" | "tuple" | "str" | "bytes" | "Any" | "Literal", _:
            return item_of(receiver) or ANY
        case _:
            return _not_indexed(reader, node, receiver, "index")


def _not_indexed(reader: Reader, node: ast.Subscript, receiver: Type, verb: str) -> Type:
    if receiver.head == "None":
        reader.report(f"`{reader.segment(node.value)}` may be None", node.value, conversion(receiver, ANY))
    else:
        hint = "write list(…) around it" if receiver.head in ("Iterable", "iterator") else ""
        reader.report(f"{show(receiver, reader.scope)} has nothing to {verb}", node.value, hint)
    return ANY
