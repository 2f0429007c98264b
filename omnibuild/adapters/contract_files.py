"""The contracts below folders and in installed distributions: found and read, whatever state the disk is in."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from omnibuild.adopt.original import LARGEST
from omnibuild.core.nearest import nearest
from omnibuild.core.values import Level, Place, Problem

CONTRACT = "contract.yaml"
_PASSED_BY = frozenset(("__pycache__", "node_modules", "site-packages", "build", "dist"))
_DEEPEST = 100
"""How deep folders may lie in each other."""

_REFERENCE = re.compile(r"[\w.:]+")
"""What a class in a contract, by its package, can be found in."""
_MODULE = re.compile(r"""\bmodule["']?: *["']?([A-Za-z_]\w*)""")
"""The package of a module in a contract, where the class stands beside it."""


@dataclass(frozen=True, slots=True)
class ContractFile:
    """A contract: its path as it is told, its folder, the folder that Python finds its package in, and its text."""

    file: str
    folder: str
    root: Path
    text: str
    metadata: str = ""
    """The text of the metadata.yaml beside it, if there is one that can be read."""

    @property
    def package(self) -> str:
        """The top-level package that the contract stands in."""
        folder = Path(self.folder)
        return folder.relative_to(self.root).parts[0] if folder != self.root else folder.name


class ContractFiles:
    """The contracts of everything that is to be adopted; places are told relative to `root` where they lie below it."""

    def __init__(self, root: Path, passed_by: Collection[str] = (), folder: Path = Path()) -> None:
        """Take the folder of the workspace, those of its folders that hold what omnibuild made, and where to begin.

        Paths that are no full ones lead on from `folder`.
        """
        self._root = root.resolve()
        self._folder = folder
        self._passed_by = frozenset(os.path.realpath(self._root / it) for it in passed_by)
        self._seen: set[str] = set()
        self._known = 0
        """How often a folder or a contract was met that was found before."""

    def find(self, words: Sequence[str]) -> Iterator[ContractFile | Problem]:
        """Yield what folders, files and distributions hold, each once, and a problem for whatever cannot be read."""
        for word in words:
            places = _places(word, self._folder)
            if isinstance(places, Problem):
                yield places
                continue
            found, before = False, self._known
            for place in places:
                for it in self._below(place, ()):
                    found = True
                    yield it
            if not found and self._known == before:
                hint = "name a node's folder, a package's folder, or an installed distribution"
                yield Problem("contract", f"there is no {CONTRACT} in {word}", hint=hint)

    def _below(self, path: Path, above: tuple[str, ...]) -> Iterator[ContractFile | Problem]:
        real = os.path.realpath(path)
        if real in above:
            yield self._unread(path, "the folder leads back to one that it lies in", "remove the symbolic link")
        if real in self._seen:
            self._known += 1
            return
        self._seen.add(real)
        if path.name == CONTRACT:
            yield self._read(path)
            return
        if len(above) > _DEEPEST:
            yield self._unread(path, f"it lies more than {_DEEPEST} folders deep", "name a folder further below")
            return
        try:
            entries = sorted(os.scandir(path), key=lambda it: it.name)
        except OSError as error:
            yield self._unread(path, _why(error))
            return
        names = {it.name for it in entries}
        if CONTRACT in names:
            yield from self._below(path / CONTRACT, above)
        elif _is_node(path, names):
            yield self._lacking(path)
        for entry in entries:
            if entry.name not in (CONTRACT, *_PASSED_BY) and not entry.name.startswith("."):
                yield from self._entry(entry, (*above, real))

    def _entry(self, entry: os.DirEntry[str], above: tuple[str, ...]) -> Iterator[ContractFile | Problem]:
        try:
            if entry.is_symlink():
                entry.stat()
            if entry.is_dir() and os.path.realpath(entry.path) not in self._passed_by:
                yield from self._below(Path(entry.path), above)
        except OSError as error:
            why = "the symbolic link leads to itself" if error.errno == errno.ELOOP else "a symbolic link leads nowhere"
            yield Problem("contract", why, self._place(Path(entry.path)), "mend or remove it", level=Level.WARN)

    def _lacking(self, path: Path) -> Problem:
        message = f"the node {path.name} has no {CONTRACT}, and is not adopted"
        hint = "write one, or move the folder to where no nodes are"
        return Problem("contract", message, self._place(path), hint, level=Level.WARN)

    def _read(self, path: Path) -> ContractFile | Problem:
        try:
            size = path.stat().st_size
            if size > LARGEST:
                return self._unread(path, f"it has {size} bytes, and at most {LARGEST} are read", "is it a contract?")
            if not path.is_file():
                return self._unread(path, "it is no file")
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return self._unread(
                path, f"it is not UTF-8: byte {error.start} is {error.object[error.start]:#04x}", "save it as UTF-8"
            )
        except OSError as error:
            return self._unread(path, _why(error))
        folder = path.parent.resolve()
        return ContractFile(self._told(path), str(folder), _import_root(folder, text), text, _metadata(path))

    def _unread(self, path: Path, why: str, hint: str = "mend it and adopt again") -> Problem:
        return Problem("contract", f"this cannot be adopted: {why}", self._place(path), hint)

    def _place(self, path: Path) -> Place:
        return Place(self._told(path), 1, 1)

    def _told(self, path: Path) -> str:
        """Return a path as people are told: below the workspace relative to it, else from the top."""
        full = Path(os.path.abspath(path))  # noqa: PTH100 - links are not followed: people know the path that they named
        return str(full.relative_to(self._root)) if full.is_relative_to(self._root) else str(full)


def _metadata(contract: Path) -> str:
    """Return the metadata beside a contract; what is wrong with it keeps nobody from being adopted."""
    file = contract.with_name("metadata.yaml")
    try:
        return file.read_text(encoding="utf-8-sig") if file.is_file() and file.stat().st_size <= LARGEST else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _is_node(path: Path, names: Iterable[str]) -> bool:
    """Return whether a folder without a contract is a node's all the same."""
    code = any(it.startswith(("handler", "node")) for it in names)
    return path.parent.name == "nodes" and path.name.startswith("node_") and code


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _places(word: str, folder: Path) -> Sequence[Path] | Problem:
    """Return the folders that a word means: a path, or the packages of an installed distribution."""
    if word and os.path.lexists(folder / word):
        return [folder / word]
    try:
        files = distribution(word).files or ()
    except (PackageNotFoundError, ValueError):
        near = nearest(word, (it.name for it in folder.iterdir() if it.is_dir()))
        hint = (
            f"did you mean `{near}`?"
            if near
            else "give a folder, or the name of a distribution that is installed beside omnibuild"
        )
        return Problem("contract", f"there is neither a folder nor an installed distribution `{word}`", hint=hint)
    contracts = [Path(str(it.locate())) for it in files if it.name == CONTRACT]
    tops = dict.fromkeys(
        Path(str(it.locate())).parents[len(it.parts) - 2] for it in files if it.name == CONTRACT and len(it.parts) > 1
    )
    if contracts and not tops:
        return contracts
    if not tops:
        return Problem(
            "contract", f"the distribution `{word}` has no {CONTRACT}", hint="name a distribution with ONEX nodes"
        )
    return list(tops)


def _import_root(folder: Path, text: str) -> Path:
    """Return the folder that Python finds the package of a node's folder in.

    Folders without `__init__.py` can be packages, too: a folder that the contract's own references begin with is one.
    """
    named, above = set(_packages(text)), (folder, *folder.parents)
    nearest_ = next((it for it in above if _is_package(it)), folder)
    root = next((it.parent for it in reversed(above) if it.name in named), nearest_)
    while root != root.parent and (_is_package(root) or (root.name == "nodes" and _is_package(root.parent))):
        root = root.parent
    return root


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()


def _packages(text: str) -> Iterator[str]:
    """Yield the packages that the classes which a contract names begin with."""
    for it in _REFERENCE.findall(text):
        first, *rest = it.replace(":", ".").split(".")
        if rest and rest[-1][:1].isupper() and first.isidentifier():
            yield first
    yield from _MODULE.findall(text)
