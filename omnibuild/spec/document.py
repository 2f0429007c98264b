"""YAML text to documents: YAML 1.2 core scalars, no duplicate keys, no custom tags, no bombs.

PyYAML's resolver follows YAML 1.1, where `on` is a boolean; the patterns below are those of the
core schema, https://yaml.org/spec/1.2.2/#103-core-schema.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import yaml

from omnibuild.core.values import Json, Path, Place, Pointer, Problem

MAX_EXPANSION = 10
"""How many times its own size aliases may expand a document to."""

MAX_DEPTH = 100
"""How deep a document may be nested: far beyond what a spec can mean, and less than what anything here cannot walk."""

_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = frozenset(("null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE"))
"""The words of letters alone that mean something else than themselves."""
_MAX_DIGITS = 4_000
"""Python refuses to read longer integers; far beyond what a spec can mean."""
_DEEP = f"it is nested more than {MAX_DEPTH} deep"
_DECLARED = re.compile(r"""^(?:node|shared|blueprint):[ ]*["']?(\w+)""", re.MULTILINE)
_DECLARATIONS = ("node", "shared", "blueprint")
_UNQUOTED_TYPE = re.compile(r"""[{,:]\s*[\w.]+\[""")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: what its first key says it is, its name, and its data."""

    declares: str
    name: str
    data: dict[str, Json]
    at: Pointer


class _Loader(yaml.CLoader if yaml.__with_libyaml__ else yaml.Loader):  # type: ignore[misc]
    """A composer that leaves every plain scalar as text, so that the core schema can decide."""

    yaml_implicit_resolvers: dict[str, list[object]] = {}  # noqa: RUF012 - PyYAML's own protocol


@dataclass(frozen=True, slots=True)
class Composed:
    """The documents of a file as YAML nodes, with marks; `error` is what stopped the parser."""

    roots: tuple[yaml.Node, ...]
    error: yaml.MarkedYAMLError | None = None


@lru_cache(maxsize=32)
def compose(text: str) -> Composed:
    """Parse YAML to nodes, keeping the documents before the first syntax error."""
    loader = _Loader(text)
    roots: list[yaml.Node] = []
    if mark := too_deep(text):
        return Composed((), yaml.MarkedYAMLError(problem=_DEEP, problem_mark=mark))
    try:
        while loader.check_node():
            roots.append(loader.get_node())
    except yaml.MarkedYAMLError as error:
        return Composed(tuple(roots), error)
    except (yaml.YAMLError, RecursionError) as error:
        return Composed(tuple(roots), yaml.MarkedYAMLError(problem=str(error).splitlines()[0]))
    finally:
        loader.dispose()
    return Composed(tuple(roots))


def too_deep(text: str) -> Any:
    """Return where a text is nested too deep. Events come one by one; the composer of libyaml would overflow."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    return event.start_mark
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return None  # the composer says so, with the documents before it
    return None


def read(file: str, text: str) -> tuple[list[Document], list[Problem]]:
    """Return the documents of a file, and what is wrong with it as YAML."""
    composed = compose(text)
    problems = [_syntax(file, text, composed.error)] if composed.error else []
    documents: list[Document] = []
    for index, root in enumerate(composed.roots):
        if isinstance(root, yaml.ScalarNode) and not root.value:
            continue
        reading = _Reading(Pointer(file, index, ()), len(text))
        data = reading.value(root, ())
        if not isinstance(data, dict) or not data:
            problems += [*reading.problems, _not_a_document(file, index)]
            continue
        declares = next(iter(data))
        if declares in _DECLARATIONS and not _is_name(data[declares]):
            problems += [*reading.problems, _nameless(file, index, declares, data[declares])]
            continue
        name = str(data[declares])
        problems += [replace(problem, node=name) for problem in reading.problems]
        documents.append(Document(declares, name, data, Pointer(file, index, ())))
    return documents, problems


def _is_name(value: Json) -> bool:
    """Return whether a value can be told as a name; whether it is a good one is for the gates to say."""
    return isinstance(value, str) and bool(value.strip())


def _nameless(file: str, index: int, declares: str, value: Json) -> Problem:
    """Return the one problem of a document that nothing can refer to: all others would follow from it."""
    empty = value is None or isinstance(value, str)
    message = f"`{declares}` has no name" if empty else f"the name behind `{declares}` is not text"
    return Problem("document", message, Pointer(file, index, (declares,)), f"write `{declares}: NAME`, in snake_case")


