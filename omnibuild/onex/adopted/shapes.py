"""How a part of a contract is said in the language: one value for both directions, so that they cannot drift apart.

`said` turns what a contract holds into the language, `written` turns it back. What a shape cannot say is left over, and
stands in the spec under `contract:`, verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from omnibuild.core.sameness import same
from omnibuild.core.values import Json

VERBATIM = "contract"
"""The key of an entry of a list that holds what the language does not say of it."""


LONGEST = 365 * 24 * 3_600_000
"""The longest duration of the language, in milliseconds."""


class Nothing:
    """Stands where there is no value: JSON's null is one."""


NOTHING: Final = Nothing()


@dataclass(frozen=True, slots=True)
class Said:
    """What a part of a contract is in the language, and what is left over: to be merged into what is written of it."""

    value: Json | Nothing
    rest: Json | Nothing = NOTHING


class Shape(Protocol):
    """One way to say a part of a contract."""

    def said(self, found: Json) -> Said:
        """Return what the contract holds in the language."""

    def written(self, value: Json) -> Json:
        """Return what the contract holds, by what the language says."""


@dataclass(frozen=True, slots=True)
class Same:
    """What is said as it is written."""

    def said(self, found: Json) -> Said:
        """Return the value itself."""
        return Said(found)

    def written(self, value: Json) -> Json:
        """Return the value itself."""
        return value


@dataclass(frozen=True, slots=True)
class Version:
    """A version: `1.2.0` where the contract has major, minor and patch."""

    def said(self, found: Json) -> Said:
        """Return the version in one word."""
        if isinstance(found, dict) and found.keys() == {"major", "minor", "patch"}:
            numbers = [found["major"], found["minor"], found["patch"]]
            if all(type(it) is int and it >= 0 for it in numbers):
                return Said(".".join(map(str, numbers)))
        return Said(NOTHING, found)

    def written(self, value: Json) -> Json:
        """Return the version as the contract has it."""
        return dict(zip(("major", "minor", "patch"), map(int, str(value).split(".")), strict=True))


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """A duration: `30s` where the contract has milliseconds."""

    def said(self, found: Json) -> Said:
        """Return the duration with its unit."""
        if type(found) is not int or not 0 < found <= LONGEST:
            return Said(NOTHING, found)
        return Said(f"{found // 1000}s" if found % 1000 == 0 else f"{found}ms")

    def written(self, value: Json) -> Json:
        """Return the milliseconds."""
        number, unit = re.findall(r"[\d.]+|[a-z]+", str(value))
        return round(float(number) * {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}[unit])


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record: what it is called in the language and in the contract."""

    name: str
    written: str = ""
    shape: Shape = Same()
    default: Json | Nothing = NOTHING
    """What the contract has where the language says nothing; then a contract without the key cannot be said."""

    @property
    def place(self) -> str:
        """The key in the contract."""
        return self.written or self.name


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with keys of its own; if it is an entry of a list, it holds what is left over itself."""

    keys: tuple[Key, ...]
    short: str = ""
    """The key that may stand alone, without the mapping around it."""
    is_entry: bool = False
    class_name: str = ""
    """Where the mapping names a class by this key and `module`, the language has both in one, as `class`."""

    def said(self, found: Json) -> Said:
        """Return the keys that the language knows, and all others as what is left over."""
        if not isinstance(found, dict):
            return Said(found) if self._is_bare(found) else Said(NOTHING, found)
        value: dict[str, Json] = {}
        rest = dict(found)
        self._take_class(rest, value)
        for key in self.keys:
            if key.place not in rest:
                if not isinstance(key.default, Nothing):
                    return Said(NOTHING, found)
                continue
            part = key.shape.said(rest.pop(key.place))
            if not isinstance(part.value, Nothing) and not (
                not isinstance(key.default, Nothing) and same(part.value, key.default)
            ):
                value[key.name] = part.value
            if not isinstance(part.rest, Nothing):
                rest[key.place] = part.rest
        if self.is_entry and rest:
            value[VERBATIM] = rest
            rest = {}
        if self.short and value.keys() == {self.short} and self._is_word(value[self.short]):
            return Said(value[self.short], rest or NOTHING)
        return Said(value, rest or NOTHING)

    def written(self, value: Json) -> Json:
        """Return the mapping as the contract has it."""
        if not isinstance(value, dict):
            return self.written({self.short: value}) if self.short and not self._is_bare(value) else value
        result: dict[str, Json] = {}
        if self.class_name and isinstance(named := value.get("class"), str):
            module, _, name = named.partition(":")
            result |= {"module": module, self.class_name: name}
        for key in self.keys:
            if key.name in value:
                result[key.place] = key.shape.written(value[key.name])
            elif not isinstance(key.default, Nothing):
                result[key.place] = key.default
        kept = value.get(VERBATIM)
        return merged(result, kept) if self.is_entry and isinstance(kept, dict) else result

    def _take_class(self, rest: dict[str, Json], value: dict[str, Json]) -> None:
        """Take the class out of what a mapping holds."""
        module, name = rest.get("module"), rest.get(self.class_name)
        if self.class_name and isinstance(module, str) and isinstance(name, str) and ":" not in module + name:
            value["class"] = f"{rest.pop('module')}:{rest.pop(self.class_name)}"

    def _is_bare(self, value: Json) -> bool:
        """Return whether a contract has a word where it might have the mapping, and the language says it so."""
        return bool(self.class_name) and isinstance(value, str) and ":" not in value

    def _is_word(self, value: Json) -> bool:
        return isinstance(value, str) and not self._is_bare(value)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of things of one shape."""

    item: Shape

    def said(self, found: Json) -> Said:
        """Return the list, if every item can be said."""
        items = [self.item.said(it) for it in found] if isinstance(found, list) else None
        if items is None or any(isinstance(it.value, Nothing) or not isinstance(it.rest, Nothing) for it in items):
            return Said(NOTHING, found)
        return Said([it.value for it in items if not isinstance(it.value, Nothing)])

    def written(self, value: Json) -> Json:
        """Return the list as the contract has it."""
        return [self.item.written(it) for it in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping of names to things of one shape."""

    item: Shape

    def said(self, found: Json) -> Said:
        """Return the names that can be said, and the others as what is left over."""
        if not isinstance(found, dict):
            return Said(NOTHING, found)
        items = {name: self.item.said(it) for name, it in found.items()}
        value = {name: it.value for name, it in items.items() if not isinstance(it.value, Nothing)}
        rest = {name: it.rest for name, it in items.items() if not isinstance(it.rest, Nothing)}
        return Said(value, rest or NOTHING)

    def written(self, value: Json) -> Json:
        """Return the mapping as the contract has it."""
        return {name: self.item.written(it) for name, it in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True)
