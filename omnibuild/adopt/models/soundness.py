"""Which of the classes that are reached can be said in specs, together as they are; the others stay references."""

from __future__ import annotations

from collections.abc import Mapping

from omnibuild.adopt.models import sections
from omnibuild.adopt.models.circles import broken
from omnibuild.adopt.models.defaults import is_private
from omnibuild.adopt.models.shapes import EnumShape, FieldShape, ModelShape, Opaque, Shape
from omnibuild.core.values import DISCRIMINATOR


def references(shape: Shape) -> list[str]:
    """Return the classes that a shape's fields refer to, as `module:Class`."""
    if not isinstance(shape, ModelShape):
        return []
    return list(dict.fromkeys(f"{it.document}:{it.name}" for field in shape.fields for it in field.type.refs()))


def sound(found: Mapping[str, Shape]) -> dict[str, Shape]:
    """Return the shapes with those as references that the language cannot say, or not in a circle."""
    shapes = dict(found)
    for source, shape in found.items():
        reason = sections.unsaid(shape) if isinstance(shape, ModelShape) else ""
        if isinstance(shape, EnumShape) and not sections.is_sayable(shape):
            reason = "an enum of numbers, or with names that are none in a spec"
        if not reason and isinstance(shape, ModelShape):
            reason = _unmade(shape, found) or _private(shape, found) or _broken(shape, found)
        if reason:
            shapes[source] = kept(shape, reason)
    for source in broken({source: references(shape) for source, shape in shapes.items()}):
        shapes[source] = kept(shapes[source], "it and classes that it refers to refer to each other")
    while bare := _bare(shapes):
        shapes |= {source: kept(shapes[source], reason) for source, reason in bare.items()}
    return shapes


def kept(shape: Shape, reason: str) -> Opaque:
    """Return a class as a reference, for this reason."""
    fields = len(shape.fields) if isinstance(shape, ModelShape) else 0
    is_generic = not isinstance(shape, EnumShape) and shape.is_generic
    return Opaque(shape.source, reason, shape.at, fields, is_model=isinstance(shape, ModelShape), is_generic=is_generic)


def _bare(shapes: Mapping[str, Shape]) -> dict[str, str]:
    """Return the models that refer to a generic class: the strict type check wants its arguments, which no spec has."""
    found: dict[str, str] = {}
    for source, shape in shapes.items():
        for it in references(shape):
            other = shapes.get(it)
            if isinstance(other, Opaque) and other.is_generic:
                found.setdefault(source, f"it refers to {it.partition(':')[2]}, which is generic: {other.reason}")
    return found


def _unmade(shape: ModelShape, shapes: Mapping[str, Shape]) -> str:
    """Return why the default of a field cannot be written, nothing if all can: what stays must make it of JSON."""
    for field in shape.fields:
        if field.default is None or field.factory:
            continue
        for arm in field.type.args if field.type.head == "|" else (field.type,):
            found = shapes.get(f"{arm.ref.document}:{arm.ref.name}") if arm.ref else None
            is_whole = isinstance(field.default, dict | list)
            if isinstance(found, Opaque) and (found.is_alias or (is_whole and not found.is_model)):
                return f"{field.name}: a default of {found.source.partition(':')[2]}, which stays what it is"
    return ""


def _private(shape: ModelShape, shapes: Mapping[str, Shape]) -> str:
    """Return why a model cannot refer to what it does: what stays where it is must be there for others."""
    hidden = (it for it in references(shape) if isinstance(shapes.get(it), Opaque) and is_private(it))
    return next((f"it refers to {it.partition(':')[2]}, which is private" for it in hidden), "")


def _broken(shape: ModelShape, shapes: Mapping[str, Shape]) -> str:
    """Return why a model would not work, nothing if it would: then the original works otherwise, or not at all."""
    for field in shape.fields:
        made = shapes.get(field.factory)
        if ":" in field.factory and made is None:
            # A function gives an instance of the class that is there, which is no instance of the one that is made.
            held = (shapes.get(f"{ref.document}:{ref.name}") for ref in field.type.refs())
            if any(isinstance(it, ModelShape | EnumShape) for it in held):
                return f"{field.name}: {field.factory.partition(':')[2]} makes its default, which stays what it is"
        if isinstance(made, ModelShape) and any(it.required for it in made.fields):
            return f"{field.name}: {made.source.partition(':')[2]} cannot be made of nothing"
        tag = dict(field.constraints).get(DISCRIMINATOR)
        for ref in field.type.refs() if tag else ():
            arm = shapes.get(f"{ref.document}:{ref.name}")
            if isinstance(arm, ModelShape) and not any(it.name == tag and _is_tag(it) for it in arm.fields):
                return f"{field.name}: {ref.name} has no field {tag} that is a Literal"
    return ""


def _is_tag(field: FieldShape) -> bool:
    return all(it.head == "Literal" for it in (field.type.args if field.type.head == "|" else (field.type,)))
