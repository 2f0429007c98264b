"""omnibuild as a process: exit codes, pipes, colours, what is loaded, what happens when it fails."""

from __future__ import annotations

import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from omnibuild.__main__ import run
from tests.cli.conftest import BROKEN, COMMAND, Space


def on_terminal(space: Space, *arguments: str, **environment: str) -> str:
    """Return what a terminal would get."""
    main, terminal = pty.openpty()
    started = subprocess.Popen(
        [*COMMAND, "-C", str(space.root), *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **environment},
    )
    os.close(terminal)
    data = b""
    try:
        while chunk := os.read(main, 65536):
            data += chunk
    except OSError:  # how Linux says that the other end is closed
        assert started.wait() in (0, 1, 2)
    finally:
        os.close(main)
    return data.decode()


def test_exit_codes_and_streams(space: Space) -> None:
    built = space.process("build", "--json")
    assert (built.code, built.err) == (0, "")
    assert built.json["status"] == "ok"
    space.write("specs/broken.yaml", BROKEN)
    assert space.process("build").code == 1
    wrong = space.process("build", "--bogus")
    assert wrong.code == 2
    assert wrong.out == ""
    assert space.process("--version").out.startswith("omnibuild ")


def test_a_pipe_gets_no_colours_and_pays_for_no_bar(space: Space) -> None:
    space.write("specs/broken.yaml", BROKEN)
    code = (
        "import sys; from omnibuild.__main__ import run; code = run(sys.argv[1:]); "
        "print([it for it in ('rich', 'jsonschema') if it in sys.modules], code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "-C", str(space.root), "build"], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "[] 1"
    assert "\x1b" not in done.stdout + done.stderr


def test_a_verb_loads_no_other_verb(space: Space) -> None:
    code = "import sys; from omnibuild.__main__ import run; run(sys.argv[1:]); print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code, "-C", str(space.root), "schema", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = done.stdout.splitlines()[-1].split()
    assert "omnibuild.cli.schema" in loaded
    heavy = ("omnibuild.cli.build", "omnibuild.build", "pydantic", "jinja2", "networkx", "yaml", "rich")
    assert not set(heavy) & set(loaded)


def test_a_terminal_gets_a_bar_that_goes_away_and_colours(space: Space) -> None:
    space.write("specs/broken.yaml", BROKEN)
    text = on_terminal(space, "build")
    assert "\x1b[?25l" in text  # the bar hides the cursor, and shows it again
    assert "\x1b[?25h" in text
    assert "\x1b[31m" in text
    assert "failed    broken" not in text


@pytest.mark.parametrize("how", ["option", "variable", "dumb"])
def test_colours_can_be_refused(how: str, space: Space) -> None:
    space.write("specs/broken.yaml", BROKEN)
    options = ["--no-color"] if how == "option" else []
    variables = {"variable": {"NO_COLOR": "1"}, "dumb": {"TERM": "dumb"}}.get(how, {})
    text = on_terminal(space, "list", "nosuch", *options, **variables)
    assert "error[selector]" in text
    assert "\x1b[31m" not in text


def test_who_stops_reading_is_not_bothered(space: Space) -> None:
    started = subprocess.Popen(
        [*COMMAND, "-C", str(space.root), "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert started.stdout
    assert started.stderr
    started.stdout.close()
    assert started.stderr.read() == b""
    started.stderr.close()
    assert started.wait() == 141


def test_an_interrupt_ends_with_130(space: Space) -> None:
    pipe = space.root / "input.json"
    os.mkfifo(pipe)
    started = subprocess.Popen(
        [*COMMAND, "-C", str(space.root), "run", "pricer", "--input", str(pipe)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Where the tests run in the background, interrupts are ignored, and children inherit that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads run here
    )
    writer = opened_by_a_reader(pipe)
    until_it_sleeps(started.pid)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=60)
    os.close(writer)
    assert started.returncode == 130
    assert out == b""
    assert b"Traceback" not in err


def opened_by_a_reader(pipe: Path) -> int:
    """Wait until a process reads the pipe, and return its other end."""
    for _ in range(600):
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads it yet
            time.sleep(0.05)
    raise AssertionError("nobody reads the pipe")


def until_it_sleeps(process: int) -> None:
    """Wait until a process does nothing, as one that reads an empty pipe.

    Between opening and reading Python imports a codec, and an interrupt in one of the import system's
    weak references' callbacks is printed and forgotten.
    """
    stat = Path(f"/proc/{process}/stat")
    for _ in range(600):
        if stat.read_text().rpartition(")")[2].split()[0] == "S":
            return
        time.sleep(0.05)
    raise AssertionError("the process never waits")


def test_an_error_of_omnibuilds_own_makes_a_report(
    space: Space, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero, of all things")

    monkeypatch.setattr("omnibuild.workspace.Workspace.build", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(["-C", str(space.root), "build", "--json"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "ZeroDivisionError: by zero, of all things" in said.err
    file = next(tmp_path.glob("omnibuild-error-*.txt"))
    assert str(file) in said.err
    text = file.read_text()
    assert text.startswith("omnibuild ")
    for part in ("python 3.", "platform ", "command omnibuild -C", "Traceback", "ZeroDivisionError"):
        assert part in text


def test_the_shell_is_offered_verbs_and_nodes(space: Space) -> None:
    def offered(words: str) -> list[str]:
        position = str(words.count(" ") + 1)
        asked = {"_OMNIBUILD_COMPLETE": "bash_complete", "COMP_WORDS": f"omnibuild {words}", "COMP_CWORD": position}
        answer = space.process(**asked)
        return [line.partition(",")[2] for line in answer.out.splitlines() if line]

    assert offered("bu") == ["build"]
    assert offered(f"-C {space.root} explain pr") == ["pricer"]
    assert offered(f"-C {space.root} build kind:") == ["kind:compute"]
    assert offered(f"-C {space.root} build +m") == ["+money"]
    assert offered("-C /tmp explain x") == []


@pytest.mark.parametrize("words", [["build"], ["build", "pricer"], ["list"], ["build", "--json"]])
def test_every_answer_ends_alike_where_nobody_takes_it(space: Space, words: list[str]) -> None:
    assert space.process("build").code == 0

    def code(end: str) -> int:
        command = shlex.join([*COMMAND, "-C", str(space.root), *words])
        return subprocess.run(["bash", "-c", f"{command} {end}"], stderr=subprocess.PIPE, check=False).returncode

    assert code(">&-") == 0
    assert code(">&- 2>&- <&-") == 0
    assert code(">/dev/full") == 1
    assert code("| true; exit ${PIPESTATUS[0]}") == 141


STAGE = """
import sys
from pathlib import Path
from omnibuild.__main__ import run
from omnibuild.adapters.stage import StageFolder
from omnibuild.cli import app

def start(arguments):
    stage = StageFolder(Path(arguments[0]))
    text = f"import os, time\\nopen({arguments[1]!r}, 'w').write(str(os.getpid()))\\ntime.sleep(99)"
    stage.lay({"src/acme/__init__.py": text})
    with stage.checking_types(["src/acme/__init__.py"] if arguments[2] == "mypy" else ()) as findings:
        findings()
        stage.try_out({"acme": []}, (), ())

app.start = start
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks for child processes in /proc")
@pytest.mark.parametrize("child", ["trial", "mypy"])
def test_a_request_to_end_ends_the_children(tmp_path: Path, child: str) -> None:
    told = tmp_path / "pid"

    def running() -> list[str]:
        if child == "trial":
            text = told.read_text() if told.exists() else ""
            return [text] if text and Path(f"/proc/{text}").exists() else []
        return [it.name for it in Path("/proc").glob("[0-9]*") if leads_to(it / "cwd", tmp_path / "stage")]

    started = subprocess.Popen([sys.executable, "-c", STAGE, str(tmp_path), str(told), child], stderr=subprocess.PIPE)
    while not running():
        assert started.poll() is None
        time.sleep(0.01)
    started.terminate()
    _, err = started.communicate(timeout=20)
    assert (started.returncode, err) == (130, b"")
    assert running() == []


def leads_to(link: Path, folder: Path) -> bool:
    try:
        return link.readlink() == folder
    except OSError:  # the process has ended, or is another user's
        return False
