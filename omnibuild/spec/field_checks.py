"""What can be wrong with what makes a field's default, with its other names, and with what tells a union apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from omnibuild.core.values import DISCRIMINATOR, Enum, Field, Model, Problem, Ref, Type

type Lookup = Callable[[Ref], Model | Enum | None]

_MADE = {"tuple": ("tuple",), "frozenset": ("frozenset",), "uuid4": ("UUID", "str"), "now": ("datetime", "str")}


def check_keys(field: Field, lookup: Lookup) -> Iterator[Problem]:
    """Yield what is wrong with a field's `factory`, `alias` and `discriminator`."""
    yield from _factory(field, lookup)
    tag = dict(field.constraints).get(DISCRIMINATOR)
    if tag is not None:
        yield from _discriminator(field, str(tag), lookup)


def check_aliases(model: Model) -> Iterator[Problem]:
    """Yield a problem for every field that would have the name of another one in JSON."""
    taken = {field.name: field.name for field in model.fields if not field.aliases}
    for field in model.fields:
        other = taken.setdefault(field.aliases[0], field.name) if field.aliases else field.name
        if other != field.name:
            message = f"`{field.aliases[0]}` is the name of `{other}`, too"
            yield Problem("name", message, field.at.to("alias"), "choose another name")


def _arms(type_: Type) -> tuple[Type, ...]:
    return type_.args if type_.head == "|" else (type_,)


def _factory(field: Field, lookup: Lookup) -> Iterator[Problem]:
    at = field.at.to("factory")
    heads = [it.head for it in _arms(field.type)]
    wanted = _MADE.get(field.factory, ())
    if wanted and not {*wanted, "Any"} & {*heads}:
        message = f"`{field.factory}` makes no {field.type}"
        yield Problem("factory", message, at, f"it is for {' and '.join(wanted)}")
    elif field.maker and "Any" not in heads:
        made = lookup(field.maker)
        fields = [it.ref for it in _arms(field.type) if it.ref]
        if made is None or made.ref not in [found.ref for found in map(lookup, fields) if found]:
            hint = "name a model of the field's type"
            yield Problem("factory", f"`{field.factory}` makes no {field.type}", at, hint)
        elif isinstance(made, Enum) or any(it.required for it in made.fields):
            message = f"`{field.factory}` cannot be made of nothing: not all its fields have a default"
            yield Problem("factory", message, at, "write a `default`, or give its fields defaults")


def _discriminator(field: Field, tag: str, lookup: Lookup) -> Iterator[Problem]:
    at = field.at.to(DISCRIMINATOR)
    union = field.type.args[0] if field.type.head == "list" else field.type
    arms = [it for it in _arms(union) if it.head != "None"]
    found = [lookup(it.ref) if it.ref else None for it in arms]
    if len(arms) < 2 or not all(isinstance(it, Model) for it in found):
        message = f"`discriminator` means nothing for {field.type}"
        yield Problem("constraint", message, field.at.to(DISCRIMINATOR, key=True), "it is for unions of models")
        return
    for it in found:
        if isinstance(it, Model) and not it.source:
            own = it.field(tag)
            if own is None or any(arm.head != "Literal" for arm in _arms(own.type)):
                message = f"`{it.ref.name}` has no field `{tag}` that is a Literal"
                yield Problem("constraint", message, at, f'give it `{tag}: Literal["…"]`')
