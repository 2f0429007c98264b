"""G9: every file of the output parses."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Callable, Iterator

from omnibuild.assemble.origin import tree_of
from omnibuild.core.values import Level, Place, Pointer, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.source import short

type Fault = tuple[str, int]
"""Why a text does not parse, and in which line, from 1."""


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for every file that is not what its name says."""
    for file in sorted(subject.draft.files):
        parse = _PARSERS.get(file.rpartition(".")[2])
        fault = parse(subject.draft.files[file]) if parse else None
        if fault:
            message, line = fault
            at, hint = _cause(subject, file, line)
            yield Problem(GATE.code, f"`{short(file)}` does not parse at line {line}: {message}", at, hint)


def _cause(subject: NodeSubject, file: str, line: int) -> tuple[Place | Pointer, str]:
    body = subject.draft.body
    if body and body[0] == file:
        try:
            ast.parse(body[1].text)
        except SyntaxError as error:
            return Place(body[1].file, error.lineno or 1, error.offset or 1), "correct the body"
    hint = f"look at the workspace's own templates in {subject.settings.templates}/"
    return subject.origin(file, line), hint


def _python(text: str) -> Fault | None:
    if tree_of(text) is not None:
        return None
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error.msg, error.lineno or 1
    except ValueError as error:
        return str(error), 1
    return None


def _yaml(text: str) -> Fault | None:
    import yaml

    try:
        for _ in yaml.parse(text, Loader=yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return error.problem or "not YAML", error.problem_mark.line + 1 if error.problem_mark else 1
    except yaml.YAMLError as error:
        return str(error).splitlines()[0], 1
    return None


def _toml(text: str) -> Fault | None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        where = message.rpartition("(at line ")[2].partition(",")[0]
        return message, int(where) if where.isdigit() else 1
    return None


def _json(text: str) -> Fault | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.msg, error.lineno
    return None


_PARSERS: dict[str, Callable[[str], Fault | None]] = {
    "py": _python,
    "pyi": _python,
    "yaml": _yaml,
    "yml": _yaml,
    "toml": _toml,
    "json": _json,
}

GATE = Gate(
    code="G9",
    name="output parses",
    what="Every generated Python, YAML, TOML and JSON file parses.",
    why="Nothing that comes after can say anything true about a file that does not.",
    example="def handle(self, request: ModelOrderPricerInput -> ModelOrderPricerOutput:",
    step=Step.DRAFT,
    level=Level.BLOCK,
    check=check,
    fixed=True,
)
