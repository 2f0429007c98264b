"""`match` statements as libcst trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from omnibuild.assemble.tree import Statement, block, parsed


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its pattern as Python that the program itself has written, what it does, and its guard."""

    pattern: str
    body: Sequence[Statement]
    guard: cst.BaseExpression | None = None


def match(subject: str, cases: Sequence[Case]) -> cst.Match:
    """Return a `match` of a subject that the program itself has written."""
    return cst.Match(parsed(subject), [_case(it) for it in cases])


def _case(it: Case) -> cst.MatchCase:
    return cst.MatchCase(
        _pattern(it.pattern), block(it.body), it.guard, whitespace_before_if=_SPACE, whitespace_after_if=_SPACE
    )


@lru_cache(maxsize=2048)
def _pattern(text: str) -> cst.MatchPattern:
    statement = cst.parse_statement(f"match _:\n    case {text}:\n        pass\n")
    if not isinstance(statement, cst.Match):
        raise TypeError(f"not a pattern: {text}")
    return statement.cases[0].pattern


_SPACE = cst.SimpleWhitespace(" ")