class Either:
    """What may be written in several ways; the first that says all of it is taken."""

    shapes: Sequence[tuple[type, Shape]]
    """The kind of value that each shape is for."""

    def said(self, found: Json) -> Said:
        """Return what the shape for this kind of value says."""
        return next((it.said(found) for kind, it in self.shapes if isinstance(found, kind)), Said(NOTHING, found))

    def written(self, value: Json) -> Json:
        """Return what the shape for this kind of value writes."""
        return next((it.written(value) for kind, it in self.shapes if isinstance(value, kind)), value)


def merged(base: Mapping[str, Json], over: Mapping[str, Json]) -> dict[str, Json]:
    """Return the base with the other mapping merged in, mappings deeply, everything else replaced."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def kept(shape: Shape, value: Json) -> Iterator[Json]:
    """Yield what stands in the entries of a section because the language does not say it."""
    match shape, value:
        case Record(), dict():
            if shape.is_entry and VERBATIM in value:
                yield value[VERBATIM]
            for key in shape.keys:
                yield from kept(key.shape, value.get(key.name))
        case Listed(), list():
            for it in value:
                yield from kept(shape.item, it)
        case Mapped(), dict():
            for it in value.values():
                yield from kept(shape.item, it)
        case Either(), _:
            for kind, one in shape.shapes:
                yield from kept(one, value) if isinstance(value, kind) else ()
