"""All core types on one page: read it first.

Every type is frozen. Modules above this one turn these values into one another; only `adapters`
touches the world. The words are those of docs/architecture.md.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
"""What a YAML 1.2 core document can hold."""

type Path = tuple[str | int, ...]
"""The way from the root of a YAML document to one of its values: keys and list positions."""


def digest(data: bytes | str) -> str:
    """Return the SHA-256 of the data, text as UTF-8, in lower-case hexadecimal."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def digest_json(value: Json) -> str:
    """Return the digest of a JSON value, the same for every order of the keys of a mapping."""
    return digest(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


# ------------------------------------------------------------------------------------- problems


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a text file: its path relative to the workspace, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return the place as editors and compilers write it."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A position in a YAML document by meaning; `spec.marks.locate` turns it into a Place.

    `key` points at the mapping key rather than at its value; `offset` counts characters into a
    scalar, for the parts of an expression.
    """

    file: str
    document: int
    path: Path
    key: bool = False
    offset: int = 0

    def to(self, *path: str | int, key: bool = False) -> Pointer:
        """Return the pointer to something below this one."""
        return Pointer(self.file, self.document, (*self.path, *path), key)

    def into(self, offset: int) -> Pointer:
        """Return the pointer to the character at this offset of the scalar."""
        return Pointer(self.file, self.document, self.path, self.key, offset)


class Level(StrEnum):
    """How much a problem weighs: `block` stops the build, `warn` is told, `off` is not looked for."""

    OFF = "off"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do about it."""

    code: str
    message: str
    at: Place | Pointer | None = None
    hint: str = ""
    node: str = ""
    level: Level = Level.BLOCK


# ---------------------------------------------------------------------------------------- specs


class Kind(StrEnum):
    """The four kinds of ONEX nodes."""

    EFFECT = "effect"
    COMPUTE = "compute"
    REDUCER = "reducer"
    ORCHESTRATOR = "orchestrator"


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A model or enum by the document that declares it and its name there.

    The names `Input` and `Output` are those of a node's input and output.
    """

    document: str
    name: str


@dataclass(frozen=True, slots=True)
class Type:
    """A type of the spec language.

    `head` is a scalar's name (`int`, `Decimal`, `UUID`…), `None`, a container's name (`list`, `set`,
    `frozenset`, `dict`, `tuple`, with `args`), `Literal` (with `values`), `|` (with `args`), `ref`
    (a model or enum, with `ref`) or `Any` (not known; only inside expressions).
    """

    head: str
    args: tuple[Type, ...] = ()
    values: tuple[str | int | bool, ...] = ()
    ref: Ref | None = None

    def refs(self) -> tuple[Ref, ...]:
        """Return the models and enums that the type names, in order, repeats included."""
        own = (self.ref,) if self.ref else ()
        return own + tuple(ref for argument in self.args for ref in argument.refs())

    def __str__(self) -> str:
        match self.head:
            case "ref" if self.ref:
                return f"{self.ref.document}.{self.ref.name}"
            case "|":
                return " | ".join(map(str, self.args))
            case "Literal":
                return f"Literal[{', '.join(map(repr, self.values))}]"
            case _ if self.args:
                return f"{self.head}[{', '.join(map(str, self.args))}]"
            case _:
                return self.head


FACTORIES = ("tuple", "frozenset", "uuid4", "now")
"""What makes a default by a name of its own: empty tuples and sets, a new identifier, the present time in UTC."""

DISCRIMINATOR = "discriminator"
"""The constraint that names the field by which the models of a union, or of a list of one, are told apart."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model; `written` is its type's text, `default` counts where `required` is false.

    With a `factory`, what it names makes the default: one of FACTORIES, a model, or `module:name`; a model of
    the workspace stands in `maker`. `aliases` are the names that it is read by beside its own; one that
    `is_alias` stands for the name in JSON that is written, too.
    """

    name: str
    type: Type
    at: Pointer
    written: str = ""
    required: bool = True
    default: Json = None
    description: str = ""
    constraints: tuple[tuple[str, Json], ...] = ()
    factory: str = ""
    maker: Ref | None = None
    aliases: tuple[str, ...] = ()
    is_alias: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A pydantic model to generate: a node's input, output, or a named one.

    With a `source`, `module:Class`, it is a class that exists already: nothing is generated, and its
    fields are not known. One that `replaces` such a class is generated, under the name of that class.
    `extra` is what happens to fields that it does not declare: `forbid`, `ignore` or `allow`.
    """

    ref: Ref
    fields: tuple[Field, ...]
    at: Pointer
    description: str = ""
    source: str = ""
    extra: str = "forbid"
    replaces: str = ""

    def field(self, name: str) -> Field | None:
        """Return the field of this name."""
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class Enum:
    """A string enum to generate: its members' values with their descriptions, which may be empty.

    `names` are what members are called in Python that are not called like their values, by value. An enum
    that `replaces` an existing class, `module:Class`, is generated under the name of that class.
    """

    ref: Ref
    members: tuple[tuple[str, str], ...]
    at: Pointer
    names: tuple[tuple[str, str], ...] = ()
    replaces: str = ""

    def member(self, value: str) -> str:
        """Return the Python name of the member with this value."""
        return dict(self.names).get(value) or value.upper()


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as written."""

    text: str
    at: Pointer


class Imported(ast.expr):
    """In a lowered expression: a name that an import provides, `Decimal` of `decimal`."""

    _fields = ("module", "name")

    def __init__(self, module: str, name: str) -> None:
        super().__init__()
        self.module = module
        self.name = name


class ClassOf(ast.expr):
    """In a lowered expression: the class that is generated for a model or an enum."""

    _fields = ("ref",)

    def __init__(self, ref: Ref) -> None:
        super().__init__()
        self.ref = ref


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A checked expression as Python: names replaced by what they stand for, and its type.

    Of the standard nodes the tree has only those of the expression grammar; what the generated
    module must import stands in it as `Imported` and `ClassOf`.
    """

    tree: ast.expr
    type: Type


@dataclass(frozen=True, slots=True)
class Assignment:
    """A name and the expression that gives its value: an entry of `let:` or `logic:`."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """The `logic:` section: intermediate values in order, then every field of the output."""

    let: tuple[Assignment, ...]
    output: tuple[Assignment, ...]
    at: Pointer


@dataclass(frozen=True, slots=True)
class Retry:
    """How often an operation is tried in all, and the first pause between tries in seconds."""

    attempts: int
    backoff: float


@dataclass(frozen=True, slots=True)
class Transition:
    """A reducer's transition: the message that takes it, from where to where, and what it changes."""

    when: str
    source: tuple[str, ...]
    target: str
    at: Pointer
    condition: Expression | None = None
    changes: tuple[Assignment, ...] = ()
    emits: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """A reducer's state machine; the first state is the initial one.

    Messages, emitted events, the state's data and the status are models and enums of the node.
    """

    states: tuple[str, ...]
    terminal: tuple[str, ...]
    messages: tuple[Ref, ...]
    emits: tuple[Ref, ...]
    state: Ref
    status: Ref
    transitions: tuple[Transition, ...]
    at: Pointer


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an effect: a connector, its parameters as written, and the result's name.

    `timeout` is in seconds; an operation without `as:` is named after its connector and position.
    """

    connector: str
    name: str
    parameters: Json
    at: Pointer
    named: bool = False
    when: Expression | None = None
    retry: Retry | None = None
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One step of an orchestrator: the node called, what it is asked, and how; `timeout` in seconds."""

    name: str
    node: str
    inputs: tuple[Assignment, ...]
    at: Pointer
    when: Expression | None = None
    for_each: Expression | None = None
    retry: Retry | None = None
    timeout: float | None = None
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One example: an input, and the output it gives or the failure it ends in.

    `given` and `then` are the world before and after, by connector; `events`, `state`, `emitted` and
    `rejected` are a reducer's, `steps` says what an orchestrator's called nodes answer, `undone` which
    steps are undone, in order, each with what the node that undoes it answers.
    """

    name: str
    input: Json
    at: Pointer
    output: Json = None
    fails: str = ""
    given: Mapping[str, Json] = field(default_factory=dict)
    then: Mapping[str, Json] = field(default_factory=dict)
    events: tuple[tuple[str, Json], ...] = ()
    state: Mapping[str, Json] = field(default_factory=dict)
    emitted: tuple[tuple[str, Json], ...] = ()
    rejected: tuple[str, ...] = ()
    steps: Mapping[str, Json] = field(default_factory=dict)
    undone: tuple[tuple[str, Json], ...] = ()

    @property
    def env(self) -> tuple[tuple[str, str], ...]:
        """The environment variables that are given as plain values."""
        given = self.given.get("env")
        return tuple((name, str(value)) for name, value in given.items()) if isinstance(given, dict) else ()


@dataclass(frozen=True, slots=True)
class Policy:
    """What the runtime may do with a node: `timeout` in seconds."""

    timeout: float | None = None
    idempotent: bool | None = None
    retry: Retry | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that a node reads once, at start; `default` counts where not required."""

    name: str
    at: Pointer
    required: bool = True
    default: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Events:
    """Topics beyond the derived ones; `consumes` may name nodes."""

    consumes: tuple[str, ...] = ()
    publishes: tuple[str, ...] = ()
    external: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """Hand-written Python beside a spec: its path relative to the workspace, and its text."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What the source of a `handle` method says of itself.

    `takes` and `gives` are classes, each as `module:Class` with those that it inherits from behind it.
    Either is None where it is not annotated, and empty where the annotation is not a class of the
    workspace. `parameters` is how many arguments a call must give, `self` left out.
    """

    at: Place
    is_async: bool
    takes: tuple[str, ...] | None
    gives: tuple[str, ...] | None
    parameters: int


@dataclass(frozen=True, slots=True, order=True)
class CodeModule:
    """An existing module: its name, its path relative to the workspace, and the digest of its text."""

    name: str
    file: str
    digest: str


@dataclass(frozen=True, slots=True)
class CodeClass:
    """An existing class that a spec refers to, as far as its source says; it is not imported.

    `modules` are those that were read. `ancestors` are the classes that it inherits from, as
    `module:Class`, nearest first.
    """

    source: str
    definition: str
    modules: tuple[CodeModule, ...]
    ancestors: tuple[str, ...] = ()
    handle: Signature | None = None


@dataclass(frozen=True, slots=True)
class Handler:
    """A handler that exists already: the operation that it is for, `module:Class`, and its models.

    `consumes` are topics, or nodes whose completed event is meant, that lead to this handler.
    """

    operation: str
    source: str
    at: Pointer
    input: Ref
    output: Ref
    consumes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adopted:
    """What the spec says of a contract that was there before it: `adopted:`, and the description, as written.

    `original` is the text of that contract, where it lies in the workspace.
    """

    sections: Mapping[str, Json]
    description: str
    original: str | None = None


@dataclass(frozen=True, slots=True)
class SharedSpec:
    """Models and enums that several nodes use."""

    name: str
    at: Pointer
    description: str
    models: tuple[Model, ...]
    enums: tuple[Enum, ...]
    sections: tuple[tuple[str, str], ...]
    """The digest of each top-level section, in the order of the keys."""
    tags: tuple[str, ...] = ()
    code: tuple[CodeClass, ...] = ()
    """The existing classes that the spec refers to."""
    imports: tuple[CodeModule, ...] = ()
    """The workspace's own modules that come with these classes when they are imported."""


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """One node, as declared, with every default filled in.

    Inline fields of `input:` and `output:` are models named `Input` and `Output`; where the spec
    names a model instead, `input` and `output` refer to that one.
    """

    name: str
    kind: Kind
    at: Pointer
    version: str
    description: str
    domain: str
    tags: tuple[str, ...]
    models: tuple[Model, ...]
    enums: tuple[Enum, ...]
    input: Ref
    output: Ref
    logic: Logic | None
    body: Body | None
    examples: tuple[Example, ...]
    events: Events
    policy: Policy
    env: tuple[Variable, ...]
    uses: tuple[str, ...]
    contract: dict[str, Json]
    sections: tuple[tuple[str, str], ...]
    """The digest of each top-level section, in the order of the keys."""
    machine: Machine | None = None
    operations: tuple[Operation, ...] = ()
    steps: tuple[Call, ...] = ()
    handlers: tuple[Handler, ...] = ()
    code: tuple[CodeClass, ...] = ()
    """The existing classes that the spec refers to."""
    imports: tuple[CodeModule, ...] = ()
    """The workspace's own modules that come with these classes and with the body when they are imported."""
    adopted: Adopted | None = None


type Spec = NodeSpec | SharedSpec


# ------------------------------------------------------------------------------- graph and cache


@dataclass(frozen=True, slots=True)
class Need:
    """That one node needs another, why (`models`, `uses`, `body`, `calls`), and where the spec says so."""

    node: str
    why: str
    at: Pointer | Place


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """The nodes in order, needed ones first, and what each needs of which other."""

    specs: Mapping[str, Spec]
    needs: Mapping[str, tuple[Need, ...]]
    _found: dict[Ref, Model | Enum | None] = field(default_factory=dict, repr=False)

    @property
    def order(self) -> tuple[str, ...]:
        """The names of the nodes, every one after those that it needs."""
        return tuple(self.specs)

    def lookup(self, ref: Ref) -> Model | Enum | None:
        """Return what a reference means; `order_pricer.Input` may lead to another document's model."""
        if ref not in self._found:
            self._found[ref] = self._find(ref)
        return self._found[ref]

    def _find(self, ref: Ref) -> Model | Enum | None:
        *passed, end = self.way(ref)
        spec = self.specs.get(end.document)
        if spec is None or end in passed:
            return None
        declared: tuple[Model | Enum, ...] = (*spec.models, *spec.enums)
        return next((it for it in declared if it.ref == end), None)

    def way(self, ref: Ref) -> list[Ref]:
        """Return a reference and what it leads to, by way of inputs and outputs; one that leads to itself ends so."""
        way = [ref]
        while way[-1] not in way[:-1]:
            spec = self.specs.get(way[-1].document)
            if not isinstance(spec, NodeSpec) or way[-1].name not in ("Input", "Output"):
                break
            target = spec.input if way[-1].name == "Input" else spec.output
            if target == way[-1]:
                break
            way.append(target)
        return way


@dataclass(frozen=True, slots=True)
class Manifest:
    """The ordered (label, digest) pairs that decide whether a node must be rebuilt."""

    node: str
    entries: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The digest of all pairs: the node's name in the cache."""
        pairs: list[Json] = [[label, value] for label, value in self.entries]
        return digest_json([self.node, pairs])


@dataclass(frozen=True, slots=True)
class Draft:
    """A node's files in memory, path below `out/` to text, before anything is written.

    `origins` says, per file, which place of the spec a part of it comes from: the names that lead
    to a definition or an assignment (`("HandlerOrderPricer", "handle", "gross")`), and the pointer;
    the empty tuple stands for the file. `body` names the file whose text came from the body. `loose` are
    the files that the formatter has still to lay out. `contract` is what contract.yaml holds, where that is known
    without reading it again.
    """

    node: str
    files: Mapping[str, str]
    origins: Mapping[str, Mapping[tuple[str, ...], Pointer]] = field(default_factory=dict)
    body: tuple[str, Body] | None = None
    loose: frozenset[str] = frozenset()
    contract: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a compile check said of one line of a generated file: path below `out/`, line from 1."""

    file: str
    line: int
    column: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate said of one node."""

    gate: str
    level: Level
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Trace:
    """What a finished node leaves in the cache: manifest, file digests, verdicts."""

    manifest: Manifest
    files: tuple[tuple[str, str], ...]
    verdicts: tuple[Verdict, ...]

    @cached_property
    def quality(self) -> float:
        """The share of the gates that found nothing at all, from 0 to 1."""
        if not self.verdicts:
            return 1.0
        return sum(not verdict.problems for verdict in self.verdicts) / len(self.verdicts)


# --------------------------------------------------------------------------------------- results


class Status(StrEnum):
    """What became of a node in a build."""

    UP_TO_DATE = "up-to-date"
    RESTORED = "restored"
    BUILT = "built"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a node, because of what, how many files it has, and how long it took."""

    node: str
    status: Status
    because: tuple[str, ...] = ()
    files: int = 0
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a build says at its end; every problem's `at` is a Place or None."""

    outcomes: Mapping[str, Outcome]
    problems: tuple[Problem, ...]
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing blocks."""
        return not any(problem.level is Level.BLOCK for problem in self.problems)


# -------------------------------------------------------------------------------------- settings


class Mode(StrEnum):
    """How much a build checks: what is written is the same in every mode."""

    FAST = "fast"
    BALANCED = "balanced"
    STRICT = "strict"


class RemoteMode(StrEnum):
    """Whether a build only asks the remote cache, or also gives to it: whoever gives decides what others get."""

    READ = "read"
    READ_WRITE = "read-write"


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings of a workspace; folders are relative to it, `max_size` is in bytes.

    `remote` is the URL of the remote cache, empty if there is none.
    """

    package: str
    specs: str = "specs"
    templates: str = "templates"
    cache: str = "cache"
    out: str = "out"
    dependencies: tuple[str, ...] = ()
    mode: Mode = Mode.BALANCED
    jobs: int = 0
    gates: Mapping[str, Level] = field(default_factory=dict)
    type_checker: str = "mypy"
    max_size: int = 2 * 1024**3
    remote: str = ""
    remote_mode: RemoteMode = RemoteMode.READ
