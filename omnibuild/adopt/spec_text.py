"""Specs as the text of a YAML file, with the comments of the contracts that they were made of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from omnibuild.adopt.original import Original
from omnibuild.assemble.yaml_text import to_yaml
from omnibuild.core.sameness import same
from omnibuild.core.values import Json
from omnibuild.onex.adopted.sections import SECTIONS
from omnibuild.onex.adopted.shapes import VERBATIM
from omnibuild.spec.document import read

_HOMES = {"node_type": "kind", "node_version": "version", "description": "description", "env_dependencies": "env"}
"""Keys of a contract whose comments go to a key of the spec that has another name, or none in `adopted`."""

_ADOPTED_HOMES = {key: name for name, (key, _) in SECTIONS.items()} | {"name": "name", "event_bus": "bus"}


def spec_text(
    spec: Mapping[str, Json], original: Original | None = None, rewritten: Collection[str] = frozenset()
) -> str:
    """Return a spec as YAML. What stays verbatim is copied from the original, comments and all; not if `rewritten`."""
    head = f"{original.head}\n" if original and original.head else ""
    parts = [_part(key, value, original, rewritten) for key, value in spec.items()]
    return head + "\n".join(parts) + "\n"


def altered(keys: Collection[str], original: Original) -> frozenset[str]:
    """Return the keys whose text a spec would read otherwise than ONEX does: dates, `yes`, numbers with colons."""
    found: set[str] = set()
    for key in keys:
        block = original.blocks.get(key)
        documents, problems = read("", block.text) if block else ([], [])
        if problems or not documents or not same(documents[0].data.get(key), original.data.get(key)):
            found.add(key)
    return frozenset(found)


def _part(key: str, value: Json, original: Original | None, rewritten: Collection[str]) -> str:
    if original and isinstance(value, dict) and value:
        if key == VERBATIM:
            return f"{key}:\n{_indented(_kept(value, original, rewritten))}"
        if key == "adopted":
            return f"{key}:\n{_indented(_adopted(value, original))}"
    block = original.blocks.get(key) if original and key == "description" and key not in rewritten else None
    text = block.text if block and original and original.data.get(key) == value else to_yaml({key: value})
    return _commented(_comments(key, original), text)


def _comments(key: str, original: Original | None) -> str:
    found = [old for old, new in _HOMES.items() if new == key]
    return "\n".join(_of(original, it) for it in found if _of(original, it)) if original else ""


def _adopted(value: Mapping[str, Json], original: Original) -> Iterator[str]:
    for name, it in value.items():
        keys = [key for key, home in _ADOPTED_HOMES.items() if home == name]
        yield _commented("\n".join(_of(original, key) for key in keys if _of(original, key)), to_yaml({name: it}))


def _kept(value: Mapping[str, Json], original: Original, rewritten: Collection[str]) -> Iterator[str]:
    for key, it in value.items():
        block = original.blocks.get(key)
        whole = block is not None and key not in rewritten and original.data.get(key) == it
        yield _commented(_of(original, key), block.text if block and whole else to_yaml({key: it}))


def _of(original: Original | None, key: str) -> str:
    block = original.blocks.get(key) if original else None
    return block.comments if block else ""


def _commented(comments: str, text: str) -> str:
    return f"{comments}\n{text}" if comments else text


def _indented(parts: Iterator[str]) -> str:
    return "\n".join(re.sub(r"^(?=.)", "  ", it, flags=re.MULTILINE) for it in parts)
