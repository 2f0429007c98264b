"""A workspace that is edited and built again and again: after every build it must be as after a clean one."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from omnibuild import Workspace, decisions, noop
from omnibuild.cli.app import start
from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Manifest, Status
from tests.drawn import ORDINARY
from tests.edits import Bench, Edit
from tests.oracle import Clean, Oracle
from tests.workspaces import Sandbox, statuses


@dataclass(frozen=True)
class Said:
    """What a command said: its exit code, its JSON, and whether nothing was looked at but times and sizes."""

    code: int
    json: dict[str, Any]
    at_once: bool

    def problems(self, *but: str) -> list[str]:
        """Return the problems without those of some codes."""
        return [json.dumps(it) for it in self.json["problems"] if it["code"] not in but]

    def files(self, code: str) -> set[str]:
        """Return the files that have a problem of this code."""
        return {it["file"] for it in self.json["problems"] if it["code"] == code}

    def nodes(self, outcome: str) -> set[str]:
        """Return the nodes that had this outcome."""
        return {name for name, it in self.json["outcomes"].items() if it["outcome"] == outcome}


def omnibuild(sandbox: Sandbox, *words: str) -> Said:
    """Run a command as `omnibuild` does, in this process."""
    line = ["-C", str(sandbox.root), *words, "--json"]
    if (text := noop.answer(line)) is not None:
        return Said(0, json.loads(text), at_once=True)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = start(line)
    assert err.getvalue() == "", err.getvalue()
    return Said(code, json.loads(out.getvalue()), at_once=False)


@dataclass
class Play:
    """One workspace on its way through many edits."""

    bench: Bench
    oracle: Oracle
    before: dict[str, str] = field(default_factory=dict)
    """The output before the last build."""
    after: dict[str, str] = field(default_factory=dict)
    """The output after the last build."""
    stood: dict[str, dict[str, str]] = field(default_factory=dict)
    """All sources and outputs as they were when the state was written."""
    kept: set[tuple[str, str]] = field(default_factory=set)
    """Nodes and the keys of the manifests under which the cache has them for certain."""
    seen: set[tuple[str, str]] = field(default_factory=set)
    """Nodes and all the keys that they ever had."""

    def step(self, edits: Sequence[Edit]) -> None:
        """Make edits, build, and compare."""
        self.bench.damaged = False
        for edit in edits:
            self.bench.apply(edit)
        if self.bench.damaged or self.bench.drawn.size != ORDINARY:
            self.kept.clear()
        asked = self.oracle.ask(replace(self.bench.drawn, jobs=1).files())
        self.before = self.bench.sandbox.tree()
        with _manifests() as found:
            said = omnibuild(self.bench.sandbox, "build")
            clean = self.oracle.result(asked)
            told = {it.partition("/")[2] for it in said.files("edited")}
            assert self._edited(clean) <= told, "an edit went unnoticed"
            if clean.tree is not None and said.files("edited"):
                self.seen |= _keys(found)  # what was made before the edit was found out is kept
                said = self._overwritten(said)
        self._compare(said, clean)
        self.after = self.bench.sandbox.tree() if said.code == 0 else self.after
        self._only_what_changed(said, found)
        if clean.tree is not None:
            # What is right although the cache was lost is looked at no closer, and so not kept again either.
            lost = self.bench.damaged and bool(said.nodes("up-to-date"))
            self._nothing_to_do(known=self.bench.drawn.size == ORDINARY and not lost)

    def _edited(self, clean: Clean) -> set[str]:
        """Return the files of the output that were edited by hand, and hold not by chance what they should."""
        mine = {path: it for path, it in self.before.items() if path in self.bench.edited}
        texts = (self.after, clean.tree or {})
        return {path for path, it in mine.items() if clean.tree and it not in [known.get(path) for known in texts]}

    def _overwritten(self, said: Said) -> Said:
        """Build once more and take the edits by hand away: they must be real ones, and kept."""
        sandbox, copies = self.bench.sandbox, self.bench.sandbox.root / "cache/overwritten"
        assert said.code == 1
        assert sandbox.tree() == self.before
        out = f"{sandbox.out.name}/"
        edited = {it.removeprefix(out) for it in said.files("edited")}
        assert edited <= self.bench.edited | self.bench.strays, "an edit that nobody made"
        texts = [(path, (sandbox.out / path).read_bytes()) for path in edited]
        said = omnibuild(sandbox, "build", "--overwrite")
        for path, text in texts:
            assert text in [it.read_bytes() for it in copies.glob(f"{path}.*")]
        return said

    def _compare(self, said: Said, clean: Clean) -> None:
        assert said.problems("edited", "cache") == clean.problems
        tree = self.bench.sandbox.tree()
        if clean.tree is None:
            assert (said.code, tree) == (1, self.before)
            return
        assert said.code == 0, said.json["problems"]
        self.bench.edited.clear()
        self.bench.strays -= clean.tree.keys()
        assert {path: it for path, it in tree.items() if path not in self.bench.strays} == clean.tree
        assert self.bench.strays <= tree.keys()
        if said.at_once:
            assert self._everything() == self.stood

    def _only_what_changed(self, said: Said, found: Mapping[str, Manifest]) -> None:
        keys = _keys(found)
        for name, key in keys:
            if name in said.nodes("built"):
                assert (name, key) not in self.kept, f"{name} was built for nothing"
            elif name in said.nodes("up-to-date") | said.nodes("restored"):
                assert (name, key) in self.seen, f"{name} was left alone"
        self.seen |= keys
        if said.code == 0 and self.bench.drawn.size == ORDINARY:
            self.kept |= keys

    def _nothing_to_do(self, *, known: bool) -> None:
        """Check that another build has nothing to do, whichever way it finds that out; the cache may know all nodes."""
        sandbox, times = self.bench.sandbox, self.bench.sandbox.times()
        report = Workspace.open(sandbox.root).build()
        assert (report.ok, report.written, report.removed) == (True, (), ())
        if known:
            assert set(statuses(report).values()) <= {Status.UP_TO_DATE}
        said = omnibuild(sandbox, "build")
        if known:
            assert {it["outcome"] for it in said.json["outcomes"].values()} <= {"up-to-date"}
        assert said.code == 0
        assert set(said.json["outcomes"]) == set(report.outcomes)
        self.stood = self._everything()
        again = omnibuild(sandbox, "check")
        of_this_run = any(it["code"] == "cache" for it in again.json["problems"])
        assert again.at_once == (not self.bench.strays and not of_this_run and bool(self.bench.drawn.docs))
        if again.at_once:
            looked = Workspace.open(sandbox.root).check()
            assert again.json["problems"] == [problem_json(it) for it in looked.problems]
        assert (again.code == 0) == (not self.bench.strays)
        assert sandbox.times() == times

    def _everything(self) -> dict[str, dict[str, str]]:
        return {folder: self.bench.sandbox.tree(folder) for folder in ("specs", "templates", "out")}


def _keys(found: Mapping[str, Manifest]) -> set[tuple[str, str]]:
    return {(name, it.key) for name, it in found.items()}


@contextmanager
def _manifests() -> Iterator[dict[str, Manifest]]:
    """Give the manifests of the nodes that are looked at meanwhile."""
    found: dict[str, Manifest] = {}
    real = decisions.manifests

    def noting(*arguments: Any) -> dict[str, Manifest]:
        result = real(*arguments)
        found.update(result)
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decisions, "manifests", noting)
        yield found
