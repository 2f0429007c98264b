from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from omnibuild.adapters import lock
from omnibuild.adapters.lock import locked
from omnibuild.core.events import Waiting
from omnibuild.core.values import Mode
from omnibuild.workspace import Workspace
from tests.workspaces import REPOSITORY, Sandbox


def never() -> None:
    raise AssertionError("nobody else holds the lock")


def test_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    waiting, order = threading.Event(), list[str]()

    def second() -> None:
        with locked(tmp_path / "cache", waiting.set):
            order.append("second")

    with locked(tmp_path / "cache", never):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_a_lock_that_was_removed_keeps_nobody(tmp_path: Path) -> None:
    with locked(tmp_path, never):
        (tmp_path / lock.NAME).unlink()
        with locked(tmp_path, never):
            assert (tmp_path / lock.NAME).exists()


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    code = "import os, sys; from pathlib import Path; from omnibuild.adapters.lock import locked\n"
    code += "with locked(Path(sys.argv[1]), print): os.abort()"
    subprocess.run([sys.executable, "-c", code, tmp_path], cwd=REPOSITORY, capture_output=True, check=False)
    assert (tmp_path / lock.NAME).exists()
    entered = False
    with locked(tmp_path, never):
        entered = True
    assert entered


def test_a_folder_that_cannot_be_made_has_no_lock(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    entered = False
    with locked(tmp_path / "cache", never):
        entered = True
    assert entered


def test_a_file_system_without_locks_has_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: int) -> None:
        raise OSError(os.strerror(95))

    monkeypatch.setattr(lock, "_lock", refuse)
    entered = False
    with locked(tmp_path, never), locked(tmp_path, never):
        entered = True
    assert entered


def test_a_build_says_that_it_waits(chain: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    events = list[object]()
    space = Workspace.open(chain.root, mode=Mode.FAST, listen=events.append)
    other = chain.open()
    with other.alone():
        thread = threading.Thread(target=space.build)
        thread.start()
        while Waiting() not in events:
            assert thread.is_alive()
        assert events == [Waiting()]
    thread.join()
    assert chain.check().ok


def test_builds_at_the_same_time(chain: Sandbox) -> None:
    settings = chain.read("omnibuild.toml")
    chain.write("omnibuild.toml", f'{settings}[build]\nmode = "fast"\n')
    command = [sys.executable, "-m", "omnibuild", "build", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    running = [
        subprocess.Popen(command, cwd=chain.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    ended = [(*it.communicate(), it.returncode) for it in running]
    assert [(err, code) for _, err, code in ended] == [(b"", 0)] * len(running)
    assert all(out.startswith(b"{") for out, _, _ in ended)
    tree = chain.tree()
    chain.remove("cache", "out")
    assert chain.build().ok
    assert tree == chain.tree()
