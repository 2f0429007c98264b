"""The worlds of an effect's examples: whether what is given and looked at can be, before any code runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Example, NodeSpec, Pointer, Problem
from omnibuild.onex.connectors import connectors_of, fixtures, published_topics
from omnibuild.onex.connectors.connector import Fixture
from omnibuild.spec.validation import validate

_ENV = "env"


def check_world(spec: NodeSpec) -> Iterator[Problem]:
    """Yield what is wrong with `given:` and `then:` of a node's examples."""
    known = fixtures(spec)
    for example in spec.examples:
        yield from _keys(example, known)
        for key, fixture in known.items():
            yield from _fixture(spec, example, key, fixture)
        yield from _variables(spec, example, known)


def fixtures_of(spec: NodeSpec) -> tuple[Fixture, ...]:
    """Return the fixtures that a node's examples use."""
    used = {it.fixture.key for it in connectors_of(spec) if it.fixture and it.fixture.always}
    named = {key for example in spec.examples for key in (*example.given, *example.then)}
    return tuple(it for key, it in fixtures(spec).items() if key in named or (key in used and spec.examples))


def provided(example: Example, known: Mapping[str, Fixture]) -> dict[str, list[str]]:
    """Return the environment variables that an example gives, each with the keys under which it does."""
    found: dict[str, list[str]] = {}
    variables = [key for key, it in known.items() if it.given and it.named == "variable"]
    for key in (_ENV, *variables):
        given = example.given.get(key)
        for name in given if isinstance(given, dict) else ():
            found.setdefault(name, []).append(key)
    return found


def _keys(example: Example, known: Mapping[str, Fixture]) -> Iterator[Problem]:
    can_be_given = [_ENV, *(key for key, it in known.items() if it.given)]
    for where, keys, allowed in (("given", example.given, can_be_given), ("then", example.then, [*known])):
        for key in keys:
            if key not in allowed:
                near = nearest(key, allowed)
                hint = f"did you mean `{near}`?" if near else f"known here: {', '.join(allowed)}"
                at = example.at.to(where, key, key=True)
                yield Problem("example", f"`{where}` knows nothing of `{key}`", at, hint)


def _fixture(spec: NodeSpec, example: Example, key: str, fixture: Fixture) -> Iterator[Problem]:
    for where, keys, model in (("given", example.given, fixture.given), ("then", example.then, fixture.then)):
        if model and key in keys:
            yield from validate(model, {key: keys[key]}, example.at.to(where))[1]
    given, then = example.given.get(key), example.then.get(key)
    at = example.at.to("then", key)
    if fixture.given and fixture.named == "variable" and isinstance(then, dict):
        for name in then:
            if not isinstance(given, dict) or name not in given:
                hint = f"give it under `given: {{{key}: {{{name}: …}}}}`"
                yield Problem("example", f"the example gives no {key} to `{name}`", at.to(name, key=True), hint)
    if fixture.check and then is not None:
        yield from fixture.check(then, at, published_topics(spec))


def _variables(spec: NodeSpec, example: Example, known: Mapping[str, Fixture]) -> Iterator[Problem]:
    declared = [it.name for it in spec.env]
    given = provided(example, known)
    for name, keys in given.items():
        for key in keys if name not in declared else ():
            if key != _ENV:  # which is said of the nodes of every way
                near = nearest(name, declared)
                hint = f"did you mean `{near}`?" if near else "declare it under `env:`"
                at = example.at.to("given", key, name, key=True)
                yield Problem("unknown-name", f"the node has no variable `{name}`", at, hint)
        if len(keys) > 1:
            yield Problem("example", f"`{name}` is given twice", _given(example, keys[1], name), "keep one of the two")
    if example.fails == "validation":
        return
    for it in spec.env:
        if it.required and it.name not in given:
            hint = f"write `given: {{env: {{{it.name}: …}}}}`, or under what it leads to: {', '.join(_leading(known))}"
            yield Problem("example", f"the example gives no value to `{it.name}`", example.at, hint)


def _given(example: Example, key: str, name: str) -> Pointer:
    return example.at.to("given", key, name, key=True)


def _leading(known: Mapping[str, Fixture]) -> list[str]:
    return [key for key, it in known.items() if it.given and it.named == "variable"]
