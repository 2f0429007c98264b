"""The templates that come with omnibuild, and those of a workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from omnibuild.adapters.sightings import Sightings
from omnibuild.cache.trace import stays_below
from omnibuild.core.ports import TemplateSource


def builtin_folder() -> Path:
    """Return the folder of the built-in templates: inside an installed package, or in the repository.

    Raises FileNotFoundError if the installation has none.
    """
    package = Path(__file__).resolve().parents[1]
    repository = package.parent
    if (package / "templates").is_dir():
        return package / "templates"
    if (repository / "pyproject.toml").is_file() and (repository / "templates").is_dir():
        return repository / "templates"
    raise FileNotFoundError(f"the installation of omnibuild in {package} has no templates: install it again")


class TemplateFolders:
    """Templates in two folders; `root` is the workspace, to which the files of overrides are relative.

    Each is read once: what is made with one must be what its digest is of, whoever edits it meanwhile.
    """

    def __init__(self, builtin: Path, override: Path, root: Path, sightings: Sightings | None = None) -> None:
        self._sightings = sightings or Sightings(root)
        self._builtin = builtin
        self._override = override
        self._root = root
        self._known: dict[Path, TemplateSource | None] = {}
        # omnibuild's own repository is a workspace, too: its templates override nothing.
        self._same = builtin.resolve() == override.resolve()

    def builtin(self, name: str) -> TemplateSource | None:
        """Return a template that comes with omnibuild."""
        return self._source(self._builtin, name, "templates")

    def builtins(self) -> Sequence[str]:
        """Return the names of the templates that come with omnibuild, at any depth."""
        return sorted(_names(self._builtin))

    def override(self, name: str) -> TemplateSource | None:
        """Return the workspace's own template of this name."""
        if self._same:
            return None
        inside = self._override.is_relative_to(self._root)
        shown = self._override.relative_to(self._root) if inside else self._override
        return self._source(self._override, name, shown.as_posix())

    def overrides(self) -> Sequence[str]:
        """Return the names of the workspace's templates, at any depth, without hidden files and backups."""
        if self._same:
            return ()
        for parent, _, _ in os.walk(self._override):
            self._sightings.folder(parent)
        self._sightings.folder(self._override)
        return sorted(_names(self._override))

    def _source(self, folder: Path, name: str, shown: str) -> TemplateSource | None:
        path = folder / name
        if path not in self._known:
            self._sightings.reading(path)
            self._known[path] = _source(folder, name, shown)
        return self._known[path]


def _source(folder: Path, name: str, shown: str) -> TemplateSource | None:
    if not stays_below(name):
        return None
    try:
        data = (folder / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    # A template in another encoding must not stop the build without a place: the gate that renders
    # templates, and the reader of the output, see the replacement character.
    return TemplateSource(data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n"), f"{shown}/{name}")


def _names(folder: Path) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [it for it in folders if not it.startswith((".", "__pycache__"))]
        for file in files:
            if not file.startswith((".", "#")) and not file.endswith("~"):
                yield (Path(parent) / file).relative_to(folder).as_posix()
