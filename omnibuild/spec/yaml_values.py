"""The values of a contract's YAML, as ONEX reads them, in the form that the language can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from omnibuild.core.values import Json
from omnibuild.spec.document import MAX_DEPTH, too_deep

_Loader: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

MOST_VALUES, MOST_CHARACTERS = 100_000, 1024 * 1024
"""How much a contract may hold once its aliases are followed."""

_TAG = "tag:yaml.org,2002:"
_SCALARS = frozenset(f"{_TAG}{it}" for it in ("str", "int", "float", "bool", "null"))
_TIME = f"{_TAG}timestamp"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be said of a value, and where it stands: line and column from 1."""

    message: str
    line: int
    column: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """A document: its root as it is written, and what it holds.

    `twice` and `texts` are what is to be said of it: keys that hide others, and what comes back as text.
    """

    root: Any
    data: Json
    twice: Sequence[Remark]
    texts: Sequence[Remark]


def composed(text: str) -> Contents | Remark:
    """Return the document that a text holds, or why it cannot be taken over."""
    if "\x00" in text:
        return Remark("it holds a null character", 1, 1, "is it a text at all?")
    if _may_be_deep(text) and (mark := too_deep(text)):
        return Remark(f"it is nested more than {MAX_DEPTH} deep", mark.line + 1, 1, "a contract is read by people")
    loader = _Loader(text)
    values = YamlValues(loader)
    try:
        root = loader.get_single_node()
        data = values.data(root) if root else None
    except yaml.MarkedYAMLError as error:
        return _no_yaml(error)
    except yaml.YAMLError as error:
        return Remark(f"it is not YAML: {str(error).splitlines()[0]}", 1, 1, "mend it and adopt again")
    finally:
        loader.dispose()
    return values.faults[0] if values.faults else Contents(root, data, values.twice, values.texts)


def _no_yaml(error: yaml.MarkedYAMLError) -> Remark:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if error.context == "expected a single document in the stream":
        return Remark("it holds several documents", line, column, "a contract is one: give each a file")
    return Remark(f"it is not YAML: {error.problem or error.context}", line, column, "mend it and adopt again")


@dataclass(frozen=True, slots=True)
class _Known:
    """A value that was read: an alias of it costs as much as itself."""

    data: Json
    values: int
    characters: int
    depth: int


