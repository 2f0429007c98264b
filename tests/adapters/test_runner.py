"""The files of the runner: nothing that is written ends what it is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.adapters.runner import append_outputs, append_summary
from tests.runner import Log


def test_outputs_are_read_as_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))

    assert append_outputs({"one": "a\nstatus=ok\nEOF\nx<<EOF", "number": 3})
    assert append_outputs({"names": ["a", 'b"\n']})

    assert Log.outputs(file) == {"one": "a\nstatus=ok\nEOF\nx<<EOF", "number": "3", "names": '["a", "b\\"\\n"]'}


def test_summaries_are_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))

    assert append_summary("one\n")
    assert append_summary("two \ud800\n")

    assert file.read_text() == "one\ntwo ?\n"


def test_without_a_runner_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for it in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(it, raising=False)

    assert not append_outputs({"status": "ok"})
    assert not append_summary("text")
