"""G16: contract.yaml agrees with the code beside it, and ONEX accepts it.

It looks twice: at the draft, where it compares, and at compiled code, where `ModelYamlContract` has
read the file. Both looks are one gate to those who set levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Graph, Json, Level, NodeSpec, Pointer, Problem, Ref, Spec
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.names import class_of, expected_class, file_of, folder, package
from omnibuild.gates.source import classes, modules

_TOPIC = re.compile(r"onex\.(cmd|evt|dlq|intent|snapshot)(\.[a-z0-9]+(-[a-z0-9]+)*){2}\.v\d+")


@dataclass(frozen=True, slots=True)
class _Contract:
    """A node's contract, with what is needed to judge it."""

    subject: NodeSubject
    node: NodeSpec
    data: Mapping[str, Json]

    def problem(self, key: str, message: str, hint: str = "") -> Problem:
        """Report a top-level key: at the spec's own `contract:` section if it comes from there."""
        at = self.subject.pointer("contract", key) if key in self.node.contract else self.node.at
        return Problem(GATE.code, f"contract.yaml: {message}", at, hint or _HINT)

    def section(self, key: str) -> Mapping[str, Json]:
        """Return a section, empty if it is not there or no mapping."""
        return _mapping(self.data.get(key))


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for everything in contract.yaml that the package does not keep."""
    if not subject.node or subject.node.adopted:  # what was there before is not omnibuild's to judge
        return
    if subject.contract is None:
        yield Problem(GATE.code, "contract.yaml does not hold a mapping", subject.spec.at, _HINT)
        return
    contract = _Contract(subject, subject.node, subject.contract)
    yield from _identity(contract)
    yield from _versions(contract)
    for key, ref in (("input_model", subject.node.input), ("output_model", subject.node.output)):
        yield from _model(contract, key, ref)
    yield from _handlers(contract)
    yield from _topics(contract)


def check_reading(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for everything that ONEX's own reader refused."""
    if subject.node and subject.node.adopted:
        return
    for failure in subject.trial.contracts:
        key = next((str(part) for part in failure.path), "")
        if subject.node and key in subject.node.contract:
            at = subject.pointer("contract", *failure.path)
        else:
            at = subject.spec.at
        where = f" (`{'.'.join(map(str, failure.path))}`)" if failure.path else ""
        yield Problem(GATE.code, f"ModelYamlContract refuses contract.yaml{where}: {failure.message}", at, _HINT)


def _identity(contract: _Contract) -> Iterator[Problem]:
    expected = {"name": folder(contract.node), "node_type": f"{contract.node.kind.upper()}_GENERIC"}
    for key, value in expected.items():
        found = contract.data.get(key)
        if found != value:
            yield contract.problem(key, f"`{key}` is `{found}`, but the package is `{value}`")


def _versions(contract: _Contract) -> Iterator[Problem]:
    if "version" in contract.data:
        yield contract.problem(
            "version",
            "ONEX knows no top-level `version`",
            "write `version:` at the top of the spec, not in `contract:`",
        )
    numbers = re.findall(r"\d+", contract.node.version)[:3]
    expected = dict(zip(("major", "minor", "patch"), map(int, numbers), strict=False))
    for key in ("contract_version", "node_version"):
        if contract.data.get(key) != expected:
            shown = contract.data.get(key)
            yield contract.problem(key, f"`{key}` is `{shown}`, but the spec's version is {contract.node.version}")


# ------------------------------------------------------------------------------ models, handlers


def _model(contract: _Contract, key: str, ref: Ref) -> Iterator[Problem]:
    path = contract.data.get(key)
    if not isinstance(path, str) or "." not in path:
        yield contract.problem(key, f"`{key}` is `{path}`, which is not a module and a class")
        return
    module, _, name = path.rpartition(".")
    wanted = expected_class(contract.subject.graph, ref)
    found = _class_names(contract.subject, module)
    if found is None:
        yield contract.problem(key, f"`{key}` leads to `{module}`, which no node of the workspace makes")
    elif name not in found:
        near = nearest(name, found)
        yield contract.problem(
            key, f"`{key}` leads to `{name}`, which is not in `{module}`", f"did you mean `{near}`?" if near else ""
        )
    elif wanted and name != wanted:
        yield contract.problem(key, f"`{key}` leads to `{name}`, but the spec says `{wanted}`")


def _class_names(subject: NodeSubject, module: str) -> frozenset[str] | None:
    """Return the classes that a module has, or may have if another node makes it; None if there is no such module."""
    file = file_of(module, subject.draft.files)
    if file:
        return frozenset(it.name for path, tree in modules(subject.draft) if path == file for it in classes(tree))
    existing = _existing(subject.graph)
    if module in existing:
        return existing[module]
    parts = module.split(".")
    above = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    packages = _packages(subject.graph, subject.settings.package)
    spec = next((packages[it] for it in above if it in packages), None)
    if spec is None or spec.name == subject.spec.name:
        return None
    return frozenset(class_of(model, spec) for model in spec.models)


