"""From what is written to what is meant: a document to a `NodeSpec` or a `SharedSpec`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from omnibuild.core.values import (
    Assignment,
    Body,
    Enum,
    Events,
    Example,
    Expression,
    Field,
    Json,
    Kind,
    Logic,
    Model,
    NodeSpec,
    Pointer,
    Policy,
    Problem,
    Ref,
    Retry,
    SharedSpec,
    Spec,
    Type,
    Variable,
    digest,
)
from omnibuild.spec.document import Document
from omnibuild.spec.types import parse_type
from omnibuild.spec.validation import validate
from omnibuild.spec.written import (
    EnumMembers,
    Fields,
    WrittenExample,
    WrittenField,
    WrittenNode,
    WrittenPolicy,
    WrittenShared,
)

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")


def read_spec(document: Document, body: Body | None, domain: str) -> tuple[Spec | None, list[Problem]]:
    """Return the spec that a document declares, and what is wrong with it.

    `domain` is the default producer of topics. A document that is neither `node` nor `shared` is a problem.
    """
    match document.declares:
        case "node":
            node, problems = validate(WrittenNode, document.data, document.at)
            return _Reader(document).node(node, body, domain, problems) if node else (None, problems)
        case "shared":
            shared, problems = validate(WrittenShared, document.data, document.at)
            return _Reader(document).shared(shared, problems) if shared else (None, problems)
        case other:
            hint = "start the document with `node: NAME` or `shared: NAME`"
            where = document.at.to(other, key=True)
            return None, [Problem("document", f"a document cannot start with `{other}`", where, hint)]


def seconds(text: str) -> float:
    """Return a duration such as `500ms`, `30s`, `5m` or `1h` in seconds."""
    unit = "ms" if text.endswith("ms") else text[-1]
    return round(float(text.removesuffix(unit)) * _UNITS[unit], 6)


class _Reader:
    """Reads one document; collects problems on the way."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._name = document.name
        self._at = document.at
        self._problems: list[Problem] = []

    def shared(self, written: WrittenShared, problems: list[Problem]) -> tuple[SharedSpec, list[Problem]]:
        spec = SharedSpec(
            name=self._name,
            at=self._at,
            description=written.description.strip(),
            models=self._models(written.models),
            enums=self._enums(written.enums),
            sections=self._sections(),
            tags=tuple(written.tags),
        )
        return spec, [*problems, *self._problems]

    def node(
        self, written: WrittenNode, body: Body | None, domain: str, problems: list[Problem]
    ) -> tuple[NodeSpec, list[Problem]]:
        models = list(self._models(written.models))
        ends = {}
        for key, declared in (("input", written.input), ("output", written.output)):
            if isinstance(declared, str):
                ends[key] = self._alias(declared, key)
            else:
                ends[key] = Ref(self._name, key.capitalize())
                models.append(self._model(ends[key], declared, self._at.to(key)))
        spec = NodeSpec(
            name=self._name,
            kind=Kind(written.kind),
            at=self._at,
            version=written.version,
            description=" ".join(written.description.split()),
            domain=written.domain or domain,
            tags=tuple(written.tags),
            models=tuple(models),
            enums=self._enums(written.enums),
            input=ends["input"],
            output=ends["output"],
            logic=self._logic(written.logic) if written.logic is not None else None,
            body=body,
            examples=tuple(self._example(index, it) for index, it in enumerate(written.examples)),
            events=Events(**{key: tuple(value) for key, value in written.events}),
            policy=_policy(written.policy),
            env=tuple(
                Variable(name, self._at.to("env", name), it.required, it.default, it.description)
                for name, it in written.env.items()
            ),
            uses=tuple(written.uses),
            contract=written.contract,
            sections=self._sections(),
        )
        self._one_way(spec)
        return spec, [*problems, *self._problems]

    def _one_way(self, spec: NodeSpec) -> None:
        if spec.logic and spec.body:
            message = f"`logic` and the body {spec.body.file} both say what `{spec.name}` does"
            self._problem("two-ways", message, self._at.to("logic", key=True), "keep one of them")

    def _problem(self, code: str, message: str, at: Pointer, hint: str = "") -> None:
        self._problems.append(Problem(code, message, at, hint))

    def _sections(self) -> tuple[tuple[str, str], ...]:
        # The order of keys counts: it is the order of fields, of let: and of contract.yaml.
        data = self._document.data
        return tuple((key, digest(json.dumps(value, ensure_ascii=False))) for key, value in data.items())

    def _alias(self, text: str, key: str) -> Ref:
        parsed = parse_type(text, self._at.to(key), self._name)
        if isinstance(parsed, Type) and parsed.ref:
            return parsed.ref
        hint = "name a model of this document (`OrderPlaced`) or of another (`money.Amount`), or list the fields"
        self._problem("type", f"`{text}` is not a model", self._at.to(key), hint)
        return Ref(self._name, key.capitalize())

    def _models(self, written: Mapping[str, Fields]) -> tuple[Model, ...]:
        return tuple(
            self._model(Ref(self._name, name), fields, self._at.to("models", name)) for name, fields in written.items()
        )

    def _model(self, ref: Ref, fields: Fields, at: Pointer) -> Model:
        found = []
        for name, declared in fields.items():
            short = isinstance(self._written(at.to(name)), str)
            where = at.to(name) if short else at.to(name, "type")
            type_ = parse_type(declared.type, where, self._name)
            if isinstance(type_, Problem):
                self._problems.append(type_)
                type_ = Type("Any")
            found.append(self._field(name, declared, type_, at.to(name)))
        return Model(ref, tuple(found), at)

    def _written(self, at: Pointer) -> Json:
        value: Json = self._document.data
        for step in at.path:
            value = value[str(step)] if isinstance(value, dict) else None
        return value

    def _field(self, name: str, declared: WrittenField, type_: Type, at: Pointer) -> Field:
        return Field(
            name=name,
            type=type_,
            at=at,
            written=declared.type,
            required="default" not in declared.model_fields_set,
            default=declared.default,
            description=declared.description.strip(),
            constraints=tuple(
                (key, getattr(declared, key)) for key in _CONSTRAINTS if getattr(declared, key) is not None
            ),
        )

    def _enums(self, written: Mapping[str, EnumMembers]) -> tuple[Enum, ...]:
        return tuple(
            Enum(
                Ref(self._name, name),
                tuple((it, "") for it in members)
                if isinstance(members, list)
                else tuple((it, meaning or "") for it, meaning in members.items()),
                self._at.to("enums", name),
            )
            for name, members in written.items()
        )

    def _logic(self, written: Mapping[str, Json]) -> Logic:
        at = self._at.to("logic")
        let = written.get("let", {})
        if not isinstance(let, dict):
            self._problem("wrong-type", "`let` must be a mapping of names to expressions", at.to("let"))
            let = {}
        return Logic(
            tuple(Assignment(key, self._expression(it, at.to("let", key))) for key, it in let.items()),
            tuple(Assignment(key, self._expression(it, at.to(key))) for key, it in written.items() if key != "let"),
            at,
        )

    def _expression(self, value: Json, at: Pointer) -> Expression:
        match value:
            case str():
                return Expression(value, at)
            case bool():
                return Expression(str(value), at)
            case int() | float():
                return Expression(repr(value), at)
            case None:
                return Expression("None", at)
            case _:
                hint = "quote it if it begins with [ or {"
                self._problem("wrong-type", f"`{at.path[-1]}` must be an expression", at, hint)
                return Expression("None", at)

    def _example(self, index: int, written: WrittenExample) -> Example:
        at = self._at.to("examples", index)
        if bool(written.fails) == ("output" in written.model_fields_set):
            message = "an example says either its `output` or how it `fails`"
            self._problem("example", message, at, "give one of the two")
        name = written.name or f"example {index + 1}"
        env = tuple(written.given.env.items())
        return Example(name, written.input, at, written.output, written.fails, env)


def _policy(written: WrittenPolicy) -> Policy:
    retry = Retry(written.retry.attempts, seconds(written.retry.backoff)) if written.retry else None
    return Policy(seconds(written.timeout) if written.timeout else None, written.idempotent, retry)
