"""The `adopted:` section as pydantic models: what a contract says that was there before its spec.

onex/adopted/sections.py says which key of the contract each of these is.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, JsonValue, Tag, WithJsonSchema

from omnibuild.spec.written import KEPT, SEMVER, Duration
from omnibuild.spec.written_adopted_machine import WrittenMachine
from omnibuild.spec.written_fields import Written

_TOPICS = dict[str, dict[str, JsonValue]]


def _short(key: str) -> BeforeValidator:
    """Return what turns a word, which stands for a mapping of one key, into that mapping."""

    def long(value: Any) -> Any:
        return {key: value} if isinstance(value, str) else value

    return BeforeValidator(long)


def _or_text(name: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "string"}, {"$ref": f"#/$defs/{name}"}]})


def _list_or_mapping(value: Any) -> str:
    """Return which of two forms a value is meant to have, so that its mistakes are told of this form alone."""
    return "list" if isinstance(value, list) else "mapping"


class WrittenEnd(Written):
    """A class that the contract names."""

    class_: str | None = Field(
        default=None,
        alias="class",
        description="`module:Class` where the contract has name and module, `module.Class` where it has a path.",
    )
    description: str | None = Field(default=None, description="What the contract says of it.")


End = Annotated[WrittenEnd, _short("class"), _or_text("WrittenEnd")]


class WrittenAdoptedHandler(Written):
    """The `handler` of the contract."""

    class_: str = Field(alias="class", description="`module:Class` of the handler.")
    name: str | None = Field(default=None, description="Its name, where the contract has one beside the class.")
    input: str | None = Field(default=None, description="What it takes, as a path.")
    output: str | None = Field(default=None, description="What it gives, as a path.")


class WrittenArgument(Written):
    """A field of the contract's own `inputs` or `outputs`: for people, in free words."""

    type: str | list[str] | None = Field(default=None, description="Its type, in the contract's words.")
    description: str | None = Field(default=None, description="What it is for.")
    default: JsonValue = Field(default=None, description="What it is if it is left out.")
    required: bool | None = Field(
        default=None, description="Whether it must be given; an argument must, a result need not."
    )
    nullable: bool | None = Field(default=None, description="Whether it may be null.")
    enum: list[JsonValue] = Field(default=[], description="All values that it may have.")
    items: JsonValue = Field(default=None, description="What its items are.")
    minimum: float | int | None = Field(default=None, description="The least that it may be.")
    maximum: float | int | None = Field(default=None, description="The most that it may be.")
    schema_ref: str | None = Field(default=None, description="Where its schema stands.")
    allowed_values: list[JsonValue] = Field(default=[], description="All values that it may have.")
    module: str | None = Field(default=None, description="Where its type is declared.")


Arguments = dict[str, Annotated[WrittenArgument, _short("type"), _or_text("WrittenArgument")]]


class WrittenRouted(Written):
    """The handler of an entry of the routing."""

    class_: str = Field(alias="class", description="`module:Class` of the handler.")
    kind: str | None = Field(default=None, description="Its `handler_type`.")
    type: str | None = Field(default=None, description="Its `type`.")
    input: str | None = Field(default=None, description="What it takes, as a path.")


class WrittenEntry(Written):
    """One entry of the routing: what leads to which handler."""

    operation: str | None = Field(default=None, description="The operation that it is for.")
    description: str | None = Field(default=None, description="What it does.")
    handler: Annotated[WrittenRouted, _short("class"), _or_text("WrittenRouted")] | None = Field(
        default=None, description="`module:Class` of the handler."
    )
    event: End | None = Field(default=None, description="The model of the message that leads to it.")
    input: End | None = Field(default=None, description="What the handler takes.")
    output: End | None = Field(default=None, description="What the handler gives.")
    topic: str | None = Field(default=None, description="The topic that leads to it.")
    category: str | None = Field(default=None, description="The category of the message: command, event, intent.")
    event_type: str | None = Field(default=None, description="The type of the message.")
    operations: list[str] = Field(default=[], description="All operations that the handler knows.")
    handler_type: str | None = Field(default=None, description="What kind of handler it is.")
    handler_module: str | None = Field(default=None, description="The handler's module, said once more.")
    handler_class: str | None = Field(default=None, description="The handler's class, said once more.")
    payload: str | None = Field(default=None, description="The type of the payload that leads to it.")
    results: list[str] = Field(default=[], description="The fields of what it gives.")
    publishes: list[str] = Field(default=[], description="The events that it publishes.")
    backend: str | None = Field(default=None, description="What it works on.")
    direct: bool | None = Field(default=None, description="Whether it is called directly.")
    subscribes: str | None = Field(default=None, description="The topic that it subscribes to.")
    contract: dict[str, JsonValue] = KEPT


