"""The state machine of the `adopted:` section as pydantic models: said as the contract says it, and not followed."""

from __future__ import annotations

from pydantic import Field, JsonValue

from omnibuild.spec.written import KEPT, SEMVER
from omnibuild.spec.written_fields import Written


class WrittenState(Written):
    """A state of the contract's state machine."""

    state: str = Field(description="The state's name.")
    description: str | None = Field(default=None, description="What it means.")
    version: str | None = Field(default=None, pattern=SEMVER, description="The version of the entry.")
    type: str | None = Field(default=None, description="operational or terminal.")
    terminal: bool | None = Field(default=None, description="Whether nothing leads out of it.")
    recoverable: bool | None = Field(default=None, description="Whether one comes back from it.")
    data: list[str] | None = Field(default=None, description="The data that it needs.")
    entry: list[str] | None = Field(default=None, description="What is done on the way in.")
    exit: list[str] | None = Field(default=None, description="What is done on the way out.")
    timeout_ms: int | None = Field(default=None, description="How long it lasts at most, in milliseconds.")
    contract: dict[str, JsonValue] = KEPT


class WrittenAction(Written):
    """An action of a transition."""

    action: str | None = Field(default=None, description="Its name.")
    type: str | None = Field(default=None, description="intent_emission, state_update, …")
    contract: dict[str, JsonValue] = KEPT


class WrittenCondition(Written):
    """A condition of a transition."""

    if_: str | None = Field(default=None, alias="if", description="What must hold, in the contract's words.")
    required: bool | None = Field(default=None, description="Whether it must.")
    contract: dict[str, JsonValue] = KEPT


class WrittenGuard(Written):
    """A guard of a transition."""

    field: str | None = Field(default=None, description="The field that is looked at.")
    operator: str | None = Field(default=None, description="How it is compared.")
    value: JsonValue = Field(default=None, description="With what.")
    message: str | None = Field(default=None, description="What is said where it does not hold.")
    contract: dict[str, JsonValue] = KEPT


class WrittenAdoptedTransition(Written):
    """A transition of the contract's state machine."""

    when: str | None = Field(default=None, description="The trigger that takes it.")
    source: str | None = Field(default=None, alias="from", description="The state that it leads out of.")
    to: str | None = Field(default=None, description="The state that it leads to.")
    name: str | None = Field(default=None, description="Its name.")
    description: str | None = Field(default=None, description="What it means.")
    version: str | None = Field(default=None, pattern=SEMVER, description="The version of the entry.")
    conditions: list[WrittenCondition] | None = Field(default=None, description="What must hold.")
    guards: list[WrittenGuard] | None = Field(default=None, description="What must hold, field by field.")
    actions: list[WrittenAction] | None = Field(default=None, description="What is done on the way.")
    contract: dict[str, JsonValue] = KEPT


class WrittenMachine(Written):
    """The contract's `state_machine`, where the handler that follows it is Python."""

    name: str | None = Field(default=None, description="Its name.")
    version: str | None = Field(default=None, pattern=SEMVER, description="The version of the section.")
    of: str | None = Field(default=None, pattern=SEMVER, description="The version of the machine.")
    description: str | None = Field(default=None, description="What goes through these states.")
    initial: str | None = Field(default=None, description="The state that it begins in.")
    states: list[WrittenState] = Field(default=[], description="All states.")
    terminal: list[str] | None = Field(default=None, description="The states that nothing leads out of.")
    errors: list[str] | None = Field(default=None, description="The states of failure.")
    persistent: bool | None = Field(default=None, description="Whether the state is kept.")
    transitions: list[WrittenAdoptedTransition] = Field(default=[], description="All transitions.")
