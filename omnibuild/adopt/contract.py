"""From a contract to the spec that says it: what the language knows becomes language, the rest stays verbatim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from omnibuild.core.sameness import same
from omnibuild.core.values import Json, Kind, Pointer, Variable
from omnibuild.onex.adopted.contract import CONSUMED, PUBLISHED, variable_entry
from omnibuild.onex.adopted.sections import SECTIONS
from omnibuild.onex.adopted.shapes import VERBATIM, Milliseconds, Nothing, Shape, Version, kept, merged
from omnibuild.onex.names import node_type
from omnibuild.spec.written import NAME, SEMVER
from omnibuild.spec.written_adopted import WrittenAdopted

_KINDS = tuple(kind.value for kind in Kind)
LOOSE = ("inputs", "outputs", "env_dependencies")
"""The sections that people write in braces, with descriptions that they do not always quote."""

_TOPIC_PARTS = 5
"""onex, category, producer, event, version."""

_NOWHERE = Pointer("", 0, ())
_UNNAMED = "1.0.0"
"""The version of a node whose contract does not say one."""


@dataclass(frozen=True, slots=True)
class Told:
    """A contract as the keys of a spec, those of its models aside; and how much of it became language.

    `spec` begins with `kind`; `sections` are the keys of the contract that are not language, or not whole.
    """

    kind: Kind
    spec: Mapping[str, Json]
    language: int
    verbatim: int
    partly: frozenset[str]

    @property
    def kept(self) -> Mapping[str, Json]:
        """What stays as it is, under `contract:`."""
        kept = self.spec.get(VERBATIM)
        return kept if isinstance(kept, dict) else {}


def tell(contract: Mapping[str, Json], kind: Kind, verbatim: frozenset[str] = frozenset()) -> Told:
    """Return what a contract says in the language; the keys in `verbatim` are left as they are."""
    return _Telling(contract, kind, verbatim).told()


def kind_of(contract: Mapping[str, Json]) -> Kind | None:
    """Return the kind that a contract says, None if it says none that ONEX knows."""
    written = contract.get("node_type")
    said = written.lower().removesuffix("_generic") if isinstance(written, str) else ""
    return Kind(said) if said in _KINDS else None


class _Telling:
    """One contract on its way into the language."""

    def __init__(self, contract: Mapping[str, Json], kind: Kind, verbatim: frozenset[str]) -> None:
        self._contract = contract
        self._kind = kind
        self._rest = dict(contract)
        self._kept: dict[str, Json] = {key: self._rest.pop(key) for key in verbatim if key in self._rest}
        self._adopted: dict[str, Json] = {}
        self._spec: dict[str, Json] = {"kind": kind.value}

    def told(self) -> Told:
        self._strays()
        self._identity()
        self._versions()
        self._description()
        self._environment()
        policy = self._policy()
        events = self._topics()
        if domain := _domain(events):
            self._spec["domain"] = domain
        for name, (key, _) in SECTIONS.items():
            if key in self._rest:
                self._section(name, key, self._rest.pop(key))
        self._kept |= {key: value for key, value in self._rest.items() if key not in self._kept}
        order = {"events": events, "policy": policy, "adopted": self._adopted, VERBATIM: self._ordered()}
        spec = self._spec | {key: value for key, value in order.items() if value or key == "adopted"}
        within = {key: _within(shape, self._adopted.get(name)) for name, (key, shape) in SECTIONS.items()}
        verbatim = sum(map(leaves, self._kept.values())) + sum(within.values())
        partly = {key for key in self._contract if key in self._kept or within.get(key)}
        return Told(self._kind, spec, leaves(dict(self._contract)) - verbatim, verbatim, frozenset(partly))

    def _ordered(self) -> dict[str, Json]:
        """Return what is kept in the order of the contract."""
        return {key: self._kept[key] for key in self._contract if key in self._kept}

    def _strays(self) -> None:
        """Take out the words behind a comma without quotes, which YAML took for keys."""
        for section in LOOSE:
            entries = self._rest.get(section)
            if not isinstance(entries, dict):
                continue
            found = {name: stray_words(entry) for name, entry in entries.items()}
            strays: dict[str, Json] = {name: [*words] for name, words in found.items() if words}
            if strays:
                self._adopted["strays"] = {**self._said("strays"), section: strays}
                self._rest[section] = {name: _without(entry, found[name]) for name, entry in entries.items()}

    def _said(self, name: str) -> dict[str, Json]:
        said = self._adopted.get(name)
        return said if isinstance(said, dict) else {}

    def _identity(self) -> None:
        self._adopted["name"] = self._rest.pop("name", "")
        written = self._rest.pop("node_type", None)
        if written == node_type(self._kind):
            self._adopted["node_type"] = "generic"
        elif written not in (self._kind.value, None):
            self._kept["node_type"] = written

    def _versions(self) -> None:
        numbers = {key: Version().said(self._rest.get(key)).value for key in ("contract_version", "node_version")}
        written = self._rest.get("node_version")
        text = written if isinstance(written, str) and re.fullmatch(SEMVER, written) else None
        own = next(
            (it for it in (numbers["node_version"], text, numbers["contract_version"]) if isinstance(it, str)), _UNNAMED
        )
        self._spec["version"] = own
        if numbers["contract_version"] != own:
            said = numbers["contract_version"]
            self._adopted["contract_version"] = said if isinstance(said, str) else "none"
        if isinstance(numbers["contract_version"], str):
            self._rest.pop("contract_version")
        for key, usual in (("node_version", "numbers"), ("version", "none")):
            value = self._rest.get(key)
            form = {True: "numbers"}.get(Version().said(value).value == own) or ("text" if value == own else "none")
            if form != usual:
                self._adopted[key] = form
            if form != "none":
                self._rest.pop(key)

    def _description(self) -> None:
        found = self._rest.get("description")
        if isinstance(found, str) and found.strip():
            self._spec["description"] = self._rest.pop("description")
        else:
            self._spec["description"] = f"What the contract of {self._contract.get('name')} describes."
            self._adopted["described"] = False

    def _environment(self) -> None:
        found = self._rest.get("env_dependencies")
        if not isinstance(found, dict) or not found:
            return
        said: dict[str, Json] = {}
        rest: dict[str, Json] = {}
        for name, entry in found.items():
            known = _known(entry)
            if not isinstance(entry, dict) or not _is_variable(name, known):
                rest[name] = entry
                continue
            said[name] = known
            if entry.keys() - known.keys():
                rest[name] = {key: value for key, value in entry.items() if key not in known}
        if said:
            self._spec["env"] = said
            self._rest.pop("env_dependencies")
            if rest:
                self._kept["env_dependencies"] = rest

    def _policy(self) -> dict[str, Json]:
        """Take timeout and idempotence out of the descriptor."""
        descriptor, policy = self._rest.get("descriptor"), dict[str, Json]()
        if isinstance(descriptor, dict):
            left = dict(descriptor)
            if isinstance(left.get("idempotent"), bool):
                policy["idempotent"] = left.pop("idempotent")
            timeout = Milliseconds().said(left.get("timeout_ms")).value
            if not isinstance(timeout, Nothing):
                policy["timeout"] = timeout
                left.pop("timeout_ms")
            self._rest["descriptor"] = left
        return policy

    def _topics(self) -> dict[str, Json]:
        """Take the topics out of the bus."""
        bus, events = self._rest.get("event_bus"), dict[str, Json]()
        if not isinstance(bus, dict):
            return events
        left, empty = dict(bus), list[Json]()
        for key, name in ((CONSUMED, "consumes"), (PUBLISHED, "publishes")):
            topics = left.get(key)
            if isinstance(topics, list) and all(isinstance(it, str) for it in topics):
                left.pop(key)
                if topics:
                    events[name] = topics
                else:
                    empty.append(name)
        self._rest.pop("event_bus")
        if left or not (events or empty):
            self._section("bus", "event_bus", left)
        if empty:
            self._adopted["bus"] = {**self._said("bus"), "empty": empty}
        return events

    def _section(self, name: str, key: str, found: Json) -> None:
        """Say one section, as far as the language can."""
        shape = SECTIONS[name][1]
        part = shape.said(found)
        if isinstance(part.value, Nothing) or not _is_sound(name, part.value):
            self._kept[key] = found
            return
        rest = None if isinstance(part.rest, Nothing) else part.rest
        written = shape.written(part.value)
        whole = merged(written, rest) if isinstance(written, dict) and isinstance(rest, dict) else written
        if not same(whole, found) or (rest is not None and not isinstance(rest, dict)):
            self._kept[key] = found
            return
        self._adopted[name] = part.value
        if rest:
            self._kept[key] = rest


def _domain(events: Mapping[str, Json]) -> str:
    """Return the producer that all published topics name, nothing if they name several, or none."""
    topics = events.get("publishes")
    published = [str(it).split(".") for it in topics] if isinstance(topics, list) else []
    found = {parts[2].replace("-", "_") for parts in published if len(parts) == _TOPIC_PARTS}
    name = found.pop() if len(found) == 1 else ""
    return name if re.fullmatch(NAME, name) else ""


def stray_words(entry: Json) -> tuple[str, ...]:
    """Return the words of an entry that YAML took for keys: they hold nothing, and are no names."""
    found = entry.items() if isinstance(entry, dict) else ()
    return tuple(key for key, value in found if value is None and not key.isidentifier())


def _without(entry: Json, words: tuple[str, ...]) -> Json:
    return {key: value for key, value in entry.items() if key not in words} if isinstance(entry, dict) else entry


def _known(entry: Json) -> dict[str, Json]:
    """Return what the language knows of an environment variable."""
    keys = ("required", "default", "description")
    return {key: entry[key] for key in keys if key in entry} if isinstance(entry, dict) else {}


def _is_variable(name: str, known: dict[str, Json]) -> bool:
    required, default, description = known.get("required"), known.get("default"), known.get("description", "")
    if not isinstance(required, bool) or not isinstance(description, str) or not isinstance(default, str | None):
        return False
    return variable_entry(Variable(name, _NOWHERE, required, default, description)) == known


def _is_sound(name: str, value: Json) -> bool:
    """Return whether the language takes the value as a section."""
    try:
        WrittenAdopted.model_validate({name: value})
    except ValidationError:
        return False
    return True


def leaves(value: Json) -> int:
    """Return how many values there are that hold no others, collections with nothing in them included."""
    if isinstance(value, dict | list) and value:
        return sum(map(leaves, value.values() if isinstance(value, dict) else value))
    return 1


def _within(shape: Shape, value: Json) -> int:
    """Return how many values stand in a section verbatim."""
    return sum(map(leaves, kept(shape, value)))
