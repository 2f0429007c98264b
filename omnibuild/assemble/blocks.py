"""Compound statements: `with`, `if`, `for` and `match` around other statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from omnibuild.assemble.tree import Compound, Statement


def with_(contexts: Sequence[str], body: Iterable[Statement], *, is_async: bool = False) -> Compound:
    """Return `with a, b as c:`; each context is an expression, with ` as NAME` behind it if it has a name."""
    return Compound(f"{'async ' if is_async else ''}with {', '.join(contexts)}:", tuple(body))


def if_(condition: str, body: Iterable[Statement]) -> Compound:
    """Return `if condition:`."""
    return Compound(f"if {condition}:", tuple(body))


def for_(name: str, over: str, body: Iterable[Statement], *, is_async: bool = False) -> Compound:
    """Return `for name in over:`."""
    return Compound(f"{'async ' if is_async else ''}for {name} in {over}:", tuple(body))


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its pattern, what it does, and its guard."""

    pattern: str
    body: Sequence[Statement]
    guard: str = ""


def match(subject: str, cases: Iterable[Case]) -> Compound:
    """Return a `match` statement."""
    return Compound(f"match {subject}:", tuple(map(_case, cases)))


def _case(it: Case) -> Compound:
    return Compound(f"case {it.pattern} if {it.guard}:" if it.guard else f"case {it.pattern}:", tuple(it.body))