class YamlValues:
    """Reads the nodes of one document.

    `faults` are why it cannot be taken over, `twice` and `texts` what is to be said of it.
    """

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._known: dict[int, _Known] = {}
        self._open: set[int] = set()
        self.faults: list[Remark] = []
        self.twice: list[Remark] = []
        self.texts: list[Remark] = []

    def data(self, root: yaml.Node) -> Json:
        """Return what the document holds; it counts only if there are no faults."""
        return self._read(root).data

    def _read(self, node: yaml.Node) -> _Known:
        """Read a node once. What an alias leads to stands before it, so nothing is read deeper than it is written."""
        if self.faults:
            return _Known(None, 0, 0, 0)
        if id(node) in self._open:
            return self._fault(node, "an alias leads to what it stands in", "write it without the alias")
        if id(node) not in self._known:
            self._open.add(id(node))
            self._known[id(node)] = self._value(node)
            self._open.discard(id(node))
        return self._known[id(node)]

    def _fault(self, node: yaml.Node, message: str, hint: str) -> _Known:
        self.faults.append(_remark(node, message, hint))
        return _Known(None, 0, 0, 0)

    def _value(self, node: yaml.Node) -> _Known:
        match node:
            case yaml.ScalarNode() if node.tag in _SCALARS:
                return self._scalar(node)
            case yaml.ScalarNode() if node.tag == _TIME:
                self.texts.append(_remark(node, f"the date `{node.value}` comes back as text"))
                return _Known(node.value, 1, len(node.value), 0)
            case yaml.MappingNode() if node.tag == f"{_TAG}map":
                return self._mapping(node)
            case yaml.SequenceNode() if node.tag == f"{_TAG}seq":
                parts = [self._read(it) for it in node.value]
                return self._whole(node, [it.data for it in parts], parts)
            case _:
                message = f"the tag `{node.tag.replace(_TAG, '!!')}` means nothing in a spec"
                return self._fault(node, message, "write the value without it")

    def _scalar(self, node: yaml.ScalarNode) -> _Known:
        try:
            return _Known(self._loader.construct_object(node), 1, len(node.value), 0)
        except ValueError:  # more digits than Python reads, or a tag that says what the text is not
            return self._fault(node, f"this is no {_kind(node)} that can be read", "mend it, or quote it")

    def _mapping(self, node: yaml.MappingNode) -> _Known:
        """Read a mapping; what is merged into it counts where it has no such key of its own."""
        self._repeated(node)
        merged: dict[str, Json] = {}
        own: dict[str, Json] = {}
        parts: list[_Known] = []
        for key, value in node.value:
            parts.append(self._read(value))
            if key.tag == f"{_TAG}merge":
                merged |= self._merged(value, parts[-1].data)
            else:
                own[self._key(key)] = parts[-1].data
        return self._whole(node, {**merged, **own}, parts)

    def _merged(self, node: yaml.Node, found: Json) -> dict[str, Json]:
        """Return what is to be merged: of several mappings the first that has a key counts."""
        merged: dict[str, Json] = {}
        for it in reversed(found) if isinstance(found, list) else [found]:
            if not isinstance(it, dict):
                self._fault(node, "what stands behind `<<` is no mapping", "merge mappings only")
                break
            merged |= it
        return merged

    def _whole(self, node: yaml.Node, data: Json, parts: list[_Known]) -> _Known:
        """Return a collection, unless it is too large."""
        values, characters = 1 + sum(it.values for it in parts), sum(it.characters for it in parts)
        characters += sum(map(len, data)) if isinstance(data, dict) else 0
        depth = 1 + max((it.depth for it in parts), default=0)
        limits = ((values, MOST_VALUES, "values"), (characters, MOST_CHARACTERS, "characters"))
        for number, most, called in limits:
            if number > most:
                return self._fault(node, f"it holds more than {most} {called}, aliases followed", "is it a contract?")
        if depth > MAX_DEPTH:
            return self._fault(node, f"it is nested more than {MAX_DEPTH} deep", "a contract is read by people")
        return _Known(data, values, characters, depth)

    def _key(self, node: yaml.Node) -> str:
        """Return a key as it is written."""
        if not isinstance(node, yaml.ScalarNode):
            self._fault(node, "a key is a list or a mapping", "write plain text")
            return ""
        if node.tag != f"{_TAG}str":
            name = node.value
            called = {"bool": "true or false", "timestamp": "a date", "null": "null"}.get(_kind(node), "a number")
            self.texts.append(_remark(node, f"the key `{name}`, which YAML takes for {called}, comes back as text"))
        return str(node.value)

    def _repeated(self, node: yaml.MappingNode) -> None:
        """Take note of keys that stand in a mapping twice: the last one is what ONEX reads."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                message = f"the key `{key.value}` stands here twice: only the last one counts"
                self.twice.append(_remark(key, message, "remove one of them"))
            seen.add(str(key.value))


def _kind(node: yaml.Node) -> str:
    return str(node.tag).removeprefix(_TAG)


def _remark(node: yaml.Node, message: str, hint: str = "") -> Remark:
    return Remark(message, node.start_mark.line + 1, node.start_mark.column + 1, hint)


def _may_be_deep(text: str) -> bool:
    """Return whether a text could be nested too deep; cheap, and never wrong about those that could not."""
    depth = deepest = 0
    for it in re.finditer(r"[\[{\]}]", text):
        depth = depth + 1 if it.group() in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    margins = max((len(it.group()) for it in re.finditer(r"^(?:[ ]|- ?|\? ?)+", text, re.MULTILINE)), default=0)
    return deepest + margins > MAX_DEPTH
