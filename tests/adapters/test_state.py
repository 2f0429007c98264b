from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from omnibuild import noop
from omnibuild.adapters import state
from omnibuild.adapters.sightings import TICK_NS, Sightings, known
from omnibuild.adapters.state import Answer, write_state

ANSWER = Answer(("text", "colored"), "json", "balanced", "balanced")


def kept(root: Path, *names: str) -> Sightings:
    for name in (noop.SETTINGS, f"out/{noop.LEDGER}", *names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("text")
    seen = Sightings(root)
    for name in (noop.SETTINGS, f"out/{noop.LEDGER}", *names):
        seen.file(root / name)
    for folder in ("out", "templates"):
        seen.folder(root / folder)
    write_state(root, root / noop.DEFAULT_CACHE, seen, ANSWER)
    return seen


def answer(root: Path, *words: str) -> str | None:
    return noop.answer(["-C", str(root), "build", *words])


def test_what_is_written_is_the_answer(tmp_path: Path) -> None:
    kept(tmp_path, "specs/a.yaml", "specs/b\nc.yaml", "specs/\udcff.yaml")
    assert answer(tmp_path) == "text"
    assert answer(tmp_path, "--json") == "json"
    (tmp_path / "specs/b\nc.yaml").write_text("")
    assert answer(tmp_path) is None


def test_the_answer_is_for_its_own_mode(tmp_path: Path) -> None:
    kept(tmp_path)
    assert answer(tmp_path, "--mode", "balanced") == "text"
    assert answer(tmp_path, "--json", "--mode", "balanced") == "json"
    assert answer(tmp_path, "--mode", "fast") is None
    assert answer(tmp_path, "--mode") is None
    assert answer(tmp_path, "--mode", "balanced", "--mode", "balanced") is None


def test_many_files_are_compared_in_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "PLACE", 3)
    names = [f"specs/{number}.yaml" for number in range(40)]
    kept(tmp_path, *names)
    assert answer(tmp_path) == "text"
    for name in (names[0], names[5], names[39], f"out/{noop.LEDGER}"):
        (tmp_path / name).write_text("changed")
        assert answer(tmp_path) is None
        assert noop.different == (str(tmp_path), noop.different and noop.different[1], [name], [])
        kept(tmp_path, *names)
        assert answer(tmp_path) == "text"
    (tmp_path / names[7]).unlink()
    assert answer(tmp_path) is None
    assert noop.different is None


def test_the_signatures_come_back(tmp_path: Path) -> None:
    seen = kept(tmp_path, "specs/a.yaml", "specs/b\nc.yaml")
    assert known(noop.read(str(tmp_path / "cache/state")), tmp_path) == seen.files
    (tmp_path / noop.SETTINGS).replace(tmp_path / "before")
    (tmp_path / noop.SETTINGS).write_text("another checkout")
    assert known(noop.read(str(tmp_path / "cache/state")), tmp_path) == {}


def test_an_edit_that_keeps_size_and_time_is_found(tmp_path: Path) -> None:
    kept(tmp_path, "specs/a.yaml")
    for name in ("specs/a.yaml", noop.SETTINGS, f"out/{noop.LEDGER}"):
        before = (tmp_path / name).stat()
        (tmp_path / name).write_text("edit")
        os.utime(tmp_path / name, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert answer(tmp_path) is None
        kept(tmp_path, "specs/a.yaml")
        assert answer(tmp_path) == "text"
    stray, folder = tmp_path / "out/stray", (tmp_path / "out").stat()
    stray.write_text("")
    os.utime(tmp_path / "out", ns=(folder.st_atime_ns, folder.st_mtime_ns))
    assert answer(tmp_path) is None


def test_a_folder_that_was_not_there_must_not_be_there(tmp_path: Path) -> None:
    kept(tmp_path)
    (tmp_path / "other").mkdir()
    assert answer(tmp_path) == "text"
    (tmp_path / "templates").mkdir()
    assert answer(tmp_path) is None


def test_without_the_settings_or_the_ledger_there_is_no_answer(tmp_path: Path) -> None:
    kept(tmp_path)
    for name in (noop.SETTINGS, f"out/{noop.LEDGER}"):
        seen = Sightings(tmp_path)
        seen.file(tmp_path / name)
        write_state(tmp_path, tmp_path / "cache", seen, ANSWER)
        assert answer(tmp_path) is None


def test_a_change_right_behind_it_has_another_time(tmp_path: Path) -> None:
    seen = kept(tmp_path, "specs/a.yaml")
    assert time.time_ns() >= max(changed for changed, _ in seen.files.values()) + TICK_NS


def test_a_cache_elsewhere_has_no_state(tmp_path: Path) -> None:
    write_state(tmp_path, tmp_path / "elsewhere", Sightings(tmp_path), ANSWER)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_written_costs_only_the_answer(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    kept(tmp_path)
    assert answer(tmp_path) is None


def test_a_workspace_that_is_gone_costs_only_the_answer(tmp_path: Path) -> None:
    write_state(tmp_path / "gone", tmp_path / "gone/cache", Sightings(tmp_path / "gone"), ANSWER)
    assert not (tmp_path / "gone").exists()
