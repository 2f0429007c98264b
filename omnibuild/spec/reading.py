"""One document being read: what all sections of it are made of, and the problems on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from omnibuild.core.values import (
    DISCRIMINATOR,
    FACTORIES,
    Assignment,
    Enum,
    Expression,
    Field,
    Json,
    Model,
    Pointer,
    Problem,
    Ref,
    Retry,
    Type,
)
from omnibuild.spec.document import Document
from omnibuild.spec.types import parse_type
from omnibuild.spec.written import WrittenRetry, seconds
from omnibuild.spec.written_fields import EnumMembers, Fields, WrittenField, WrittenMember, WrittenModel

_REFERENCE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
_CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", DISCRIMINATOR)


def retry_of(written: WrittenRetry | None) -> Retry | None:
    """Return what a `retry:` means."""
    return Retry(written.attempts, seconds(written.backoff)) if written else None


class Reading:
    """Reads the parts of one document; collects problems."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.name = document.name
        self.at = document.at
        self.problems: list[Problem] = []

    def problem(self, code: str, message: str, at: Pointer, hint: str = "") -> None:
        """Take note of a problem."""
        self.problems.append(Problem(code, message, at, hint))

    def written(self, at: Pointer) -> Json:
        """Return what stands at a pointer of this document, None if nothing does."""
        value: Json = self.document.data
        for step in at.path[len(self.at.path) :]:
            value = value.get(str(step)) if isinstance(value, dict) else None
        return value

    def models(self, written: Mapping[str, Fields | WrittenModel | str], section: str = "models") -> tuple[Model, ...]:
        """Read a section of models by name."""
        return tuple(
            self.model(Ref(self.name, name), fields, self.at.to(section, name)) for name, fields in written.items()
        )

    def model(self, ref: Ref, declared: Fields | WrittenModel | str, at: Pointer) -> Model:
        """Read the fields of one model, or the class that it is."""
        match declared:
            case str():
                return Model(ref, (), at, source=self.reference(declared, at))
            case WrittenModel(description=description, extra=extra, fields=fields):
                text = " ".join(description.split())
                return Model(ref, self._fields(fields, at.to("fields")), at, text, extra=extra)
            case _:
                return Model(ref, self._fields(declared, at), at)

    def _fields(self, fields: Fields, at: Pointer) -> tuple[Field, ...]:
        return tuple(self._field(name, declared, at.to(name)) for name, declared in fields.items())

    def _field(self, name: str, declared: WrittenField, at: Pointer) -> Field:
        short = isinstance(self.written(at), str)
        type_ = parse_type(declared.type, at if short else at.to("type"), self.name)
        if isinstance(type_, Problem):
            self.problems.append(type_)
            type_ = Type("Any")
        factory = declared.factory or ""
        alias = declared.alias or ()
        return Field(
            name=name,
            type=type_,
            at=at,
            written=declared.type,
            required="default" not in declared.model_fields_set and not factory,
            default=declared.default,
            description=declared.description.strip(),
            constraints=_constraints(declared),
            factory=factory,
            maker=self._maker(factory, declared, at),
            aliases=(alias,) if isinstance(alias, str) else tuple(alias),
            is_alias=isinstance(alias, str),
        )

    def _maker(self, factory: str, declared: WrittenField, at: Pointer) -> Ref | None:
        """Return the model of the workspace that makes a field's default, if one does."""
        if factory and "default" in declared.model_fields_set:
            message = "`default` and `factory` both say what the field is if it is left out"
            self.problem("two-ways", message, at.to("factory", key=True), "keep one of them")
        if not factory or factory in FACTORIES:
            return None
        if ":" in factory:
            self.reference(factory, at.to("factory"))
            return None
        found = parse_type(factory, at.to("factory"), self.name)
        if isinstance(found, Type) and found.ref:
            return found.ref
        hint = f"write {', '.join(FACTORIES)}, a model, or MODULE:FUNCTION"
        self.problem("factory", f"`{factory}` makes no default", at.to("factory"), hint)
        return None

    def reference(self, text: str, at: Pointer) -> str:
        """Read the name of an existing class, `module:Class`."""
        if not _REFERENCE.fullmatch(text):
            hint = "write MODULE:CLASS, such as acme.legacy.models:ModelRequest"
            self.problem("reference", f"`{text}` does not name a class of a module", at, hint)
        return text

    def enums(self, written: Mapping[str, EnumMembers]) -> tuple[Enum, ...]:
        """Read the section of enums."""
        return tuple(
            Enum(
                Ref(self.name, name),
                tuple((it, "") for it in members)
                if isinstance(members, list)
                else tuple((it, _meaning(said)) for it, said in members.items()),
                self.at.to("enums", name),
                () if isinstance(members, list) else tuple(_names(members)),
            )
            for name, members in written.items()
        )

    def assignments(self, written: Mapping[str, Json], at: Pointer) -> tuple[Assignment, ...]:
        """Read a mapping of names to expressions."""
        return tuple(Assignment(name, self.expression(value, at.to(name))) for name, value in written.items())

    def expression(self, value: Json, at: Pointer) -> Expression:
        """Read an expression; a YAML number or boolean is one, too."""
        match value:
            case str():
                return Expression(value, at)
            case bool():
                return Expression(str(value), at)
            case int() | float():
                return Expression(repr(value), at)
            case None:
                return Expression("None", at)
            case _:
                hint = "quote it if it begins with [ or {"
                self.problem("wrong-type", f"`{at.path[-1]}` must be an expression", at, hint)
                return Expression("None", at)


def _constraints(declared: WrittenField) -> tuple[tuple[str, Json], ...]:
    given = ((key, getattr(declared, key)) for key in _CONSTRAINTS)
    return tuple((key, value) for key, value in given if value is not None)


def _meaning(said: str | WrittenMember | None) -> str:
    return said.description.strip() if isinstance(said, WrittenMember) else said or ""


def _names(members: Mapping[str, str | WrittenMember | None]) -> Iterator[tuple[str, str]]:
    """Yield what members are called in Python, by value, where the spec says so."""
    for value, said in members.items():
        if isinstance(said, WrittenMember) and said.name:
            yield value, said.name
