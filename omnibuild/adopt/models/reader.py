"""Existing pydantic models as fields of the spec language, or why they stay references."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from omnibuild.adopt.code.constants import Constants
from omnibuild.adopt.code.library import Module
from omnibuild.adopt.code.lineage import Base, Lineage, Lineages
from omnibuild.adopt.code.lookup import Foreign, Found, Lookup, Missing
from omnibuild.adopt.models.annotations import Annotations, Context
from omnibuild.adopt.models.declared import Bodies, Body, Declared
from omnibuild.adopt.models.defaults import Defaults
from omnibuild.adopt.models.enums import Enums
from omnibuild.adopt.models.foreign import UNFIT, canonical
from omnibuild.adopt.models.settings import Settings
from omnibuild.adopt.models.shapes import EnumShape, Extra, FieldShape, ModelShape, Opaque, Shape
from omnibuild.core.values import DISCRIMINATOR, Ref

MODEL = "pydantic:BaseModel"
_ROOTS = ("pydantic:RootModel", "pydantic:GenericModel")
_SETTINGS = ("pydantic_settings:BaseSettings", "pydantic:BaseSettings")
_HARMLESS = frozenset(
    [
        "pydantic:BaseModel",
        "typing:Generic",
        "abc:ABC",
        "builtins:object",
        "typing:Protocol",
        "typing_extensions:Generic",
    ]
)
_DATACLASSES = ("dataclasses:dataclass", "pydantic.dataclasses:dataclass")
_LOUD = {
    "json_schema_extra": "its configuration adds to the JSON Schema",
    "schema_extra": "its configuration adds to the JSON Schema",
    "alias_generator": "its configuration makes aliases",
    "json_schema_mode_override": "its configuration chooses the JSON Schema",
    "str_min_length": "its configuration limits all texts",
    "str_max_length": "its configuration limits all texts",
    "json_schema_serialization_defaults_required": "its configuration chooses the JSON Schema",
    "**": "its configuration is known only when the code runs",
}

_NOTED = ("str_strip_whitespace", "str_to_lower", "str_to_upper", "strict", "coerce_numbers_to_str", "json_encoders")
"""Configuration that changes what is accepted or written, and not what a JSON Schema says of it."""


class Models:
    """Reads classes, each once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._lineages = Lineages(lookup)
        self._enums = Enums(lookup, self._lineages)
        self._constants = Constants(lookup, self._enums.values)
        self._settings = Settings(lookup, self._constants)
        self._defaults = Defaults(lookup, self._constants)
        self._bodies = Bodies(lookup)
        self._shapes: dict[str, Shape] = {}

    def shape(self, source: str) -> Shape:
        """Return what a class, `module:Class`, is in the spec language."""
        if source not in self._shapes:
            self._shapes[source] = self._read(source)
        return self._shapes[source]

    def reached(self, sources: Iterable[str]) -> Mapping[str, Shape]:
        """Return these classes, and all that their fields refer to, by the names they are defined under."""
        found: dict[str, Shape] = {}
        waiting = list(sources)
        for source in waiting:
            if source in found:
                continue
            found[source] = self.shape(source)
            waiting += [f"{ref.document}:{ref.name}" for ref in _refs(found[source])]
        return found

    def definition(self, source: str) -> str:
        """Return where a class is defined, as `module:Class`; the same text if that is not known."""
        found = self._lookup.find(source)
        return found.source if isinstance(found, Found | Foreign) else source

    def is_read(self, module: str) -> bool:
        """Return whether a module lies below the folders that are read."""
        return isinstance(self._lookup.library.module(module), Module)

    def _read(self, source: str) -> Shape:
        found = self._lookup.find(source)
        match found:
            case Missing(reason):
                return Opaque(source, reason, usable=False)
            case Foreign():
                return Opaque(source, "it is not below the folders that are read")
            case Found(node=ast.ClassDef()):
                try:
                    return self._class(found)
                except RecursionError:
                    return Opaque(source, "it is nested too deep", usable=False)
            case Found():
                return Opaque(source, "it is an alias, not a class", is_alias=True)

    def _class(self, found: Found) -> Shape:
        lineage = self._lineages.of(found)
        if self._enums.is_enum(found):
            enum = self._enums.shape(found)
            methods = tuple(it for base in lineage.known for it in self._bodies.of(base.found).kept)
            return replace(enum, kept=methods) if isinstance(enum, EnumShape) else enum
        at = found.module.place(found.class_) if found.class_ else None
        if not self._is_model(lineage) and lineage.missing:
            return Opaque(found.source, f"its base is not known: {lineage.missing[0].reason}", at, usable=False)
        is_generic = bool(self._lineages.variables(found))
        if not self._is_model(lineage):
            reason = "it is no pydantic model"
            return Opaque(found.source, reason, at, usable=not self.fit(found), is_generic=is_generic)
        return replace(_Model(self, found, lineage).shape(), is_generic=is_generic)

    def _is_model(self, lineage: Lineage) -> bool:
        return any(canonical(it.source) in (MODEL, *_ROOTS, *_SETTINGS) for it in lineage.foreign)

    def fit(self, found: Found | Foreign) -> str:
        """Return why a class cannot be the type of a field, nothing if it can."""
        if isinstance(found, Foreign):
            return f"{found.name} has no JSON" if canonical(found.source) in UNFIT else ""
        lineage = self._lineages.of(found)
        if self._enums.is_enum(found) or self._is_model(lineage):
            return ""
        if any(
            "__get_pydantic_core_schema__" in hook for it in lineage.known for hook in self._bodies.of(it.found).hooks
        ):
            return ""
        if lineage.is_a("typing:TypedDict", "typing_extensions:TypedDict", "typing:NamedTuple"):
            return ""
        return "" if self._is_dataclass(found) else f"{found.name} is no model, enum or dataclass"

    def _is_dataclass(self, found: Found) -> bool:
        for it in found.class_.decorator_list if found.class_ else ():
            meaning = self._lookup.resolve(found.module, it.func if isinstance(it, ast.Call) else it)
            if isinstance(meaning, Foreign) and meaning.source in _DATACLASSES:
                return True
        return False

    @property
    def parts(self) -> tuple[Lookup, Constants, Settings, Defaults, Bodies]:
        """What models are read with."""
        return self._lookup, self._constants, self._settings, self._defaults, self._bodies


