"""The contracts below folders and in installed distributions: found and read, whatever state the disk is in."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from omnibuild.adopt.original import LARGEST
from omnibuild.core.nearest import nearest
from omnibuild.core.values import Level, Place, Problem

CONTRACT = "contract.yaml"
_PASSED_BY = frozenset(("__pycache__", "node_modules", "site-packages", "build", "dist"))
_REFERENCE = re.compile(r"\b([A-Za-z_]\w*)(?:\.\w+)*[.:][A-Z]\w*")
"""A class in a contract, by the package that it begins with."""


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

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._seen: set[str] = set()

    def find(self, words: Sequence[str]) -> Iterator[ContractFile | Problem]:
        """Yield what folders, files and distributions hold, and a problem for whatever cannot be read."""
        for word in words:
            places = _places(word)
            if isinstance(places, Problem):
                yield places
                continue
            found = False
            for place in places:
                for it in self._below(place, ()):
                    found = True
                    yield it
            if not found:
                hint = "name a node's folder, a package's folder, or an installed distribution"
                yield Problem("contract", f"there is no {CONTRACT} in {word}", hint=hint)

    def _below(self, path: Path, above: tuple[str, ...]) -> Iterator[ContractFile | Problem]:
        if path.name == CONTRACT and not path.is_dir():
            yield self._read(path)
            return
        try:
            real = os.path.realpath(path, strict=True)
            entries = sorted(os.scandir(path), key=lambda it: it.name)
        except OSError as error:
            yield self._unread(path, _why(error))
            return
        if real in above:
            yield self._unread(path, "the folder leads back to one that it lies in", "remove the symbolic link")
            return
        if real in self._seen:
            return
        self._seen.add(real)
        names = {it.name for it in entries}
        if CONTRACT in names:
            yield from self._below(path / CONTRACT, above)
        elif _is_node(path, names):
            problem = Problem(
                "contract",
                f"the node {path.name} has no {CONTRACT}, and is not adopted",
                Place(self._told(path), 1, 1),
                "write one, or move the folder to where no nodes are",
                level=Level.WARN,
            )
            yield problem
        for entry in entries:
            if entry.name.startswith(".") or entry.name in _PASSED_BY:
                continue
            if entry.is_symlink() and not Path(entry.path).exists():
                yield self._broken_link(Path(entry.path))
            elif entry.is_dir():
                yield from self._below(Path(entry.path), (*above, real))

    def _broken_link(self, path: Path) -> Problem:
        try:
            path.stat()
        except OSError as error:
            if error.errno == errno.ELOOP:
                return self._unread(path, "the symbolic link leads to itself", "remove it")
        message = "a symbolic link leads nowhere"
        return Problem("contract", message, Place(self._told(path), 1, 1), "mend or remove it", level=Level.WARN)

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
        return Problem("contract", f"this cannot be adopted: {why}", Place(self._told(path), 1, 1), hint)

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


def _places(word: str) -> Sequence[Path] | Problem:
    """Return the folders that a word means: a path, or the packages of an installed distribution."""
    if os.path.lexists(word):
        return [Path(word)]
    try:
        files = distribution(word).files or ()
    except (PackageNotFoundError, ValueError):
        near = nearest(word, (it.name for it in Path().iterdir() if it.is_dir()))
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
    named = set(_REFERENCE.findall(text))
    root = next((it.parent for it in reversed((folder, *folder.parents)) if it.name in named), folder)
    while (root / "__init__.py").is_file() and root != root.parent:
        root = root.parent
    return root
