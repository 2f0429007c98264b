from __future__ import annotations

import errno
import tempfile
from pathlib import Path

import pytest

from omnibuild.adapters.ruff import RuffFormatter
from omnibuild.core.ports import Formatter
from tests.full_disk import small_disk

UGLY = "def  f( a ):\n  return {'a' : a}\n"
NEAT = 'def f(a):\n    return {"a": a}\n'


def test_files_are_laid_out_and_those_that_do_not_parse_stay() -> None:
    formatter: Formatter = RuffFormatter()
    files = {"src/b.py": UGLY, "../a.py": "def f(:\n  x=1\n", "c.py": "x='ä'", "e.py": "", "d.py": "x='\ud800'"}

    laid_out = formatter.format(files)

    assert laid_out == {**files, "src/b.py": NEAT, "c.py": 'x = "ä"\n'}
    assert list(laid_out) == list(files)


def test_nothing_is_run_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", None)

    assert RuffFormatter().format({}) == {}


def test_lines_may_have_120_columns() -> None:
    fits, too_long = f"x = {'1' * 116}\n", f"xy = f({'1' * 60}, {'2' * 55})\n"

    laid_out = RuffFormatter().format({"a.py": fits, "b.py": too_long})

    assert laid_out["a.py"] == fits
    assert laid_out["b.py"].count("\n") > 1


def test_no_configuration_plays_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "build" / ".venv"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*\n")
    (folder / "ruff.toml").write_text('line-length = 40\nexclude = ["*"]\nformat.quote-style = "single"\n')
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RUFF_CONFIG", str(folder / "ruff.toml"))
    monkeypatch.setenv("RUFF_OUTPUT_FORMAT", "nonsense")

    assert RuffFormatter().format({"a.py": UGLY}) == {"a.py": NEAT}
    assert [it.name for it in folder.iterdir()] == ["ruff.toml"]


def test_the_result_is_laid_out_already() -> None:
    formatter = RuffFormatter()
    once = formatter.format({"a.py": UGLY, "b.py": "x=1"})

    assert formatter.format(once) == once


@pytest.mark.parametrize("free", [0, 8192])
def test_a_full_disk_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    # Each text takes a page, and two as it is laid out.
    texts = {"a": f"x = [{'1,' * 2000}]\n", "b": f"y = [{'2,' * 2000}]\n"}
    with small_disk(tmp_path / "temporary") as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
        disk.fill(free)
        with pytest.raises(OSError, match="No space left on device") as caught:
            RuffFormatter().format(texts)
        assert caught.value.errno == errno.ENOSPC
        assert str(caught.value.filename).startswith(str(disk.folder))
        assert [it.name for it in disk.folder.iterdir()] == ["filler"]
