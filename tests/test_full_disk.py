"""Disks that are full or cannot be written: a clear problem, and nothing lost."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from tests.drawn import Doc, Drawn
from tests.edits import Bench
from tests.full_disk import small_disk
from tests.oracle import Oracle
from tests.play import Said, omnibuild
from tests.workspaces import Sandbox

FIRST = Drawn({**{name: Doc("compute") for name in ("ant", "bee", "cat")}, "eel": Doc("body")})
_numbers = count(1)


@pytest.fixture
def bench(tmp_path: Path, oracle: Oracle) -> Bench:
    """Return a workspace; `oracle` makes its builds quick."""
    bench = Bench(Sandbox(tmp_path / "workspace"), FIRST)
    bench.lay()
    return bench


def change(bench: Bench) -> None:
    """Change every node in a way that there has never been, and take one away for another one."""
    number = next(_numbers)
    docs = {name: replace(doc, words=f"Take {number} of", factor=number + 3) for name, doc in bench.drawn.docs.items()}
    swapped = {"cat": "dog", "dog": "cat"}
    bench.drawn = replace(bench.drawn, docs={swapped.get(name, name): doc for name, doc in docs.items()})
    bench.lay()


def tree(bench: Bench) -> dict[str, str]:
    return {path: it for path, it in bench.sandbox.tree().items() if path != "filler"}


def finish(bench: Bench, oracle: Oracle) -> None:
    """Build where there is room again."""
    said = omnibuild(bench.sandbox, "build")
    assert (said.code, said.json["problems"]) == (0, [])
    assert tree(bench) == oracle.result(oracle.ask(bench.drawn.files())).tree
    assert omnibuild(bench.sandbox, "build").at_once


def refused(said: Said, where: Path, reason: str) -> None:
    (problem,) = said.json["problems"]
    assert (said.code, problem["level"]) == (1, "block")
    assert problem["code"] in ("G6", "system")
    assert str(where) in problem["message"]
    assert reason in problem["message"]
    assert problem["hint"]


@pytest.mark.parametrize(("free", "reason"), [(0, "has room for"), (4096, "has room for"), (40_960, "No space left")])
def test_a_full_disk_leaves_the_output_as_it_was(bench: Bench, oracle: Oracle, free: int, reason: str) -> None:
    with small_disk(bench.sandbox.out) as disk:
        finish(bench, oracle)
        before = bench.sandbox.times()
        change(bench)
        disk.fill(free)  # of the largest, every file takes a page more than it has bytes
        refused(omnibuild(bench.sandbox, "build"), disk.folder, reason)
        disk.free()
        assert bench.sandbox.times() == before
        finish(bench, oracle)


@pytest.mark.parametrize("free", [0, 4096, 40_960])
def test_a_full_disk_of_the_cache_costs_a_warning(bench: Bench, oracle: Oracle, free: int) -> None:
    with small_disk(bench.sandbox.root / "cache") as disk:
        finish(bench, oracle)
        change(bench)
        disk.fill(free)
        said = omnibuild(bench.sandbox, "build")
        assert said.code == 0
        assert {(it["code"], it["level"]) for it in said.json["problems"]} <= {("cache", "warn"), ("events", "warn")}
        assert said.files("cache") == {None}
        assert tree(bench) == oracle.result(oracle.ask(bench.drawn.files())).tree
        assert not omnibuild(bench.sandbox, "build").at_once
        disk.free()
        finish(bench, oracle)


def test_a_full_disk_of_temporary_files_stops_the_build(
    bench: Bench, oracle: Oracle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(bench, oracle)
    before = tree(bench)
    change(bench)
    with small_disk(tmp_path / "temporary") as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
        disk.fill()
        refused(omnibuild(bench.sandbox, "build"), disk.folder, "No space left on device")
        assert tree(bench) == before
        assert [it.name for it in disk.folder.iterdir()] == ["filler"]
        disk.free()
        finish(bench, oracle)


def test_a_disk_without_room_for_a_copy_keeps_the_edit(bench: Bench, oracle: Oracle) -> None:
    finish(bench, oracle)
    path = next(bench.sandbox.out.rglob("contract.yaml"))
    edited = path.read_text() + "# mine\n" * 10_000
    path.write_text(edited)
    with small_disk(bench.sandbox.root / "cache/overwritten") as disk:
        for free in (0, 16_384):
            disk.fill(free)
            refused(omnibuild(bench.sandbox, "build", "--overwrite"), disk.folder, "No space left on device")
            assert path.read_text() == edited
        disk.free()
        assert omnibuild(bench.sandbox, "build", "--overwrite").code == 0
        copies = [it for it in disk.folder.rglob("*") if it.is_file()]
        assert [it.read_text() for it in copies] == [edited]
    finish(bench, oracle)


def test_an_output_that_cannot_be_written_is_left_as_it_is(bench: Bench, oracle: Oracle) -> None:
    with small_disk(bench.sandbox.out) as disk:
        finish(bench, oracle)
        before = bench.sandbox.times()
        change(bench)
        disk.lock()
        refused(omnibuild(bench.sandbox, "build"), disk.folder, "Read-only file system")
        assert bench.sandbox.times() == before
        disk.unlock()
        finish(bench, oracle)


def test_a_folder_without_permission_is_left_as_it_is(bench: Bench, oracle: Oracle) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere: the read-only disk is the test for root")
    finish(bench, oracle)
    before = bench.sandbox.times()
    change(bench)
    bench.sandbox.out.chmod(0o555)
    try:
        refused(omnibuild(bench.sandbox, "build"), bench.sandbox.out, "cannot be written")
    finally:
        bench.sandbox.out.chmod(0o755)
    assert bench.sandbox.times() == before
    finish(bench, oracle)


def test_a_cache_that_cannot_be_written_costs_a_warning(bench: Bench, oracle: Oracle) -> None:
    with small_disk(bench.sandbox.root / "cache") as disk:
        finish(bench, oracle)
        change(bench)
        disk.lock()
        for _ in range(2):
            said = omnibuild(bench.sandbox, "build")
            assert said.code == 0
            assert "block" not in {it["level"] for it in said.json["problems"]}
            assert said.problems()
            assert tree(bench) == oracle.result(oracle.ask(bench.drawn.files())).tree
        disk.unlock()
        finish(bench, oracle)


def test_a_folder_that_cannot_be_made_leaves_the_output_as_it_was(
    bench: Bench, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(bench, oracle)
    before, folders = bench.sandbox.times(), set(bench.sandbox.out.rglob("*"))
    change(bench)
    make, made = os.mkdir, count()

    def refuse(path: str, *arguments: int) -> None:
        if "/out/src/" in f"{path}" and next(made) == 2:
            raise OSError(28, "No space left on device", path)
        make(path, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", refuse)
        refused(omnibuild(bench.sandbox, "build"), bench.sandbox.out, "No space left on device")
    assert (bench.sandbox.times(), set(bench.sandbox.out.rglob("*"))) == (before, folders)
    finish(bench, oracle)
