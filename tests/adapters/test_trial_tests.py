"""Examples that run as generated tests, in the process of the trial."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.adapters.stage import StageFolder
from omnibuild.core.ports import ExampleTest, Failure

MODULE = '''"""Tests."""

import time
from pathlib import Path

import pytest


def test_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "b")
    (tmp_path / "x").write_text("y")
    print("this must not disturb the answer")


def test_wrong() -> None:
    assert {"total": 1} == {"total": 2}


def test_raises() -> None:
    try:
        raise KeyError("inner")
    except KeyError as error:
        raise RuntimeError("outer") from error


def test_hangs() -> None:
    time.sleep(60)


def test_after() -> None:
    assert 1 + 1 == 2
'''
PATH = "src/acme/tests/test_it.py"


def _tried(tmp_path: Path, text: str, *functions: str) -> tuple[Failure, ...]:
    stage = StageFolder(tmp_path / "cache", example_seconds=1)
    stage.lay({PATH: text, "src/acme/__init__.py": "", "src/acme/tests/__init__.py": ""})
    tests = [ExampleTest("node", index, PATH, name) for index, name in enumerate(functions)]
    return stage.try_out({}, (), (), tests).examples


def test_what_holds_is_not_reported(tmp_path: Path) -> None:
    assert _tried(tmp_path, MODULE, "test_good", "test_after") == ()


def test_a_difference_is_told_in_the_words_of_the_assertion(tmp_path: Path) -> None:
    (failure,) = _tried(tmp_path, MODULE, "test_wrong")

    assert failure.subject == "node:0"
    assert "{'total': 1} == {'total': 2}" in failure.message


def test_a_difference_is_told_although_the_module_was_imported_before(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path / "cache")
    stage.lay({PATH: MODULE, "src/acme/__init__.py": "", "src/acme/tests/__init__.py": ""})
    trial = stage.try_out({"acme.tests.test_it": []}, (), (), [ExampleTest("node", 0, PATH, "test_wrong")])

    assert "{'total': 1} == {'total': 2}" in trial.examples[0].message


def test_the_cause_of_an_exception_is_told(tmp_path: Path) -> None:
    (failure,) = _tried(tmp_path, MODULE, "test_good", "test_raises")

    assert failure.subject == "node:1"
    assert failure.message.startswith("RuntimeError: outer")
    assert "because of KeyError: 'inner'" in failure.message


def test_a_hanging_test_is_named_and_the_next_still_runs(tmp_path: Path) -> None:
    failures = _tried(tmp_path, MODULE, "test_hangs", "test_after", "test_wrong")

    assert [it.subject for it in failures] == ["node:0", "node:2"]
    assert failures[0].message == "did not finish in time"


@pytest.mark.parametrize("text", ["import nothing_of_this_name\n", "def broken(:\n"])
def test_a_module_that_cannot_be_imported_fails_every_test_of_it(tmp_path: Path, text: str) -> None:
    failures = _tried(tmp_path, text, "test_good", "test_after")

    assert [it.subject for it in failures] == ["node:0", "node:1"]
    assert "Error" in failures[0].message
