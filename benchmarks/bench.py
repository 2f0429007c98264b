"""Where things are run: the workspaces, the commands on them, and what of it was done before."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import generators
import peers
from measure import Figures, NotMeasuredError, Side, interleaved, must_notice, run
from workspace import EXPRESSION, OTHER_EXPRESSION, Document, make

SLOW = 10_000
"""From this size on, in nodes, a build takes minutes, and is repeated as often as `--slow-runs` says."""
QUICK = 3
"""How many times as often as others runs are repeated that take a fraction of a second."""


@dataclass
class Bench:
    """The tools, the scratch folder, and what more than one benchmark needs, kept."""

    omnibuild: str
    python: str
    """The interpreter that runs omnibuild."""
    programs: Path
    """The folder of the peers' programs."""
    scratch: Path
    sizes: Sequence[int]
    runs: int
    slow_runs: int
    left_out: dict[tuple[int, str], str] = field(default_factory=dict)
    """Why a build tool could not be prepared, by the size of the workspace and its name."""
    _documents: dict[int, list[Document]] = field(default_factory=dict)
    _built: set[int] = field(default_factory=set)
    _idle: dict[int, Mapping[str, Figures]] = field(default_factory=dict)
    _cold: dict[int, Mapping[str, Figures]] = field(default_factory=dict)
    _generators: list[generators.Peer] = field(default_factory=list)

    def workspace(self, nodes: int) -> tuple[Path, list[Document]]:
        """Return the folder and the documents of the workspace of a size, built or not."""
        folder = self.scratch / f"workspace_{nodes}"
        if nodes not in self._documents:
            # The mode stands in the settings, since the quick answer is for `omnibuild build` without options.
            self._documents[nodes] = make(folder, nodes, '\n[build]\nmode = "fast"\n')
        return folder, self._documents[nodes]

    def built(self, nodes: int) -> tuple[Path, list[Document]]:
        """Return the folder and the documents of a workspace in which there is nothing to do."""
        if nodes not in self._built:
            say(f"build the workspace of {nodes:,} nodes")
            run(self.cold_build(nodes))
        return self.workspace(nodes)

    def cold_build(self, nodes: int) -> Side:
        """Return the build of a workspace without output and caches, in the mode `fast`."""
        folder, documents = self.workspace(nodes)

        def check(said: str) -> str | None:
            self._built.add(nodes)
            return all_built(said, len(documents))

        return self.ours(folder, check, ["build", "--mode", "fast"], lambda: self.empty(folder))

    def repeats(self, nodes: int) -> int:
        """Return how often a build of a workspace is repeated that has something to do."""
        return self.slow_runs if nodes >= SLOW else self.runs

    def empty(self, folder: Path) -> None:
        """Remove a workspace's output and cache, and whatever omnibuild may keep for its user."""
        for it in (folder / "out", folder / "cache", self.scratch / "user"):
            shutil.rmtree(it, ignore_errors=True)

    def ours(
        self,
        folder: Path,
        check: Callable[[str], str | None],
        arguments: Sequence[str] = ("build",),
        prepare: Callable[[], object] = lambda: None,
    ) -> Side:
        """Return a run of omnibuild as its users run it."""
        return Side(
            [self.omnibuild, *arguments], folder, check, prepare, {"XDG_CACHE_HOME": str(self.scratch / "user")}
        )

    def type_check(self, folder: Path, paths: Sequence[str]) -> Side:
        """Return a run of mypy alone, the one that omnibuild runs, on what omnibuild has made, without its cache."""
        cache = self.scratch / "mypy"
        command = [self.python, "-P", "-m", "mypy", "--strict", "--explicit-package-bases", "--config-file="]
        return Side(
            [*command, f"--cache-dir={cache}", *paths],
            folder,
            lambda said: None if "no issues found in" in said else "it found something",
            lambda: shutil.rmtree(cache, ignore_errors=True),
            {"MYPYPATH": "out/src"},
        )

    def idle(self, nodes: int) -> Mapping[str, Figures]:
        """Return the figures of builds that have nothing to do, by tool."""
        if nodes not in self._idle:
            folder, documents = self.built(nodes)
            expected = f"{len(documents)} nodes: {len(documents)} up-to-date"
            ours = self.ours(folder, lambda said: None if said.strip() == expected else "it had something to do")
            sides = {"omnibuild": ours, **self._build_tools(nodes)}
            say(f"nothing to do, {nodes:,} nodes: {', '.join(sides)}")
            self._idle[nodes] = interleaved(sides, self.runs * QUICK)
            for side in sides.values():
                _must_notice_change(side)
            for name in sides.keys() - {"omnibuild"}:
                shutil.rmtree(self.scratch / f"{name}_{nodes}")
        return self._idle[nodes]

    def _build_tools(self, nodes: int) -> dict[str, Side]:
        """Return the runs of the build tools that have nothing to do, of those that are there."""
        folder, documents = self.built(nodes)
        steps, sides = peers.edges(documents, folder), {}
        for name, tool in peers.TOOLS.items():
            if nodes <= tool.largest:
                say(f"first build of {nodes:,} nodes by {name}")
                try:
                    sides[name] = peers.prepared(tool, self.programs, self.scratch / f"{name}_{nodes}", nodes, steps)
                except NotMeasuredError as missing:
                    self.left_out[nodes, name] = str(missing)
        return sides

    def cold(self, nodes: int) -> Mapping[str, Figures]:
        """Return the figures of builds without caches, and of the generators on their inputs, by what they are."""
        if nodes not in self._cold:
            sides = {"omnibuild": self.cold_build(nodes)} | {it.what: it.side for it in self.generators()}
            say(f"cold build of {nodes:,} nodes, the code generators in between")
            self._cold[nodes] = interleaved(sides, self.repeats(nodes), warm_ups=0)
        return self._cold[nodes]

    def generators(self) -> Sequence[generators.Peer]:
        """Return the code generators, with inputs of the size of a node."""
        if not self._generators:
            built, _ = self.built(min(self.sizes))
            say("inputs for the code generators")
            self._generators += generators.all_of(self.programs, self.scratch / "generators", built)
        return self._generators


def all_built(said: str, nodes: int | None = None) -> str | None:
    """Return what is wrong if a build did not build every node, however many there are if that is not known."""
    found = re.search(r"^(\d+) nodes: \1 built$", said.rstrip().rpartition("\n")[2])
    return None if found and nodes in (None, int(found[1])) else "it did not build every node"


def say(text: str) -> None:
    """Tell whoever waits what is going on."""
    print(f"… {text}", file=sys.stderr, flush=True)


def _must_notice_change(side: Side) -> None:
    """Change a spec, and see that the tool notices: one that looks at nothing is fast, too."""
    file = side.folder / "specs/node_0.yaml"
    file.write_text(file.read_text().replace(EXPRESSION, OTHER_EXPRESSION))
    must_notice(side)