def declared(text: str) -> list[str]:
    """Return the names that the documents of a file seem to have, even if it is not YAML."""
    return _DECLARED.findall(text)


def _not_a_document(file: str, index: int) -> Problem:
    return Problem(
        "document",
        "a document is a mapping whose first key is `node`, `shared` or `blueprint`",
        Pointer(file, index, ()),
        "start it with `node: NAME`",
    )


def _syntax(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    shown = lines[line] if line < len(lines) else ""
    message = (error.problem or error.context or "not YAML").rstrip(".")
    if message == _DEEP:
        hint = "take parts of it out; is a bracket not closed?"
    elif "\t" in shown[:column] or "'\\t'" in message or "tab character" in message:
        hint = "YAML indents with spaces, not with tabs"
    elif _UNQUOTED_TYPE.search(shown):
        hint = 'inside { } YAML wants quotes around a type with brackets: {type: "list[str]"}'
    elif "mapping values are not allowed" in message or "expected <block end>" in message:
        hint = "check the indentation: keys of one mapping start in the same column; quote a value that contains `: `"
    else:
        hint = "check the indentation and the quotes here and in the line above"
    return Problem("yaml", f"this is not YAML: {message}", Place(file, line + 1, column + 1), hint)


class _Reading:
    """Turns the nodes of one document into data; collects problems on the way."""

    def __init__(self, at: Pointer, size: int) -> None:
        self._at = at
        self._budget = size * MAX_EXPANSION + 1_000
        self._open: set[int] = set()
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: Path) -> Json:
        self._budget -= 1 + (len(node.value) if isinstance(node, yaml.ScalarNode) else 0)
        if self._budget < 0 or id(node) in self._open:
            if not any(problem.code == "alias" for problem in self.problems):
                self._problem("alias", f"aliases expand this document beyond {MAX_EXPANSION} times its size", path)
            return None
        if len(path) > MAX_DEPTH:  # by way of aliases
            if not any(problem.code == "yaml" for problem in self.problems):
                self._problem("yaml", _DEEP, ())
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        self._open.add(id(node))
        result = self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._sequence(node, path)
        self._open.discard(id(node))
        return result

    def _problem(self, code: str, message: str, path: Path, hint: str = "", *, key: bool = False) -> None:
        self.problems.append(Problem(code, message, self._at.to(*path, key=key), hint))

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Json:
        if node.tag != f"{_TAG}map":
            self._tag(node, path)
            return None
        data: dict[str, Json] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._problem("key", "a key must be plain text", path)
                continue
            name: str = sys.intern(key.value)  # thousands of documents have the same keys
            if name in data:
                self.problems.append(
                    Problem(
                        "duplicate-key",
                        f"the key `{name}` stands here twice",
                        Place(self._at.file, key.start_mark.line + 1, key.start_mark.column + 1),
                        "the second would hide the first: remove or rename one",
                    )
                )
                continue
            data[name] = self.value(value, (*path, name))
        return data

    def _sequence(self, node: yaml.Node, path: Path) -> Json:
        if node.tag != f"{_TAG}seq":
            self._tag(node, path)
            return None
        return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Json:
        text: str = node.value
        if node.tag == f"{_TAG}str":
            return text if node.style else self._plain(text, path)
        if node.tag in (f"{_TAG}int", f"{_TAG}float", f"{_TAG}bool", f"{_TAG}null"):
            return self._plain(text, path)
        self._tag(node, path)
        return None

    def _plain(self, text: str, path: Path) -> Json:
        if text.isalpha() and text not in _WORDS:
            return sys.intern(text)
        if _NULL.fullmatch(text):
            return None
        if _BOOL.fullmatch(text):
            return text.lower() == "true"
        if _INT.fullmatch(text) and len(text) < _MAX_DIGITS:
            return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if number in (float("inf"), float("-inf")):
                self._problem("number", f"the number {text} is too large", path)
            return number
        return text

    def _tag(self, node: yaml.Node, path: Path) -> None:
        self._problem("tag", f"the tag `{node.tag.replace(_TAG, '!!')}` means nothing here", path, "leave it out")


def walk(root: yaml.Node, path: Path) -> Iterator[tuple[yaml.Node | None, yaml.Node]]:
    """Yield (key node, value node) along a path, as far as it leads."""
    node = root
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = (None, node.value[step])
        else:
            found = None
        if found is None:
            return
        yield found
        node = found[1]
