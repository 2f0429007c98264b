"""Inputs that change while a build reads them: what is kept is of what was read, and the change is not overlooked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from omnibuild.adapters.output import OutputFolder
from omnibuild.adapters.sightings import Sightings, Signature
from tests.drawn import Doc, Drawn
from tests.edits import Bench
from tests.oracle import MEMORY_DISK, Oracle
from tests.play import omnibuild
from tests.workspaces import Sandbox

FIRST = Drawn(
    {
        "ant": Doc("shared"),
        "bee": Doc("compute", needs="ant"),
        "cat": Doc("body", needs="bee", factor=3),
    },
    header=1,
)
CHANGES = {
    "specs/bee.yaml": replace(FIRST, docs={**FIRST.docs, "bee": replace(FIRST.docs["bee"], factor=2)}),
    "specs/ant.yaml": replace(FIRST, docs={**FIRST.docs, "ant": replace(FIRST.docs["ant"], needs="", words="Drop")}),
    "specs/cat.py": replace(FIRST, docs={**FIRST.docs, "cat": replace(FIRST.docs["cat"], factor=2)}),
    "helper.py": replace(FIRST, helper=2),
    "templates/header.py.j2": replace(FIRST, header=2),
    "omnibuild.toml": replace(FIRST, package="other"),
}
"""Workspaces of which exactly this file, and perhaps a body with it, is another one; most are of the same size."""


@pytest.fixture
def bench(oracle: Oracle) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(dir=MEMORY_DISK) as folder:
        bench = Bench(Sandbox(Path(folder)), FIRST)
        bench.lay()
        yield bench


@contextmanager
def changing(bench: Bench, file: str, text: str, when: int) -> Iterator[list[int]]:
    """Change a file behind the look at it that comes before it is read for the n-th time; gives when it was read."""
    real, numbers, reads = Sightings.reading, count(1), list[int]()

    def reading(self: Sightings, path: Path | str) -> Signature | None:
        found = real(self, path)
        if Path(path) == bench.sandbox.root / file:
            reads.append(next(numbers))
            if reads[-1] == when:
                bench.sandbox.write(file, text)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sightings, "reading", reading)
        yield reads


def settled(bench: Bench, oracle: Oracle, drawn: Drawn) -> None:
    """Put these sources there, and compare with their clean build."""
    bench.drawn = drawn
    bench.lay()
    said = omnibuild(bench.sandbox, "build")
    assert said.code == 0
    assert bench.sandbox.tree() == oracle.result(oracle.ask(drawn.files())).tree
    assert omnibuild(bench.sandbox, "build").at_once


@pytest.mark.parametrize("file", CHANGES)
def test_a_file_that_changes_within_a_build_is_not_taken_for_what_it_was(
    bench: Bench, oracle: Oracle, file: str
) -> None:
    settled(bench, oracle, replace(FIRST, jobs=3))
    changed = CHANGES[file].files()[file]
    assert changed != FIRST.files()[file]
    for when in count(1):
        # Everything is built anew, and the file is another one from the n-th time on that it is read.
        settled(bench, oracle, replace(FIRST, jobs=2))
        bench.lay()
        for part in ("store", "state", "memory"):
            bench.sandbox.remove(f"cache/{part}")
        with changing(bench, file, changed, when) as reads:
            omnibuild(bench.sandbox, "build")
        # Whoever changes nothing any more gets what belongs to the sources as they are now.
        now = replace(CHANGES[file], jobs=2)
        partly = {**replace(FIRST, jobs=2).files(), file: changed} if len(reads) >= when else bench.drawn.files()
        clean = oracle.result(oracle.ask(partly))
        said = omnibuild(bench.sandbox, "build")
        assert (said.code == 0) == (clean.tree is not None)
        assert clean.tree in (None, bench.sandbox.tree())
        # What was kept under the digest of the one must not be of the other one.
        settled(bench, oracle, replace(FIRST, jobs=2))
        settled(bench, oracle, now)
        if len(reads) < when:
            break
    assert when > 1


@pytest.mark.parametrize("file", CHANGES)
def test_a_file_that_changes_after_it_was_read_is_not_overlooked(
    bench: Bench, oracle: Oracle, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(bench, oracle, replace(FIRST, jobs=2))
    changed = CHANGES[file].files()[file]
    promote = OutputFolder.promote

    def late(self: OutputFolder, *arguments: Any) -> None:
        bench.sandbox.write(file, changed)
        promote(self, *arguments)

    bench.sandbox.remove("out")
    with monkeypatch.context() as patch:
        patch.setattr(OutputFolder, "promote", late)
        assert omnibuild(bench.sandbox, "build").code == 0
    assert bench.sandbox.tree() == oracle.result(oracle.ask(bench.drawn.files())).tree
    said = omnibuild(bench.sandbox, "build")
    clean = oracle.result(oracle.ask({**bench.drawn.files(), file: changed}))
    assert not said.at_once
    assert (said.code == 0) == (clean.tree is not None)
    assert clean.tree in (None, bench.sandbox.tree())
    settled(bench, oracle, FIRST)
    settled(bench, oracle, CHANGES[file])


@pytest.mark.parametrize("file", ["helper/__init__.py", "src/helper.py", "helper.pyi"])
def test_a_module_that_comes_before_another_one_is_not_overlooked(bench: Bench, oracle: Oracle, file: str) -> None:
    settled(bench, oracle, FIRST)
    bench.sandbox.write(file, "FACTOR = 5\n")
    said = omnibuild(bench.sandbox, "build")
    assert said.nodes("built") == ({"cat"} if file == "helper/__init__.py" else set())
    assert said.at_once is (file == "helper.pyi")
    assert omnibuild(bench.sandbox, "build").at_once