@lru_cache(maxsize=2)
def _existing(graph: Graph) -> Mapping[str, frozenset[str]]:
    """Return the classes that specs refer to, by their modules."""
    found: dict[str, set[str]] = {}
    for spec in graph.specs.values():
        for it in spec.code:
            module, _, name = it.source.partition(":")
            found.setdefault(module, set()).add(name)
    return {module: frozenset(names) for module, names in found.items()}


@lru_cache(maxsize=2)
def _packages(graph: Graph, workspace: str) -> Mapping[str, Spec]:
    """Return the documents by the packages that are generated for them."""
    return {package(spec, workspace): spec for spec in graph.specs.values()}


def _handlers(contract: _Contract) -> Iterator[Problem]:
    entries = contract.section("handler_routing").get("handlers")
    if not isinstance(entries, list) or not entries:
        yield contract.problem("handler_routing", "`handler_routing` names no handler")
        return
    for entry in map(_mapping, entries):
        handler = _mapping(entry.get("handler"))
        name, module = str(handler.get("name")), str(handler.get("module"))
        if not entry.get("operation"):
            yield contract.problem("handler_routing", f"the handler `{name}` has no `operation`")
        if _is_kept_code(contract, module):
            continue
        found = _class_names(contract.subject, module)
        if found is None:
            yield contract.problem("handler_routing", f"there is no module `{module}` for the handler `{name}`")
        elif name not in found:
            near = nearest(name, found)
            hint = f"did you mean `{near}`?" if near else ""
            yield contract.problem("handler_routing", f"the handler `{name}` is not in `{module}`", hint)


def _is_kept_code(contract: _Contract, module: str) -> bool:
    """Return whether the spec leads to a handler that omnibuild did not make; then there is nothing to compare."""
    own = contract.subject.settings.package
    made = module.startswith((f"{own}.nodes.", f"{own}.shared."))
    return not made and bool({"handler", "handlers"} & dict(contract.node.sections).keys())


# ---------------------------------------------------------------------------------------- topics


def _topics(contract: _Contract) -> Iterator[Problem]:
    bus = contract.section("event_bus")
    published, subscribed = _strings(bus.get("publish_topics")), _strings(bus.get("subscribe_topics"))
    for topic in dict.fromkeys((*published, *subscribed)):
        # Topics from outside have the names that others gave them.
        if not _TOPIC.fullmatch(topic) and topic not in contract.node.events.external:
            problem = contract.problem(
                "event_bus", f"the topic `{topic}` is not named as ONEX names topics", _TOPIC_HINT
            )
            declared = _declared(contract, topic)
            yield replace(problem, at=declared) if declared else problem
    terminal = contract.data.get("terminal_event")
    if not isinstance(terminal, str):
        yield contract.problem("terminal_event", "`terminal_event` is missing")
    elif terminal not in published:
        near = nearest(terminal, published)
        yield contract.problem(
            "terminal_event",
            f"`terminal_event` is `{terminal}`, which is not among `event_bus.publish_topics`",
            f"did you mean `{near}`?" if near else "",
        )


def _declared(contract: _Contract, topic: str) -> Pointer | None:
    """Return where the spec's `events:` section names a topic."""
    events = contract.node.events
    if "event_bus" in contract.node.contract:
        return None
    for key, topics in (("publishes", events.publishes), ("consumes", events.consumes)):
        if topic in topics:
            return contract.subject.pointer("events", key, topics.index(topic))
    return None


def _strings(value: Json) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


_HINT = "correct it under `contract:` in the spec, or in the workspace's own template of contract.yaml"
_TOPIC_HINT = "write `onex.{cmd|evt|dlq|intent|snapshot}.<producer>.<event>.v<N>`, with words-in-kebab-case"

GATE = Gate(
    code="G16",
    name="contract",
    what="contract.yaml is accepted by ModelYamlContract, and its name, versions, models, handlers and topics "
    "are those of the spec and the code.",
    why="ONEX wires nodes by their contracts alone: one that disagrees with its code is wired to nothing, silently.",
    example="contract: {terminal_event: onex.evt.sales.order-priced.v1}   # nothing publishes it",
    step=Step.DRAFT,
    level=Level.BLOCK,
    check=check,
)
READING_GATE = replace(GATE, step=Step.COMPILE, check=check_reading)
"""The same gate, as it looks at compiled code."""