class WrittenRouting(Written):
    """The contract's `handler_routing`."""

    version: str | None = Field(default=None, pattern=SEMVER, description="The version of the section.")
    strategy: str | None = Field(default=None, description="How a handler is found: operation_match, topic_match, …")
    default: str | None = Field(default=None, description="The handler of whatever no entry is for.")
    execution: str | None = Field(default=None, description="How several handlers run: sequential, parallel.")
    aggregation: str | None = Field(default=None, description="What becomes of several results.")
    partial_failure: bool | None = Field(default=None, description="Whether some may fail.")
    longest: int | None = Field(default=None, description="How long it may take, in seconds.")
    handlers: list[WrittenEntry] = Field(default=[], description="What leads to which handler.")


class WrittenBus(Written):
    """The contract's `event_bus`, its topics aside: these stand under `events:`."""

    version: str | None = Field(default=None, pattern=SEMVER, description="The version of the section.")
    dead_letters: list[str] = Field(default=[], description="Where messages go that nobody could handle.")
    plugin_managed: bool | None = Field(default=None, description="Whether a plugin subscribes.")
    consumer_group: str | None = Field(default=None, description="The consumer group.")
    consumer_purpose: str | None = Field(default=None, description="What it consumes for.")
    from_offset: str | None = Field(default=None, description="Where a new group begins to read.")
    consumed: _TOPICS = Field(default={}, description="What is known of consumed topics, by topic.")
    published: _TOPICS = Field(default={}, description="What is known of published topics, by topic.")
    empty: list[Literal["consumes", "publishes"]] = Field(
        default=[], description="The lists of topics that the contract has, with nothing in them."
    )


class WrittenAnnounced(Written):
    """One of the contract's `published_events`."""

    event: str | None = Field(default=None, description="The type of the event.")
    topic: str | None = Field(default=None, description="The topic.")
    description: str | None = Field(default=None, description="When it is published.")
    category: str | None = Field(default=None, description="The category of the message.")
    suffix: str | None = Field(default=None, description="The end of the topic.")
    pattern: str | None = Field(default=None, description="The topic with placeholders.")
    trigger: str | None = Field(default=None, description="What makes the node publish it.")
    settings: dict[str, JsonValue] = Field(default={}, description="How the topic is set up.")
    contract: dict[str, JsonValue] = KEPT


class WrittenDispatch(Written):
    """The contract's `runtime_dispatch`: how the node is called from outside the graph."""

    command: str | None = Field(default=None, description="The topic of the command.")
    terminal: Annotated[
        Annotated[dict[str, str], Tag("mapping")] | Annotated[list[str], Tag("list")], Discriminator(_list_or_mapping)
    ] = Field(default={}, description="The topics that end a call.")
    external: bool | str | None = Field(default=None, description="Whether, or by what, it is triggered from outside.")
    subscribes: str | None = Field(default=None, description="The topic that it subscribes to.")
    subscribes_all: list[str] = Field(default=[], description="The topics that it subscribes to.")
    step: str | None = Field(default=None, description="The topic of what is said on the way.")
    timeout: Duration | None = Field(default=None, description="How long a call takes at most.")
    longest: Duration | None = Field(default=None, description="The longest timeout that may be asked for.")
    addressable: bool | None = Field(default=None, description="Whether it can be called at all.")
    mode: str | None = Field(default=None, description="How it is invoked.")
    reason: str | None = Field(default=None, description="Why so.")


class WrittenDescriptor(Written):
    """The contract's `descriptor`; timeout and idempotence stand under `policy:`."""

    archetype: str | None = Field(default=None, description="compute, effect, reducer or orchestrator.")
    purity: str | None = Field(default=None, description="pure, effectful, …")
    profiles: list[str] | None = Field(default=None, description="The profiles of runtimes that host it.")
    side_effects: list[str] | None = Field(default=None, description="What it does to the world.")
    agent_invocation: bool | None = Field(default=None, description="Whether it invokes agents.")


