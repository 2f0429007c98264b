"""The sections of `adopted:`, each with the key of the contract that it says, and how."""

from __future__ import annotations

from collections.abc import Mapping

from omnibuild.onex.adopted.shapes import Either, Key, Listed, Mapped, Milliseconds, Record, Same, Shape, Version

END = Record((Key("description"),), short="class", class_name="name")
"""A class that is there already: `module:Class` where the contract has name and module, `module.Class` where a path."""

HANDLER = Record(
    (Key("name"), Key("input", "input_model"), Key("output", "output_model")), short="class", class_name="class"
)

FIELD = (
    Key("type"),
    Key("description"),
    Key("default"),
    Key("nullable"),
    Key("enum"),
    Key("items"),
    Key("minimum"),
    Key("maximum"),
    Key("schema_ref"),
    Key("allowed_values"),
)
ARGUMENT = Record((*FIELD, Key("required", default=True)), short="type")
RESULT = Record((*FIELD, Key("required"), Key("module")), short="type")

ENTRY = Record(
    (
        Key("operation"),
        Key("description"),
        Key(
            "handler",
            shape=Record(
                (Key("kind", "handler_type"), Key("type"), Key("input", "input_model")),
                short="class",
                class_name="name",
            ),
        ),
        Key("event", "event_model", END),
        Key("input", "input_model", END),
        Key("output", "output_model", END),
        Key("topic"),
        Key("category", "message_category"),
        Key("event_type"),
        Key("operations", "supported_operations"),
        Key("handler_type"),
        Key("handler_module"),
        Key("handler_class"),
        Key("payload", "payload_type"),
        Key("results", "output_fields"),
        Key("publishes", "output_events"),
        Key("backend"),
        Key("direct", "direct_handler"),
        Key("subscribes", "subscribe_topic"),
    ),
    is_entry=True,
)
ROUTING = Record(
    (
        Key("version", shape=Version()),
        Key("strategy", "routing_strategy"),
        Key("default", "default_handler"),
        Key("execution", "execution_mode"),
        Key("aggregation", "aggregation_strategy"),
        Key("partial_failure", "partial_failure_handling"),
        Key("longest", "max_timeout_seconds"),
        Key("handlers", shape=Listed(ENTRY)),
    )
)

BUS = Record(
    (
        Key("version", shape=Version()),
        Key("dead_letters", "dlq_topics"),
        Key("plugin_managed"),
        Key("consumer_group"),
        Key("consumer_purpose"),
        Key("from_offset", "auto_offset_reset"),
        Key("consumed", "subscribe_topic_metadata"),
        Key("published", "publish_topic_metadata"),
    )
)

ANNOUNCED = Record(
    (
        Key("event", "event_type"),
        Key("topic"),
        Key("description"),
        Key("category", "message_category"),
        Key("suffix", "topic_suffix"),
        Key("pattern", "full_topic_pattern"),
        Key("trigger"),
        Key("settings", "topic_config"),
    ),
    is_entry=True,
)

DISPATCH = Record(
    (
        Key("command", "command_topic"),
        Key("terminal", "terminal_events"),
        Key("external", "external_trigger"),
        Key("subscribes", "subscribe_topic"),
        Key("subscribes_all", "subscribe_topics"),
        Key("step", "run_step_event"),
        Key("timeout", "default_timeout_ms", Milliseconds()),
        Key("longest", "max_timeout_ms", Milliseconds()),
        Key("addressable"),
        Key("mode", "invocation_mode"),
        Key("reason"),
    )
)

DESCRIPTOR = Record(
    (
        Key("archetype", "node_archetype"),
        Key("purity"),
        Key("profiles", "runtime_profiles"),
        Key("side_effects"),
        Key("agent_invocation"),
    )
)

_VERSIONED = Key("version", shape=Version())
STATE = Record(
    (
        Key("state", "state_name"),
        Key("description"),
        _VERSIONED,
        Key("type", "state_type"),
        Key("terminal", "is_terminal"),
        Key("recoverable", "is_recoverable"),
        Key("data", "required_data"),
        Key("entry", "entry_actions"),
        Key("exit", "exit_actions"),
        Key("timeout_ms"),
    ),
    is_entry=True,
)
ACTION = Record((Key("action", "action_name"), Key("type", "action_type")), is_entry=True)
CONDITION = Record((Key("if", "expression"), Key("required")), is_entry=True)
GUARD = Record((Key("field"), Key("operator"), Key("value"), Key("message", "error_message")), is_entry=True)
TRANSITION = Record(
    (
        Key("when", "trigger"),
        Key("from", "from_state"),
        Key("to", "to_state"),
        Key("name", "transition_name"),
        Key("description"),
        _VERSIONED,
        Key("conditions", shape=Listed(CONDITION)),
        Key("guards", "guard_conditions", Listed(GUARD)),
        Key("actions", shape=Listed(ACTION)),
    ),
    is_entry=True,
)
MACHINE = Record(
    (
        Key("name", "state_machine_name"),
        _VERSIONED,
        Key("of", "state_machine_version", Version()),
        Key("description"),
        Key("initial", "initial_state"),
        Key("states", shape=Listed(STATE)),
        Key("terminal", "terminal_states"),
        Key("errors", "error_states"),
        Key("persistent", "persistence_enabled"),
        Key("transitions", shape=Listed(TRANSITION)),
    )
)

REQUIREMENT = Record(
    (
        Key("name"),
        Key("type"),
        Key("kind", "dependency_type"),
        Key("description"),
        Key("module"),
        Key("class", "class_name"),
        Key("required"),
        Key("optional"),
        Key("pluggable"),
        Key("variable", "env_var"),
        Key("library"),
        Key("version"),
        Key("protocol"),
        Key("function"),
        Key("notes"),
        Key("key"),
    ),
    is_entry=True,
)
REQUIREMENTS = Record((Key("packages"), Key("nodes"), Key("commands")))

SECTIONS: Mapping[str, tuple[str, Shape]] = {
    "input": ("input_model", END),
    "output": ("output_model", END),
    "arguments": ("inputs", Mapped(ARGUMENT)),
    "results": ("outputs", Mapped(RESULT)),
    "handler": ("handler", HANDLER),
    "routing": ("handler_routing", ROUTING),
    "bus": ("event_bus", BUS),
    "sinks": ("externally_consumed_topics", Same()),
    "terminal": ("terminal_event", Same()),
    "announces": ("published_events", Listed(ANNOUNCED)),
    "dispatch": ("runtime_dispatch", DISPATCH),
    "descriptor": ("descriptor", DESCRIPTOR),
    "machine": ("state_machine", MACHINE),
    "requires": ("dependencies", Either(((list, Listed(REQUIREMENT)), (dict, REQUIREMENTS)))),
}
"""By their names in the language: the key of the contract, and the shape of what stands there."""
