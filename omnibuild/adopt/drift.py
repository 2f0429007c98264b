"""Models that stand for existing classes, held against these: whoever edits one of the two is told of the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from omnibuild.adopt.code.library import Library, SourceText, Unread
from omnibuild.adopt.code.lookup import Lookup, Missing
from omnibuild.adopt.models.reader import Models
from omnibuild.adopt.models.shapes import EnumShape, FieldShape, ModelShape, Opaque
from omnibuild.core.values import Enum, Field, Model, NodeSpec, Problem, Ref, Spec, Type
from omnibuild.onex.adopted.contract import adopted_handlers
from omnibuild.spec.imports import ROOTS

type Text = Callable[[str], str | Problem | None]
"""Returns the text of a file of the workspace, None if there is none."""


def drifted(specs: Iterable[Spec], text: Text) -> Iterator[Problem]:
    """Yield what the workspace's own code does not keep to: the classes that models stand for, and the handlers."""
    specs = tuple(specs)
    lookup = Lookup(Library(_Sources(text)))
    yield from _handlers(specs, lookup)
    stand_ins: list[Model | Enum] = []
    for spec in specs:
        stand_ins += (it for it in spec.models if it.replaces)
        stand_ins += (it for it in spec.enums if it.replaces)
    if not stand_ins:
        return
    models = Models(lookup)
    known = {
        it.ref: models.definition(it.replaces or it.source)
        for spec in specs
        for it in spec.models
        if it.replaces or it.source
    } | {it.ref: models.definition(it.replaces) for it in stand_ins}
    for it in stand_ins:
        differences = list(_Comparison(models, known).of(it))
        if differences:
            shape = models.shape(it.replaces)
            there = f"see {shape.at.file}:{shape.at.line}; " if shape.at else ""
            message = f"`{it.ref.name}` and {it.replaces} say different things: {'; '.join(differences)}"
            yield Problem("drift", message, it.at, f"{there}correct one of them")


def _handlers(specs: Iterable[Spec], lookup: Lookup) -> Iterator[Problem]:
    """Yield a problem for every handler of the workspace's own that is not where the contract says."""
    for spec in specs:
        for handler in adopted_handlers(spec.adopted) if isinstance(spec, NodeSpec) and spec.adopted else ():
            found = lookup.find(handler)
            if isinstance(found, Missing):
                message = f"there is no handler {handler}: {found.reason}"
                yield Problem("drift", message, spec.at.to("adopted"), "correct its name where it stands, or the class")


class _Sources:
    """The workspace's own modules; whatever is installed is nobody's to edit."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def read(self, module: str) -> SourceText | Unread | None:
        path, top = module.replace(".", "/"), module.partition(".")[0]
        for root in ROOTS:
            for end in ("/__init__.py", ".py"):
                found = self._text(f"{root}{path}{end}")
                if isinstance(found, Problem):
                    return Unread(found.message, f"{root}{path}{end}")
                if found is not None:
                    return SourceText(f"{root}{path}{end}", found, is_package=end != ".py")
        own = any(isinstance(self._text(f"{root}{top}/__init__.py"), str) for root in ROOTS)
        return Unread(f"there is no module {module}") if own else None


class _Comparison:
    """One model or enum beside the class that it stands for."""

    def __init__(self, models: Models, known: Mapping[Ref, str]) -> None:
        self._models = models
        self._known = known

    def of(self, it: Model | Enum) -> Iterator[str]:
        match self._models.shape(it.replaces), it:
            case ModelShape() as shape, Model():
                yield from self._model(it, shape)
            case EnumShape(members=members), Enum():
                here, there = [value for value, _ in it.members], [str(member.value) for member in members]
                yield from _names(here, there)
            case Opaque(names=(_, *_) as names), Model():
                yield from _names([one.name for one in it.fields], names)
            case Opaque(at=None, usable=False, reason=reason), _:
                yield reason
            case _:
                return  # a foreign class, or one that could not be said: there is nothing to compare

    def _model(self, model: Model, shape: ModelShape) -> Iterator[str]:
        here, there = {it.name: it for it in model.fields}, {it.name: it for it in shape.fields}
        yield from _names(here, there)
        if model.extra != shape.extra:
            yield f"other fields are `{model.extra}` here, `{shape.extra}` there"
        for name, field in here.items():
            if name in there:
                yield from self._field(field, there[name])

    def _field(self, field: Field, other: FieldShape) -> Iterator[str]:
        one, two = self._defined(field.type), self._resolved(other.type)
        # Of what is installed nobody has looked behind the names: an alias may say the same.
        is_known = all(it.document for it in (*one.refs(), *two.refs()))
        if one != two and is_known:
            yield f"`{field.name}` is `{field.type}` here, `{other.type}` there"
        elif field.required != other.required:
            yield f"`{field.name}` {'must' if field.required else 'need not'} be given here"
        elif self._made(field) != self._maker(other) or (not field.factory and field.default != other.default):
            yield f"the defaults of `{field.name}` differ"
        elif is_known and dict(field.constraints) != dict(other.constraints):
            yield f"the limits of `{field.name}` differ"
        elif field.aliases != other.aliases:
            yield f"the aliases of `{field.name}` differ"

    def _made(self, field: Field) -> str:
        return self._known.get(field.maker, field.factory) if field.maker else field.factory

    def _maker(self, field: FieldShape) -> str:
        return self._models.definition(field.factory) if ":" in field.factory else field.factory

    def _defined(self, type_: Type) -> Type:
        """Return a type of a spec with the existing classes in the place of what stands for them."""
        ref = type_.ref
        if ref and ref in self._known:
            ref = self._class(self._known[ref])
        return replace(type_, args=tuple(map(self._defined, type_.args)), ref=ref)

    def _resolved(self, type_: Type) -> Type:
        """Return a type with every class where it is defined."""
        ref = self._class(f"{type_.ref.document}:{type_.ref.name}") if type_.ref else None
        return replace(type_, args=tuple(map(self._resolved, type_.args)), ref=ref)

    def _class(self, source: str) -> Ref:
        """Return a class where it is defined; of one that is not the workspace's own, nobody looked where that is."""
        module, _, name = self._models.definition(source).partition(":")
        return Ref(module if self._models.is_read(module) else "", name)


def _names(here: Collection[str], there: Collection[str]) -> Iterator[str]:
    yield from (f"`{name}` is only here" for name in here if name not in there)
    yield from (f"`{name}` is only there" for name in there if name not in here)
