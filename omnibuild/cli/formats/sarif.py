"""SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

from omnibuild import __version__
from omnibuild.cli.console import harmless
from omnibuild.cli.formats.told import SETTINGS, Told
from omnibuild.core.values import Json, Level, Problem, digest_json

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Level.BLOCK: "error", Level.WARN: "warning", Level.OFF: "note"}


def rendered(told: Told) -> str:
    """Return the log of one run, in ASCII."""
    codes = sorted({it.code for it in told.problems})
    rules: list[Json] = list(_rules(codes))
    results: list[Json] = list(_results(told, codes))
    driver: Json = {"name": "omnibuild", "version": __version__, "rules": rules}
    run: Json = {
        "tool": {"driver": driver},
        # A service replaces the results of the same id: every workspace of a repository has its own.
        "automationDetails": {"id": f"omnibuild/{told.folder}"},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rules(codes: list[str]) -> Iterator[Json]:
    """Yield what is known of each code: of a gate, what it checks and why."""
    from omnibuild.gates import ALL

    gates = {it.code: it for it in ALL}
    for code in codes:
        gate = gates.get(code)
        if gate is None:
            yield {"id": code, "shortDescription": {"text": code.replace("-", " ")}}
            continue
        yield {
            "id": code,
            "name": "".join(word[:1].upper() + word[1:] for word in gate.name.split()),
            "shortDescription": {"text": gate.name},
            "fullDescription": {"text": gate.what},
            "help": {"text": f"{gate.what}\n\nWhy: {gate.why}\n\nWhat it stops:\n\n{gate.example}"},
        }


def _results(told: Told, codes: list[str]) -> Iterator[Json]:
    seen: Counter[str] = Counter()
    for problem in told.problems:
        at = told.place(problem)
        file = at.file if at else f"{told.folder}{SETTINGS}"
        region: Json = {"startLine": at.line if at else 1, "startColumn": at.column if at else 1}
        # Lines move without a problem becoming another one: they are no part of what it is known by.
        known = digest_json([_sound(it) for it in (problem.code, file, problem.node, problem.message)])
        seen[known] += 1
        yield {
            "ruleId": problem.code,
            "ruleIndex": codes.index(problem.code),
            "level": _LEVELS[problem.level],
            "message": {"text": _message(problem)},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(_sound(file))}, "region": region}}],
            "partialFingerprints": {"omnibuild/v1": f"{known}:{seen[known]}"},
        }


def _sound(text: str) -> str:
    """Return a text that can be encoded: halves of characters, which YAML can spell, are shown as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _message(problem: Problem) -> str:
    """Return a message in plain text; what a reader would take for a link is none."""
    text = f"{problem.message}\nhint: {problem.hint}" if problem.hint else problem.message
    return harmless(text.replace("](", "\\]("))
