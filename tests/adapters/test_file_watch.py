"""Changes of files as they are told: none is lost, whoever is busy meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from omnibuild.adapters.file_watch import FileWatch
from omnibuild.adapters.watched import Watched
from tests.workspaces import CHAIN, Sandbox, workspace


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return workspace(tmp_path / "w", CHAIN)


def soon(change: Callable[[], object]) -> None:
    threading.Timer(1.5, change).start()  # who looks again and again sees no more of a time than its seconds


@pytest.mark.parametrize("polling", ["false", "true"])
def test_a_change_is_told(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, polling: str) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", polling)
    watch = FileWatch(Watched(sandbox.root))
    soon(lambda: sandbox.replace("specs/pricer.yaml", "two pieces", "2 pieces and more"))
    assert watch.wait() == {"specs/pricer.yaml"}


def test_what_changes_while_nobody_waits_is_told_later(sandbox: Sandbox) -> None:
    watch = FileWatch(Watched(sandbox.root))
    sandbox.replace("specs/pricer.yaml", "two pieces", "2 pieces")
    sandbox.write("specs/.hidden.yaml", "")
    sandbox.replace("specs/money.yaml", "value: Decimal", "value: int")
    assert watch.wait() == {"specs/pricer.yaml", "specs/money.yaml"}


def test_what_changes_while_more_is_to_be_watched_is_told_later(sandbox: Sandbox) -> None:
    watched = Watched(sandbox.root)
    watch = FileWatch(watched)
    assert not watch.follow(watched)
    sandbox.replace("specs/pricer.yaml", "two pieces", "2 pieces")
    (sandbox.root / "legacy").mkdir()
    assert watch.follow(replace(watched, elsewhere=frozenset({"legacy/rates.py"})))
    assert watch.wait() == {"specs/pricer.yaml", "legacy"}
    sandbox.write("legacy/rates.py", "")
    assert watch.wait() == {"legacy/rates.py"}


def test_a_folder_that_takes_the_place_of_another_is_watched(sandbox: Sandbox) -> None:
    watched = Watched(sandbox.root)
    watch = FileWatch(watched)
    (sandbox.root / "specs").rename(sandbox.root / "old")
    (sandbox.root / "specs").mkdir()
    assert "specs" in watch.wait()
    assert watch.follow(watched)
    sandbox.write("specs/new.yaml", "")
    while "specs/new.yaml" not in watch.wait():
        pass


def test_a_workspace_that_has_gone_cannot_be_watched(sandbox: Sandbox) -> None:
    watch = FileWatch(Watched(sandbox.root))
    soon(lambda: sandbox.root.rename(sandbox.root.with_name("away")))
    with pytest.raises(FileNotFoundError):
        until_it_ends(watch, Watched(sandbox.root))


def until_it_ends(watch: FileWatch, watched: Watched) -> NoReturn:
    while True:
        watch.wait()
        watch.follow(watched)
