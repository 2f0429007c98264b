"""Models, enums and their fields as users write them: the part of `written` that every document has."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    WithJsonSchema,
)


class Written(BaseModel):
    """Base of all: what is not declared is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)


class WrittenField(Written):
    """A field of a model in its long form."""

    type: str = Field(description="A Python type expression; quote it inside { } if it has brackets.")
    default: JsonValue = Field(default=None, description="What the field is if it is left out.")
    description: str = Field(default="", description="What the field means; becomes Field(description=…).")
    gt: float | int | str | None = Field(default=None, description="Greater than this.")
    ge: float | int | str | None = Field(default=None, description="Greater than or equal to this.")
    lt: float | int | str | None = Field(default=None, description="Less than this.")
    le: float | int | str | None = Field(default=None, description="Less than or equal to this.")
    multiple_of: float | int | str | None = Field(default=None, description="A multiple of this.")
    min_length: int | None = Field(default=None, ge=0, description="At least this many characters or items.")
    max_length: int | None = Field(default=None, ge=0, description="At most this many characters or items.")
    pattern: str | None = Field(default=None, description="A regular expression that must match.")
    discriminator: str | None = Field(
        default=None, description="The field, a Literal in each model of the union, that tells them apart."
    )
    factory: str | None = Field(
        default=None,
        description="What makes the default: tuple, frozenset, uuid4, now, a model, or `module:function`.",
    )
    alias: str | list[str] | None = Field(
        default=None, description="The field's name in JSON; of several, each is read and none is written."
    )


_FIELD_KEYS = WrittenField.model_fields.keys()


def _field(value: Any) -> Any:
    """Turn the short form of a field into the long one."""
    return {"type": value} if isinstance(value, str) else value


FieldDeclaration = Annotated[
    WrittenField,
    BeforeValidator(_field),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/WrittenField"}]}),
]
Fields = dict[str, FieldDeclaration]


class WrittenModel(Written):
    """A model in its long form."""

    description: str = Field(default="", description="What it means; becomes the docstring.")
    extra: Literal["forbid", "ignore", "allow"] = Field(
        default="forbid", description="What happens to fields that it does not declare."
    )
    fields: Fields = Field(description="The fields by name.")


def is_long_form(value: object) -> bool:
    """Return whether a model is written in its long form, rather than as fields, one of which is named `fields`."""
    fields = value.get("fields") if isinstance(value, dict) else None
    is_field = isinstance(fields, dict) and isinstance(fields.get("type"), str) and fields.keys() <= _FIELD_KEYS
    return isinstance(fields, dict) and not is_field


def _form(value: Any) -> str:
    if isinstance(value, str):
        return _NAME
    return _LONG if isinstance(value, WrittenModel) or is_long_form(value) else _LISTED


_NAME, _LISTED, _LONG = "[name]", "[fields]", "[model]"
FieldsOrName = Annotated[
    Annotated[str, Tag(_NAME)] | Annotated[Fields, Tag(_LISTED)] | Annotated[WrittenModel, Tag(_LONG)],
    Discriminator(_form),
]
"""Fields, or the name of a model. Chosen by its form, so that a mistake in a field is no mistake in a name, too."""


class WrittenMember(Written):
    """A member of an enum in its long form."""

    name: str | None = Field(
        default=None, pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="Its name in Python, if not the value's."
    )
    description: str = Field(default="", description="What it means.")


EnumMembers = list[str] | dict[str, str | WrittenMember | None]
Replaced = Annotated[
    dict[str, str],
    Field(description="Models and enums that stand for classes that exist: `module:Class` by name."),
]
