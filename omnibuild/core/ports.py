"""The ports: all that the build needs of the world. `adapters` implements them; tests may too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from omnibuild.core.events import Event
from omnibuild.core.values import Finding, Problem, Trace


class Inputs(Protocol):
    """What users check in."""

    def specs(self) -> Sequence[str]:
        """Return the spec files' paths relative to the workspace, with `/`, sorted."""
        ...

    def text(self, file: str) -> str | Problem | None:
        """Return a file's text; None if there is none, a problem if it cannot be read or is not UTF-8."""
        ...


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template's text and the file it stands in, relative to the workspace or to the package."""

    text: str
    file: str


class TemplateSources(Protocol):
    """Where templates come from."""

    def builtin(self, name: str) -> TemplateSource | None:
        """Return a template that comes with omnibuild."""
        ...

    def builtins(self) -> Sequence[str]:
        """Return the names of all templates that come with omnibuild, sorted."""
        ...

    def override(self, name: str) -> TemplateSource | None:
        """Return the workspace's own template of this name."""
        ...

    def overrides(self) -> Sequence[str]:
        """Return the names of all templates of the workspace, sorted."""
        ...


class Output(Protocol):
    """The tree below `out/`. Paths are relative to it."""

    def ledger(self) -> Mapping[str, str]:
        """Return what omnibuild wrote there: path to digest."""
        ...

    def digests(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Return the digests of those of the files that exist."""
        ...

    def text(self, path: str) -> str | None:
        """Return a file's text, None if it does not exist or is not text."""
        ...

    def strays(self, known: Iterable[str]) -> Sequence[str]:
        """Return the files that are neither known nor made by running or checking Python, sorted."""
        ...

    def obstacle(self, size: int) -> str | None:
        """Return why `size` bytes cannot be written there, None if they can."""
        ...

    def is_unfinished(self) -> bool:
        """Return whether a build that was killed left anything there that `promote` clears away."""
        ...

    def set_aside(self, paths: Iterable[str]) -> None:
        """Copy files to where nothing is lost, before they are overwritten."""
        ...

    def promote(self, write: Mapping[str, str], remove: Iterable[str], ledger: Mapping[str, str]) -> None:
        """Write and remove files, each atomically, then the ledger; empty folders go too.

        Raises OSError when the file system refuses.
        """
        ...


class Cache(Protocol):
    """Traces of finished nodes and the contents of their files."""

    def prefetch(self, wanted: Mapping[str, str]) -> None:
        """Look up the traces of these nodes, each by its key, all at once, where one by one takes long."""
        ...

    def trace(self, node: str, key: str) -> Trace | None:
        """Return the trace of the node under the manifest's key."""
        ...

    def latest(self, node: str) -> Trace | None:
        """Return the trace that held for the node after the last build, whatever its key."""
        ...

    def content(self, digest: str) -> str | None:
        """Return a file's text by its digest."""
        ...

    def keep(self, trace: Trace, files: Mapping[str, str]) -> None:
        """Keep a trace and the text of its files."""
        ...

    def note(self, node: str, key: str) -> None:
        """Take note of the trace that holds for a node now, as if it had been kept last."""
        ...

    def settle(self) -> None:
        """Finish what `keep` has left to do: nothing is under way any more."""
        ...


class Formatter(Protocol):
    """What lays out Python text. The result depends on the text alone."""

    def format(self, files: Mapping[str, str]) -> Mapping[str, str]:
        """Return the files laid out; those that do not parse are returned as they are."""
        ...


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """One example to run: which, the handler's module and class, the models, and what it should give."""

    node: str
    index: int
    handler_module: str
    handler_class: str
    input_module: str
    input_class: str
    output_module: str
    output_class: str
    input: object
    output: object
    fails: str
    env: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExampleTest:
    """One example to run as the test that it became: which, its file below `out/`, its function."""

    node: str
    index: int
    path: str
    function: str


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong when generated code was imported or run.

    `subject` is the module, the contract's path, or `node:index` of the example; `path` leads into
    the example's output where a value differs.
    """

    subject: str
    message: str
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What importing and running the candidate tree showed, by gate."""

    imports: tuple[Failure, ...] = ()
    examples: tuple[Failure, ...] = ()
    contracts: tuple[Failure, ...] = ()


class Texts(Protocol):
    """The texts of one build, by digest, wherever there is room for them."""

    @property
    def size(self) -> int:
        """How many bytes they are."""
        ...

    def put(self, text: str) -> str:
        """Keep a text as long as the build lasts; return its digest."""
        ...

    def get(self, digest: str) -> str:
        """Return a text that was put here."""
        ...


class Workers(Protocol):
    """What does independent work, in as many processes as is worth while."""

    def map[Task, Result](self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
        """Yield the results, in the order of the tasks; what the work changes may be lost with its process."""
        ...


class Stage(Protocol):
    """A complete candidate for `out/`, where compile checks run before anything is promoted."""

    def lay(self, files: Mapping[str, str]) -> None:
        """Make the stage hold exactly these files."""
        ...

    def checking_types(self, paths: Sequence[str]) -> AbstractContextManager[Callable[[], Sequence[Finding]]]:
        """Start to type-check these files, in one process; what is given waits for the findings.

        Who leaves the context before that ends the process.
        """
        ...

    def try_out(
        self,
        classes: Mapping[str, Sequence[str]],
        examples: Sequence[ExampleRun],
        contracts: Sequence[str],
        tests: Sequence[ExampleTest] = (),
    ) -> Trial:
        """Import modules and look for their classes, run examples and tests, read contracts, in one process."""
        ...


class OnexSymbols(Protocol):
    """What the installed ONEX packages offer, found without importing them."""

    def has(self, module: str, name: str) -> bool | None:
        """Return whether the module, ONEX's or any other, offers the name; None if there is no such module."""
        ...

    def modules(self, requirement: str) -> frozenset[str]:
        """Return the top-level modules that a requirement such as `sqlalchemy[asyncio]>=2` provides."""
        ...

    def version(self, requirement: str) -> str:
        """Return the version that is installed of what a requirement asks for, `none` if there is none."""
        ...


class Past(Protocol):
    """What was before this build."""

    def changed(self, revision: str) -> frozenset[str] | Problem:
        """Return the files that are other than in a revision, relative to the workspace, or why nobody knows."""
        ...

    def failed(self) -> frozenset[str]:
        """Return the nodes that failed in the last build or check that came to an end."""
        ...


type Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class World:
    """All ports of one workspace, and the versions of the tools behind them."""

    inputs: Inputs
    templates: TemplateSources
    output: Output
    cache: Cache
    formatter: Formatter
    texts: Texts
    workers: Workers
    stage: Stage
    symbols: OnexSymbols
    past: Past
    tools: Mapping[str, str]
    clock: Callable[[], float]
    listen: Listener
