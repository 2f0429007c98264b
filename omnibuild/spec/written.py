"""The spec language as pydantic models: what users write, before it gets its meaning.

The JSON Schema of the language is made of these models, so every field says what it is for.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, WithJsonSchema

NAME = r"^[a-z][a-z0-9_]*$"
CLASS_NAME = r"^[A-Z][A-Za-z0-9]*$"
SEMVER = r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"
DURATION = r"^\d+(\.\d+)?(ms|s|m|h)$"
"""A number and its unit, as in docker compose files: `500ms`, `30s`, `1.5h`."""


class Written(BaseModel):
    """Base of all: what is not declared is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


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


def _field(value: Any) -> Any:
    """Turn the short form of a field into the long one."""
    return {"type": value} if isinstance(value, str) else value


FieldDeclaration = Annotated[
    WrittenField,
    BeforeValidator(_field),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/WrittenField"}]}),
]
Fields = dict[str, FieldDeclaration]


class WrittenRetry(Written):
    """How often and how soon to try again."""

    attempts: int = Field(ge=1, le=100, description="How often to try in all.")
    backoff: str = Field(default="0.5s", pattern=DURATION, description="The first pause; it doubles each time.")


class WrittenPolicy(Written):
    """What the runtime may do with the node."""

    timeout: str | None = Field(default=None, pattern=DURATION, description="How long one call may take: 30s, 500ms.")
    idempotent: bool | None = Field(default=None, description="Whether a call may be repeated without harm.")
    retry: WrittenRetry | None = Field(default=None, description="Tries beyond the first.")


class WrittenEvents(Written):
    """Topics beyond the derived ones."""

    consumes: list[str] = Field(default=[], description="Topics, or nodes whose completed event is meant.")
    publishes: list[str] = Field(default=[], description="Topics that the node publishes beside its own.")
    external: list[str] = Field(default=[], description="Consumed topics that come from outside the workspace.")


class WrittenVariable(Written):
    """An environment variable."""

    required: bool = Field(default=False, description="Whether the node cannot start without it.")
    default: str | None = Field(default=None, description="Its value if it is not set.")
    description: str = Field(default="", description="What it is for.")


class WrittenGiven(Written):
    """What an example finds when it starts."""

    env: dict[str, str] = Field(default={}, description="Environment variables and their values.")


class WrittenExample(Written):
    """An example: becomes a test of the generated package and is run by the build."""

    name: str = Field(default="", description="What it shows, in a few words.")
    given: WrittenGiven = Field(default=WrittenGiven(), description="What the example finds when it starts.")
    input: JsonValue = Field(description="The input, as in JSON.")
    output: JsonValue = Field(default=None, description="The complete output, as in JSON.")
    fails: str = Field(default="", description="`validation`, or the class name of the exception.")


EnumMembers = list[str] | dict[str, str | None]


class WrittenShared(Written):
    """Models and enums that several nodes use."""

    shared: str = Field(pattern=NAME, max_length=64, description="The document's name.")
    description: str = Field(default="", description="What the models have in common.")
    tags: list[str] = Field(default=[], description="Words to select by.")
    enums: dict[str, EnumMembers] = Field(default={}, description="Enums by name: a list, or names with meanings.")
    models: dict[str, Fields] = Field(default={}, description="Models by name.")


class WrittenNode(Written):
    """One node."""

    node: str = Field(pattern=NAME, max_length=64, description="The node's name, unique in the workspace.")
    kind: Literal["effect", "compute", "reducer", "orchestrator"] = Field(description="What kind of node it is.")
    version: str = Field(default="1.0.0", pattern=SEMVER, description="Semantic version.")
    description: str = Field(description="What the node does, in a sentence; becomes the docstrings.")
    domain: str | None = Field(default=None, pattern=NAME, description="Producer part of the node's topics.")
    tags: list[str] = Field(default=[], description="Words to select by.")
    enums: dict[str, EnumMembers] = Field(default={}, description="Enums by name: a list, or names with meanings.")
    models: dict[str, Fields] = Field(default={}, description="Models by name.")
    input: str | Fields = Field(description="The input's fields, or a model's name.")
    output: str | Fields = Field(description="The output's fields, or a model's name.")
    logic: dict[str, JsonValue] | None = Field(default=None, description="`let`, then an expression per output field.")
    body: str | None = Field(default=None, description="The Python file beside the spec that holds `handle`.")
    examples: list[WrittenExample] = Field(default=[], description="Each becomes a test and is run by the build.")
    events: WrittenEvents = Field(default=WrittenEvents(), description="Topics beyond the derived ones.")
    policy: WrittenPolicy = Field(default=WrittenPolicy(), description="What the runtime may do with the node.")
    env: dict[str, WrittenVariable] = Field(default={}, description="Environment variables, read once, at start.")
    uses: list[str] = Field(default=[], description="Nodes needed that no reference shows.")
    contract: dict[str, JsonValue] = Field(default={}, description="Merged last into contract.yaml, verbatim.")
