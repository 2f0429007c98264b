"""What git would commit of a workspace: whether its outputs and its inputs are staged as they are on disk."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from omnibuild.adapters.promotion import LEDGER, read_ledger
from omnibuild.core.values import Problem, Settings

_FILE = "omnibuild.toml"
_INPUTS = (".yaml", ".yml", ".py")
"""What is read below the folder of the specs; of the templates, everything is."""
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR")
"""Variables that git sets for its hooks, and that may be relative to the folder where these start."""
_PATTERNS = frozenset(f"GIT_{it}_PATHSPECS" for it in ("LITERAL", "GLOB", "NOGLOB", "ICASE"))
"""Variables that say what the paths mean that git is given: here each says that itself."""


@dataclass(frozen=True, slots=True)
class Unstaged:
    """Files that differ from what is staged: paths relative to the repository.

    `wanted` says whether the output belongs to the repository at all: where git ignores it, nothing need be staged.
    `hidden` are those of the outputs that git ignores, though it has others of them.
    """

    wanted: bool
    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repository:
    """A checkout of a repository, and what git is told when it is asked."""

    top: Path
    environment: Mapping[str, str]

    @classmethod
    def find(cls, folder: Path) -> Repository | Problem:
        """Return the repository that a folder is in."""
        environment = {name: it for name, it in os.environ.items() if name not in _PATTERNS}
        environment |= {it: str(Path(environment[it]).absolute()) for it in _PLACES if environment.get(it)}
        # Git has told its hooks where the repository is, and means the folder where it starts them.
        start = Path() if "GIT_DIR" in environment else folder
        try:
            done = _run(["rev-parse", "--show-toplevel"], start, environment)
        except FileNotFoundError:
            return Problem("git", "git is not installed", hint="`omnibuild build` and `omnibuild check` do without it")
        if done.returncode != 0:
            hint = "run it in a clone; `omnibuild build` and `omnibuild check` need none"
            return Problem("git", done.stderr.strip() or f"{folder} is in no git repository", hint=hint)
        return cls(Path(done.stdout.removesuffix("\n")), environment)

    def workspaces(self) -> tuple[Path, ...]:
        """Return the folders of all workspaces that are, or will be with the next commit, in the repository."""
        paths = self._listed("ls-files", "-z")
        found = {it for it in paths if it.rpartition("/")[2] == _FILE}
        return tuple((self.top / it).parent for it in sorted(found) if (self.top / it).is_file())

    def is_merging(self) -> bool:
        """Return whether a merge is under way."""
        return self._ask("rev-parse", "--quiet", "--verify", "MERGE_HEAD").returncode == 0

    def path(self, place: Path) -> str:
        """Return a path relative to the repository. Raises ValueError if it lies elsewhere."""
        return place.resolve().relative_to(self.top.resolve()).as_posix()

    def unstaged(self, root: Path, settings: Settings, looked_at: Collection[str] = ()) -> Unstaged:
        """Return what of a workspace is not staged as it is on disk. Times play no part in it: git reads the files.

        `looked_at` are the files that the build has looked at, by which existing code is known that specs lead to.
        """
        out = self.path(root / settings.out)
        indexed = set(self._listed("ls-files", "-z", "--", _literal(out)))
        if not indexed and self._ask("check-ignore", "--no-index", "-q", f"{out}/x").returncode == 0:
            return Unstaged(wanted=False)
        read = {self.path(root / _FILE), *self._elsewhere(root, settings, looked_at)}
        changed, untracked = self._changes(root, settings, read)
        made = {f"{out}/{it}" for it in (*read_ledger(root / settings.out), LEDGER)}
        absent = {it for it in made - indexed if os.path.lexists(self.top / it)}
        below = f"{out}/"
        outputs = {it for it in changed if it.startswith(below)} | absent
        unknown = {*self._read(root, settings, untracked), *(read & untracked)}
        inputs = {it for it in changed | unknown if not it.startswith(below)}
        return Unstaged(True, *map(_sorted, (outputs, inputs, absent - untracked)))

    def _elsewhere(self, root: Path, settings: Settings, looked_at: Collection[str]) -> Iterator[str]:
        """Yield those of the files that lie beside the folders of the workspace, wherever links lead."""
        folders = (settings.out, settings.specs, settings.templates, settings.cache)
        own = tuple(f"{self.path(root / it)}/" for it in folders)
        for it in looked_at:
            with suppress(ValueError):  # what lies outside of the repository cannot be committed
                path = self.path(root / it)
                if not path.startswith(own):
                    yield path

    def _changes(self, root: Path, settings: Settings, files: set[str]) -> tuple[set[str], set[str]]:
        """Return what of some files and of the workspace's folders is not as it is staged, and what git does not know.

        Git is asked about the folders of files, since there can be more files than a command line holds, but not about
        those that the workspace is in: who knows what else they hold.
        """
        folders = tuple(f"{self.path(root / it)}/" for it in (settings.out, settings.specs, settings.templates))
        above = {"", self.path(root), *(it.as_posix() for it in Path(self.path(root)).parents)}
        around = {folder if (folder := it.rpartition("/")[0]) not in above else it for it in files}
        places = [_literal(it) for it in sorted({*(it.rstrip("/") for it in folders), *around})]
        changed, untracked = set(), set()
        # Another git may be at work, and this one is not to make it wait.
        options = ("--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
        for entry in self._listed("--no-optional-locks", "status", *options, "--", *places):
            state, path = entry[:2], entry[3:]
            if path not in files and not f"{path}/".startswith(folders):
                continue
            if state == "??":
                untracked.add(path)
            elif state[1] != " ":
                changed.add(path)
        return changed, untracked

    def _read(self, root: Path, settings: Settings, paths: set[str]) -> Iterator[str]:
        """Yield those of the paths that a build reads."""
        specs, templates = (f"{self.path(root / it)}/" for it in (settings.specs, settings.templates))
        for path in paths:
            is_hidden = any(part.startswith(".") for part in path.removeprefix(specs).split("/"))
            can_be_read = path.endswith(_INPUTS) or (self.top / path).is_symlink()
            if path.startswith(templates) or (path.startswith(specs) and can_be_read and not is_hidden):
                yield path

    def _listed(self, *arguments: str) -> list[str]:
        done = self._ask(*arguments)
        if done.returncode != 0:
            raise OSError(errno.EIO, f"git {arguments[0]} failed: {done.stderr.strip()}")
        return [it for it in done.stdout.split("\0") if it]

    def _ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return _run(arguments, self.top, self.environment)


def _run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # what callers say is fixed, but for paths
        ["git", *arguments],  # noqa: S607  # the user's own git
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )


def _literal(path: str) -> str:
    """Return what means one file or folder to git, and is no pattern."""
    return f":(literal){path}"


def _sorted(paths: set[str]) -> tuple[str, ...]:
    return tuple(sorted(paths))