class WrittenRequirement(Written):
    """One of the contract's `dependencies`."""

    name: str | None = Field(default=None, description="What it is called.")
    type: str | None = Field(default=None, description="environment, protocol, node, service, library, …")
    kind: str | None = Field(default=None, description="Its `dependency_type`.")
    description: str | None = Field(default=None, description="What it is needed for.")
    module: str | None = Field(default=None, description="The module that has it.")
    class_: str | None = Field(default=None, alias="class", description="The class.")
    required: bool | None = Field(default=None, description="Whether it must be there.")
    optional: bool | None = Field(default=None, description="Whether it may be missing.")
    pluggable: bool | None = Field(default=None, description="Whether another may take its place.")
    variable: str | None = Field(default=None, description="The environment variable that leads to it.")
    library: str | None = Field(default=None, description="The library.")
    version: str | None = Field(default=None, description="The versions that do.")
    protocol: str | None = Field(default=None, description="The protocol that it has.")
    function: str | None = Field(default=None, description="The function.")
    notes: str | None = Field(default=None, description="What else is to be known.")
    key: str | None = Field(default=None, description="The key that leads to it.")
    contract: dict[str, JsonValue] = KEPT


class WrittenRequirements(Written):
    """The contract's `dependencies` by what they are."""

    packages: list[str] | None = Field(default=None, description="Packages.")
    nodes: list[JsonValue] | None = Field(default=None, description="Nodes.")
    commands: list[str] | None = Field(default=None, description="Commands.")


class WrittenAdopted(Written):
    """What a contract says that was there before its spec. Without this section, omnibuild derives all of it."""

    source: str | None = Field(
        default=None,
        alias="from",
        description="The contract that it was made of: it must say the same.",
    )
    name: str | None = Field(default=None, description="The contract's name, if it is not `node_NAME_KIND`.")
    node_type: Literal["short", "generic"] = Field(
        default="short", description="How the contract writes the kind: compute or COMPUTE_GENERIC."
    )
    contract_version: str | None = Field(
        default=None,
        pattern=rf"{SEMVER}|^none$",
        description="The contract's version, if it is not that of the node; `none` if it has none.",
    )
    node_version: Literal["numbers", "text", "none"] = Field(
        default="numbers", description="How the contract writes the node's version."
    )
    version: Literal["numbers", "text", "none"] = Field(
        default="none", description="How the contract writes the node's version under `version`, if it does."
    )
    described: bool = Field(default=True, description="Whether the contract has a description.")
    input: End | None = Field(default=None, description="The contract's `input_model`.")
    output: End | None = Field(default=None, description="The contract's `output_model`.")
    arguments: Arguments | None = Field(default=None, description="The contract's `inputs`.")
    results: Arguments | None = Field(default=None, description="The contract's `outputs`.")
    handler: Annotated[WrittenAdoptedHandler, _short("class"), _or_text("WrittenAdoptedHandler")] | None = Field(
        default=None, description="The contract's `handler`."
    )
    routing: WrittenRouting | None = Field(default=None, description="The contract's `handler_routing`.")
    bus: WrittenBus | None = Field(default=None, description="The contract's `event_bus`, its topics aside.")
    sinks: list[str] | None = Field(
        default=None, description="Published topics that leave the graph: `externally_consumed_topics`."
    )
    terminal: str | None = Field(default=None, description="The contract's `terminal_event`.")
    announces: list[WrittenAnnounced] | None = Field(default=None, description="The contract's `published_events`.")
    dispatch: WrittenDispatch | None = Field(default=None, description="The contract's `runtime_dispatch`.")
    descriptor: WrittenDescriptor | None = Field(
        default=None, description="The contract's `descriptor`, what stands under `policy:` aside."
    )
    machine: WrittenMachine | None = Field(default=None, description="The contract's `state_machine`.")
    strays: dict[str, dict[str, list[str]]] = Field(
        default={},
        description="Words behind a comma without quotes, which YAML took for keys, by section and entry: "
        "quote the text in the contract and remove them here.",
    )
    requires: Annotated[
        Annotated[list[WrittenRequirement], Tag("list")] | Annotated[WrittenRequirements, Tag("mapping")],
        Discriminator(_list_or_mapping),
    ] = Field(default=[], description="The contract's `dependencies`.")


SHORTENED = (WrittenEnd, WrittenArgument, WrittenAdoptedHandler, WrittenRouted)
"""The models that a word may stand for: the JSON Schema refers to them by name, so pydantic does not find them."""
