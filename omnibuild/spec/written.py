"""The spec language as pydantic models: what users write, before it gets its meaning.

The JSON Schema of the language is made of these models, so every field says what it is for.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
)

from omnibuild.spec.written_fields import EnumMembers, Fields, FieldsOrName, Replaced, Written

NAME = r"^[a-z][a-z0-9_]*$"
CLASS_NAME = r"^[A-Z][A-Za-z0-9]*$"
SEMVER = r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"
DURATION = r"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$"
"""A number and its unit, as in docker compose files: `500ms`, `30s`, `1.5h`."""

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST = 365 * 24 * 3600.0


def seconds(text: str) -> float:
    """Return a duration such as `500ms`, `30s`, `5m` or `1h` in seconds."""
    unit = "ms" if text.endswith("ms") else text[-1]
    return round(float(text.removesuffix(unit)) * _UNITS[unit], 6)


def _bounded(text: str) -> str:
    if not _UNITS["ms"] <= seconds(text) <= _LONGEST:
        raise ValueError("a duration is at least 1ms and at most 365 days")
    return text


Duration = Annotated[str, Field(pattern=DURATION), AfterValidator(_bounded)]


KEPT: Any = Field(default={}, description="What the language does not say of it, verbatim.")
"""What is left of an entry of a contract that was there before its spec."""


class WrittenRetry(Written):
    """How often and how soon to try again."""

    attempts: int = Field(ge=1, le=100, description="How often to try in all.")
    backoff: Duration = Field(default="0.5s", description="The first pause; it doubles each time.")


class WrittenPolicy(Written):
    """What the runtime may do with the node."""

    timeout: Duration | None = Field(default=None, description="How long one call may take: 30s, 500ms.")
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


class WrittenModifiers(Written):
    """What every operation may have beside its connector."""

    name: str | None = Field(default=None, alias="as", pattern=NAME, description="The name of its result.")
    when: str | bool | None = Field(default=None, description="It is left out where this does not hold.")
    retry: WrittenRetry | None = Field(default=None, description="Tries beyond the first.")
    timeout: Duration | None = Field(default=None, description="How long it may take.")


class WrittenTransition(Written):
    """One transition of a reducer."""

    when: str = Field(description="The message that takes it.")
    source: str | list[str] = Field(alias="from", description="The state, or states, that it leads out of.")
    to: str = Field(description="The state that it leads to.")
    condition: str | None = Field(default=None, alias="if", description="What must hold, as an expression.")
    set: dict[str, JsonValue] = Field(default={}, description="New values of the state's data, as expressions.")
    emit: list[str] = Field(default=[], description="Events that it emits, each `Event(field=…)`.")


class WrittenStep(Written):
    """One step of an orchestrator: a call of another node."""

    step: str = Field(pattern=NAME, description="The step's name, by which others refer to its result.")
    call: str = Field(pattern=NAME, description="The node that is called.")
    inputs: dict[str, JsonValue] = Field(default={}, alias="with", description="An expression per input field.")
    when: str | bool | None = Field(default=None, description="The step is skipped where this does not hold.")
    for_each: str | None = Field(default=None, description="Call once per item; the result is the list.")
    retry: WrittenRetry | None = Field(default=None, description="Tries beyond the first.")
    timeout: Duration | None = Field(default=None, description="How long one call may take.")
    undo: str | None = Field(
        default=None, pattern=NAME, description="Called with the same input if a later step fails."
    )


class WrittenHandler(Written):
    """A handler that exists already, for one operation of a node."""

    handler: str = Field(description="`module:Class` of the handler.")
    input: str | None = Field(default=None, description="What it takes, if not the node's input.")
    output: str | None = Field(default=None, description="What it gives, if not the node's output.")
    consumes: list[str] = Field(default=[], description="Topics, or nodes, whose events lead to it.")


def _handler(value: Any) -> Any:
    """Turn the short form of a handler into the long one."""
    return {"handler": value} if isinstance(value, str) else value


HandlerDeclaration = Annotated[
    WrittenHandler,
    BeforeValidator(_handler),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/WrittenHandler"}]}),
]


class WrittenExample(Written):
    """An example: becomes a test of the generated package and is run by the build."""

    name: str = Field(default="", description="What it shows, in a few words.")
    given: dict[str, JsonValue] = Field(default={}, description="The world before: env, sql, http, folder.")
    input: JsonValue = Field(default=None, description="The input, as in JSON.")
    output: JsonValue = Field(default=None, description="The complete output, as in JSON.")
    fails: str = Field(default="", description="`validation`, or the class name of the exception.")
    then: dict[str, JsonValue] = Field(default={}, description="The world after, in the shape of `given`.")
    events: list[dict[str, JsonValue]] = Field(default=[], description="A reducer's messages, in order.")
    state: dict[str, JsonValue] = Field(default={}, description="Fields of the reducer's state at the end.")
    emitted: list[dict[str, JsonValue]] = Field(default=[], description="All events that are emitted, in order.")
    rejected: list[str] = Field(default=[], description="The messages that are rejected, in order.")
    steps: dict[str, JsonValue] = Field(default={}, description="What each called node answers; others are not called.")
    undone: list[str | Annotated[dict[str, JsonValue], Field(min_length=1, max_length=1)]] = Field(
        default=[], description="The steps that are undone, in order; `{step: answer}` says what undoing answers."
    )


class WrittenShared(Written):
    """Models and enums that several nodes use."""

    shared: str = Field(pattern=NAME, max_length=64, description="The document's name.")
    description: str = Field(default="", description="What the models have in common.")
    tags: list[str] = Field(default=[], description="Words to select by.")
    enums: dict[str, EnumMembers] = Field(default={}, description="Enums by name: a list, or names with meanings.")
    models: dict[str, FieldsOrName] = Field(
        default={}, description="Models by name: their fields, or `module:Class` of one that exists."
    )
    replaces: Replaced = Field(default={})


class WrittenBlueprint(Written):
    """Several nodes at once, from a recipe; what else stands here is for the recipe to say."""

    model_config = ConfigDict(extra="allow")

    blueprint: str = Field(pattern=NAME, max_length=64, description="The blueprint's name: its nodes begin with it.")
    recipe: str = Field(description="The recipe: crud, event_handler, api_endpoint, or one of the workspace.")


class WrittenNode(Written):
    """One node."""

    node: str = Field(pattern=NAME, max_length=64, description="The node's name, unique in the workspace.")
    kind: Literal["effect", "compute", "reducer", "orchestrator"] = Field(description="What kind of node it is.")
    version: str = Field(default="1.0.0", pattern=SEMVER, description="Semantic version.")
    description: str = Field(description="What the node does, in a sentence; becomes the docstrings.")
    domain: str | None = Field(default=None, pattern=NAME, description="Producer part of the node's topics.")
    tags: list[str] = Field(default=[], description="Words to select by.")
    enums: dict[str, EnumMembers] = Field(default={}, description="Enums by name: a list, or names with meanings.")
    models: dict[str, FieldsOrName] = Field(
        default={}, description="Models by name: their fields, or `module:Class` of one that exists."
    )
    replaces: Replaced = Field(default={})
    input: FieldsOrName | None = Field(
        default=None, description="The input's fields, a model's name, or `module:Class` of one that exists."
    )
    output: FieldsOrName | None = Field(
        default=None, description="The output's fields, a model's name, or `module:Class` of one that exists."
    )
    messages: dict[str, Fields] = Field(default={}, description="What a reducer accepts; each becomes a model.")
    emits: dict[str, Fields] = Field(default={}, description="What a reducer emits; each becomes a model.")
    states: list[str] = Field(default=[], description="A reducer's states; the first is the initial one.")
    terminal: list[str] = Field(default=[], description="The states that nothing leads out of.")
    state: Fields = Field(default={}, description="The data beside the state's name; every field has a default.")
    transitions: list[WrittenTransition] = Field(default=[], description="A reducer's transitions.")
    operations: list[dict[str, JsonValue]] = Field(default=[], description="What an effect does, in order.")
    steps: list[WrittenStep] = Field(default=[], description="The calls of an orchestrator.")
    logic: dict[str, JsonValue] | None = Field(default=None, description="`let`, then an expression per output field.")
    body: str | None = Field(default=None, description="The Python file beside the spec that holds `handle`.")
    handler: str | None = Field(default=None, description="`module:Class` of a handler that exists already.")
    handlers: dict[str, HandlerDeclaration] = Field(
        default={}, description="Handlers that exist already, by operation."
    )
    examples: list[WrittenExample] = Field(default=[], description="Each becomes a test and is run by the build.")
    events: WrittenEvents = Field(default=WrittenEvents(), description="Topics beyond the derived ones.")
    policy: WrittenPolicy = Field(default=WrittenPolicy(), description="What the runtime may do with the node.")
    env: dict[str, WrittenVariable] = Field(default={}, description="Environment variables, read once, at start.")
    uses: list[str] = Field(default=[], description="Nodes needed that no reference shows.")
    contract: dict[str, JsonValue] = Field(default={}, description="Merged last into contract.yaml, verbatim.")
    adopted: Annotated[dict[str, JsonValue], WithJsonSchema({"$ref": "#/$defs/WrittenAdopted"})] | None = Field(
        default=None, description="What a contract says that was there before this spec; made by `omnibuild adopt`."
    )