@dataclass(frozen=True, slots=True)
class _Own:
    """A field, and the class among the ancestors that declares it."""

    base: Base
    declared: Declared


class _Model:
    """Reads one model."""

    def __init__(self, models: Models, found: Found, lineage: Lineage) -> None:
        self._lookup, self._constants, self._settings, self._defaults, self._bodies = models.parts
        self._fit = models.fit
        self._found = found
        self._lineage = lineage
        self._reasons: list[str] = []
        self._notes: list[str] = []

    def shape(self) -> ModelShape | Opaque:
        """Return the model, or why it stays a reference."""
        node = self._found.class_
        bodies = [(it, self._bodies.of(it.found)) for it in self._lineage.known]
        own = self._fields(bodies)
        self._bases()
        config = self._config(bodies)
        for _, body in bodies:
            self._reasons += body.hooks
        if any(name == "__pydantic_extra__" for _, body in bodies for name in body.typed):
            self._reasons.append("it says of which type extra fields are")
        fields = tuple(self._field(it) for it in own)
        at = self._found.module.place(node) if node else None
        if self._reasons or node is None or at is None:
            reason = "; ".join(dict.fromkeys(self._reasons))
            is_whole = not self._lineage.missing and all(
                canonical(it.source) in _HARMLESS for it in self._lineage.foreign
            )
            names = tuple(it.declared.name for it in own) if is_whole else ()
            return Opaque(self._found.source, reason, at, fields=len(own), is_model=True, names=names)
        return ModelShape(
            source=self._found.source,
            at=at,
            fields=fields,
            description=ast.get_docstring(node) or "",
            extra=config,
            kept=tuple(it for _, body in bodies for it in body.kept),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _fields(self, bodies: list[tuple[Base, Body]]) -> list[_Own]:
        """Return the fields in pydantic's order: the oldest first, one that is declared again in its old place."""
        own: dict[str, _Own] = {}
        for base, body in reversed(bodies):
            own |= {it.name: _Own(base, it) for it in body.fields}
        return list(own.values())

    def _bases(self) -> None:
        self._reasons += [f"its base is not known: {it.reason}" for it in self._lineage.missing]
        for it in self._lineage.foreign:
            source = canonical(it.source)
            if source in _ROOTS:
                self._reasons.append("it is a root model")
            elif source in _SETTINGS:
                self._reasons.append("it reads its fields from the environment")
            elif source not in _HARMLESS:
                self._reasons.append(f"it inherits from {it.source}, which is not read")

    def _config(self, bodies: list[tuple[Base, Body]]) -> Extra:
        """Return what the configuration of a model and its bases says of extra fields."""
        extra = Extra.IGNORE
        by_source = {base.found.source: (base, body) for base, body in bodies}
        for base, body in (by_source[it] for it in self._lineage.overlaid if it in by_source):
            for name, value in body.config.items():
                if name == "extra":
                    extra = self._extra(value, base) or extra
                elif _LOUD.get(name) and not (isinstance(value, ast.Constant) and value.value is None):
                    self._reasons.append(_LOUD[name])
                elif name in _NOTED and not (isinstance(value, ast.Constant) and not value.value):
                    self._notes.append(f"`{name}` stays with the existing class")
        return extra

    def _extra(self, value: ast.expr, base: Base) -> Extra | None:
        found = self._constants.value(value, base.found.module)
        if isinstance(found, str) and found in list(Extra):
            return Extra(found)
        written = ast.unparse(value).rpartition(".")[2]
        if written in list(Extra):
            return Extra(written)
        self._reasons.append("what it does with extra fields is known only when the code runs")
        return None

    def _field(self, own: _Own) -> FieldShape:
        module, declared = own.base.found.module, own.declared
        annotations = Annotations(self._lookup, self._constants, self._fit)
        read = annotations.read(declared.annotation, Context(own.base, self._lineage))
        said = self._settings.read(read.metadata, declared.value, module, declared.docs)
        default = self._defaults.read(said, read.type)
        constraints = {**dict(read.constraints), **said.constraints}
        if said.discriminator:
            constraints[DISCRIMINATOR] = said.discriminator
        wrong = [*annotations.reasons, *said.reasons, *([default.reason] if default.reason else [])]
        self._reasons += [f"{declared.name}: {it}" for it in dict.fromkeys(wrong)]
        self._notes += [f"{declared.name}: {it}" for it in dict.fromkeys((*annotations.notes, *said.notes))]
        return FieldShape(
            name=declared.name,
            type=read.type,
            at=module.place(declared.node),
            required=default.required,
            default=default.value,
            factory=default.factory,
            aliases=said.aliases if said.aliases != (declared.name,) else (),
            is_alias=said.is_alias,
            description=" ".join(said.description.split()),
            constraints=tuple(constraints.items()),
        )


def _refs(shape: Shape) -> list[Ref]:
    if not isinstance(shape, ModelShape):
        return []
    return [ref for field in shape.fields for ref in field.type.refs()]
