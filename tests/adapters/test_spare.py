"""Processes that are prepared for one piece of work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from omnibuild.adapters.spare import Spare

WORK = """
import os
import sys
import time

prepared = time.time_ns()


def answer(work):
    return {"sum": sum(work["numbers"]), "prepared": prepared, "now": time.time_ns(), "process": os.getpid()}


def wait(work):
    open(work["file"], "w").write("here")
    try:
        time.sleep(99)
    finally:
        open(work["file"], "w").write("in order")


def crash(work):
    sys.exit(7)
"""


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "prepared_work.py").write_text(WORK)
    monkeypatch.syspath_prepend(folder)
    return folder


def until(file: Path, text: str) -> None:
    end = time.monotonic() + 30
    while not (file.exists() and file.read_text() == text):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_work_is_done_once_in_a_process_of_its_own(code: Path) -> None:
    spare = Spare("prepared_work:answer")
    time.sleep(1.0)
    before = time.time_ns()
    answer = spare.do({"numbers": [1, 2, 3]})
    assert answer
    assert answer["sum"] == 6
    assert answer["process"] != os.getpid()
    assert int(str(answer["prepared"])) < before < int(str(answer["now"]))


def test_code_that_changed_since_is_not_run(code: Path) -> None:
    spare = Spare("prepared_work:answer")
    time.sleep(1.0)
    (code / "installed_meanwhile.py").write_text("")
    assert spare.do({"numbers": [1]}) is None
    assert Spare("prepared_work:answer").do({"numbers": [1]})


def test_who_ends_without_an_answer_leaves_the_exit_code(code: Path) -> None:
    assert Spare("prepared_work:crash").do({}) == {"code": 7}
    assert Spare("prepared_work:nothing").do({}) == {"code": 1}


def test_an_interrupt_is_handed_on_and_waited_for(code: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    spare = Spare("prepared_work:wait")

    def interrupt() -> None:
        until(told, "here")
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            spare.do({"file": str(told)})
    finally:
        signal.signal(signal.SIGINT, before)
    assert told.read_text() == "in order"


def test_nobody_is_left_behind(code: Path, tmp_path: Path) -> None:
    idle = Spare("prepared_work:answer")
    idle.dismiss()
    text = f"import sys; sys.path[:] = {sys.path!r}; from omnibuild.adapters.spare import Spare; "
    started = subprocess.run(
        [sys.executable, "-c", f"{text} print(Spare('prepared_work:answer')._process.pid)"],
        capture_output=True,
        text=True,
        check=True,
    )
    process, end = Path(f"/proc/{started.stdout.strip()}"), time.monotonic() + 30
    while process.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    assert started.stderr == ""
