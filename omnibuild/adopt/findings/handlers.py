"""Handlers that are not there, have no `handle`, or take and give something else than the contract says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from omnibuild.adopt.code.lookup import Foreign, Found, Missing
from omnibuild.adopt.code.methods import Annotation, Method, method_of
from omnibuild.adopt.contract_values import class_path
from omnibuild.adopt.findings.subject import Subject, routed
from omnibuild.core.values import Json, Problem

_NAMES = ("handle", "execute", "process", "__call__", "run")
"""What ONEX's runtimes call, and what older handlers have instead."""

_ANYTHING = frozenset(
    ("typing:Any", "builtins:object", "builtins:dict", "pydantic:BaseModel", "collections.abc:Mapping")
)
"""What a handler may take, whatever it is sent."""

_WRAPPERS = ("ModelEventEnvelope", "ModelHandlerOutput", "ProtocolEventEnvelope")
"""What ONEX's older convention wraps requests and results in; what is inside, the class does not say."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A handler as the contract names it: the class, the models that it takes and gives, and where."""

    source: str
    takes: str
    gives: str
    path: tuple[str | int, ...]

    @property
    def name(self) -> str:
        return self.source.partition(":")[2]


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the handlers that a contract names."""
    yield from _disagree(subject, subject.section("handler"))
    named = {(it.source, it.takes): it for it in _named(subject) if it.source}
    found = {problem.message: problem for it in named.values() for problem in _handler(subject, it)}
    yield from found.values()


def _named(subject: Subject) -> Iterator[_Named]:
    data, main = subject.original.data, subject.section("handler")
    takes = main.get("input_model") or data.get("input_model")
    gives = main.get("output_model") or data.get("output_model")
    for position, entry in routed(subject):
        path = ("handler_routing", "handlers", position, "handler")
        taken = entry.get("event_model") or entry.get("input_model")
        yield _Named(class_path(entry.get("handler")), class_path(taken), class_path(entry.get("output_model")), path)
    yield _Named(class_path(data.get("handler")), class_path(takes), class_path(gives), ("handler",))


def _disagree(subject: Subject, main: Mapping[str, Json]) -> Iterator[Problem]:
    """Yield a problem where the contract names two inputs or outputs."""
    for key in ("input_model", "output_model"):
        one, other = class_path(main.get(key)), class_path(subject.original.data.get(key))
        if one and other and not _is_same(subject, one, other):
            message = f"`handler.{key}` is {one.partition(':')[2]}, `{key}` is {other.partition(':')[2]}"
            yield subject.warning("two-models", message, "say one of them in both places", "handler", key)


def _handler(subject: Subject, it: _Named) -> Iterator[Problem]:
    found = subject.lookup.find(it.source)
    if isinstance(found, Foreign):
        return
    if isinstance(found, Missing) or found.class_ is None:
        why = found.reason if isinstance(found, Missing) else "it is no class"
        message = f"there is no handler `{it.name}`: {why}"
        yield subject.warning("handler-missing", message, "name the class that handles it", *it.path)
        return
    method = next((one for one in (method_of(subject.lookup, found, name) for name in _NAMES) if one), None)
    if method:
        yield from _signature(subject, it, method)
    elif all(isinstance(above, Found) for above in subject.lookup.ancestors(found)):
        message = f"the handler `{it.name}` has no method `handle`"
        yield subject.warning("handler-signature", message, "write `def handle(self, request: …) -> …`", *it.path)


def _signature(subject: Subject, it: _Named, method: Method) -> Iterator[Problem]:
    name, hint = f"`{it.name}.{method.name}`", subject.see(method.at)
    if len(method.required) > 1:
        listed = ", ".join(one.name for one in method.required)
        message = f"{name} wants {len(method.required)} arguments ({listed}); a runtime gives one"
        yield subject.warning("handler-signature", message, hint, *it.path)
        return
    first = next(iter(method.parameters), None)
    if first is None:
        yield subject.warning("handler-signature", f"{name} takes no request", hint, *it.path)
    elif it.takes and first.type and (got := _other(subject, first.type, it.takes)):
        message = f"{name} takes {got}, and the contract sends {it.takes.partition(':')[2]}"
        yield subject.warning("handler-signature", message, hint, *it.path)
    if it.gives and method.returns and (got := _other(subject, method.returns, it.gives)):
        message = f"{name} gives {got}, and the contract promises {it.gives.partition(':')[2]}"
        yield subject.warning("handler-signature", message, hint, *it.path)


def _other(subject: Subject, annotation: Annotation, wanted: str) -> str:
    """Return what an annotation says, if it cannot be what the contract names; nothing if it can."""
    wrapped = any(it.partition(":")[2] in _WRAPPERS for it in annotation.classes)
    if wrapped or not annotation.classes or _ANYTHING.intersection(annotation.classes):
        return ""
    model = subject.lookup.find(wanted)
    if not isinstance(model, Found):
        return ""
    lineage = {model.source, *(it.source for it in subject.lookup.ancestors(model) if not isinstance(it, Missing))}
    resolved = {_source(subject, it) for it in annotation.classes}
    above = {it.source for one in resolved for it in _above(subject, one)}
    return "" if resolved & lineage or model.source in above or "" in resolved else annotation.written


def _above(subject: Subject, source: str) -> Iterator[Found | Foreign]:
    found = subject.lookup.find(source)
    if isinstance(found, Found):
        yield from (it for it in subject.lookup.ancestors(found) if not isinstance(it, Missing))


def _source(subject: Subject, name: str) -> str:
    """Return the class that a name means, where it is defined; nothing if that is not known."""
    found = subject.lookup.find(name)
    return "" if isinstance(found, Missing) else found.source


def _is_same(subject: Subject, one: str, other: str) -> bool:
    first, second = _source(subject, one), _source(subject, other)
    return one == other or not first or not second or first == second
