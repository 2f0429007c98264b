"""One document being read: what all sections of it are made of, and the problems on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping

from omnibuild.core.values import (
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
from omnibuild.spec.written import EnumMembers, Fields, WrittenField, WrittenRetry, seconds

_REFERENCE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
_CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")


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

    def models(self, written: Mapping[str, Fields | str], section: str = "models") -> tuple[Model, ...]:
        """Read a section of models by name."""
        return tuple(
            self.model(Ref(self.name, name), fields, self.at.to(section, name)) for name, fields in written.items()
        )

    def model(self, ref: Ref, fields: Fields | str, at: Pointer) -> Model:
        """Read the fields of one model, or the class that it is."""
        if isinstance(fields, str):
            return Model(ref, (), at, source=self.reference(fields, at))
        found = []
        for name, declared in fields.items():
            short = isinstance(self.written(at.to(name)), str)
            where = at.to(name) if short else at.to(name, "type")
            type_ = parse_type(declared.type, where, self.name)
            if isinstance(type_, Problem):
                self.problems.append(type_)
                type_ = Type("Any")
            found.append(_field(name, declared, type_, at.to(name)))
        return Model(ref, tuple(found), at)

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
                else tuple((it, meaning or "") for it, meaning in members.items()),
                self.at.to("enums", name),
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


def _field(name: str, declared: WrittenField, type_: Type, at: Pointer) -> Field:
    return Field(
        name=name,
        type=type_,
        at=at,
        written=declared.type,
        required="default" not in declared.model_fields_set,
        default=declared.default,
        description=declared.description.strip(),
        constraints=tuple((key, getattr(declared, key)) for key in _CONSTRAINTS if getattr(declared, key) is not None),
    )
