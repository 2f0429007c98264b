"""All documents of a workspace, as far as its files can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from omnibuild.core.values import Place, Problem
from omnibuild.spec.document import Document, declared, read

type Text = Callable[[str], str | Problem | None]
"""Returns a file's text by its path relative to the workspace: `core.ports.Inputs.text`."""


@dataclass(slots=True)
class Collection:
    """The documents by name, blueprints apart, the files as they were read, and what is wrong with them."""

    documents: dict[str, Document] = field(default_factory=dict)
    blueprints: dict[str, Document] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True
    """Whether every file could be read: if not, nobody knows what the others declare."""
    unread: set[str] = field(default_factory=set)
    """The names that files which are not YAML seem to declare."""


def collect(files: Sequence[str], text: Text) -> Collection:
    """Read the documents of all files."""
    result = Collection()
    for file in files:
        found = text(file)
        if isinstance(found, str):
            _take(file, found, result)
        else:
            result.problems.append(found or Problem("unreadable", f"{file} is gone", Place(file, 1, 1)))
            result.whole = False
    return result


def _take(file: str, text: str, result: Collection) -> None:
    result.texts[file] = text
    found, wrong = read(file, text)
    result.problems += wrong
    if not all(it.node for it in wrong):
        result.whole = False
        result.unread.update(declared(text))
    for is_blueprint, known in ((False, result.documents), (True, result.blueprints)):
        own = [it for it in found if (it.declares == "blueprint") is is_blueprint]
        result.problems += duplicates(own, known)
        for it in own:
            known.setdefault(it.name, it)


def duplicates(found: Sequence[Document], known: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield a problem for every document whose name another one has already."""
    seen = dict(known)
    for it in found:
        other = seen.setdefault(it.name, it)
        if other is not it:
            message = f"`{it.name}` is declared in {other.at.file} already"
            at = it.at.to(it.declares)
            yield Problem("duplicate-name", message, at, "names are unique in the workspace", it.name)
