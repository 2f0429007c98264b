from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from omnibuild.adapters.tool_run import Said, running


def test_what_a_tool_says_is_kept_until_it_is_asked_for(tmp_path: Path) -> None:
    script = "import os, sys; print(os.getcwd(), os.environ['A'], 'é' * 100_000); print('no', file=sys.stderr); exit(3)"
    environment = {"A": "b", "PYTHONUTF8": "1"}

    with running([sys.executable, "-c", script], tmp_path, environment) as said:
        assert said() == Said(3, f"{tmp_path} b {'é' * 100_000}\n", "no\n")
        assert said() == said()


def test_who_leaves_ends_the_tool(tmp_path: Path) -> None:
    script = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(99)"

    with running([sys.executable, "-c", script], tmp_path, os.environ):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_tool_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), running([str(tmp_path / "none")], tmp_path, {}):
        pass
