"""What an existing class is, in the words of the spec language.

In the types of this package a `Ref` leads to a class by its module and its name there, until `documents`
decides which document it stands in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from omnibuild.core.values import Json, Place, Type


class Extra(StrEnum):
    """What a model does with fields that it does not declare."""

    FORBID = "forbid"
    IGNORE = "ignore"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Kept:
    """Python that stays with the existing class: a validator, serializer, computed field, method or property."""

    kind: str
    name: str
    at: Place


@dataclass(frozen=True, slots=True)
class FieldShape:
    """One field of an existing model.

    `factory` is what makes its default: `tuple`, `frozenset`, `uuid4`, `now`, or a class or function as
    `module:name`. `aliases` are the names that it is read by; `is_alias` says whether it is written by it, too.
    """

    name: str
    type: Type
    at: Place
    required: bool = True
    default: Json = None
    factory: str = ""
    aliases: tuple[str, ...] = ()
    is_alias: bool = False
    description: str = ""
    constraints: tuple[tuple[str, Json], ...] = ()


@dataclass(frozen=True, slots=True)
class ModelShape:
    """An existing pydantic model as a list of fields, those that it inherits in front."""

    source: str
    at: Place
    fields: tuple[FieldShape, ...]
    description: str = ""
    extra: Extra = Extra.IGNORE
    kept: tuple[Kept, ...] = ()
    notes: tuple[str, ...] = ()
    """What is said otherwise than in the original, without a difference in what is accepted as JSON."""
    is_generic: bool = False
    """Whether it has type variables of its own."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enum: its name in Python, its value, and what it means."""

    name: str
    value: str | int
    description: str = ""


@dataclass(frozen=True, slots=True)
class EnumShape:
    """An existing enum."""

    source: str
    at: Place
    members: tuple[Member, ...]
    description: str = ""
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Opaque:
    """A class, or an alias of a type, that stays a reference, and why; `fields` is how many it is known to have."""

    source: str
    reason: str
    at: Place | None = None
    fields: int = 0
    is_alias: bool = False
    is_model: bool = False
    """Whether it is a pydantic model, which can be made of JSON by its own method."""
    usable: bool = True
    """Whether pydantic takes it as the type of a field."""
    is_generic: bool = False
    names: tuple[str, ...] = ()
    """The names of its fields, if all that it inherits from is read."""


type Shape = ModelShape | EnumShape | Opaque
