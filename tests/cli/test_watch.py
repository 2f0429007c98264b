"""omnibuild watch: what is told after each change, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from omnibuild.adapters.lock import locked
from tests.cli.conftest import BROKEN, COMMAND, Space, omnibuild

_LONG = 60.0
"""How many seconds an answer may take on a machine that has much to do."""
_QUIET = 1.5
"""After how many seconds without an answer there is none."""


class Watching:
    """A watch at work, that prints JSON."""

    def __init__(self, started: subprocess.Popen[bytes]) -> None:
        self.process = started
        assert started.stdout
        self._file = started.stdout.fileno()
        self._data = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._file, selectors.EVENT_READ)

    def says(self) -> Any:
        """Return the next answer."""
        line = self.line(_LONG)
        assert line, "the watch says nothing"
        return json.loads(line)

    def is_quiet(self) -> bool:
        """Return whether no answer comes."""
        return not self.line(_QUIET)

    def line(self, seconds: float) -> bytes:
        end = time.monotonic() + seconds
        while b"\n" not in self._data and self._selector.select(max(0.0, end - time.monotonic())):
            more = os.read(self._file, 65536)
            assert more, "the watch has ended"
            self._data += more
        line, newline, rest = self._data.partition(b"\n")
        self._data = rest if newline else self._data
        return line if newline else b""


type Watch = Callable[..., Watching]


@contextmanager
def watching(space: Space, *arguments: str) -> Iterator[Watching]:
    started = subprocess.Popen(
        [*COMMAND, "-C", str(space.root), "watch", "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Where the tests run in the background, interrupts are ignored, and children inherit that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads run here
    )
    try:
        yield Watching(started)
    finally:
        started.send_signal(signal.SIGINT)
        _, err = started.communicate(timeout=20)
    assert (started.returncode, err.strip()) == (130, b"")


def counts(answer: Any) -> dict[str, int]:
    return {name: number for name, number in answer["nodes"].items() if number and name != "total"}


def edit(space: Space, file: str, old: str, new: str) -> None:
    text = (space.root / file).read_text()
    assert old in text
    space.write(file, text.replace(old, new))


def in_step(space: Space) -> bool:
    return space("check").code == 0


def test_each_change_is_built_and_what_is_wrong_is_told_while_it_is(space: Space) -> None:
    with watching(space) as watch:
        first = watch.says()
        assert (first["changed"], counts(first)) == ([], {"built": 2})
        edit(space, "specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
        second = watch.says()
        assert (second["changed"], counts(second)) == (["specs/pricer.yaml"], {"built": 1, "up_to_date": 1})
        edit(space, "specs/pricer.yaml", "piece.value *", "piece.valeu *")
        wrong = watch.says()
        assert [(it["file"], it["code"]) for it in wrong["problems"]] == [("specs/pricer.yaml", "expression")]
        edit(space, "specs/pricer.yaml", "piece.valeu *", "piece.value * 1 *")
        mended = watch.says()
        assert (mended["problems"], counts(mended)) == ([], {"built": 1, "up_to_date": 1})
    assert in_step(space)


def test_what_editors_leave_beside_a_file_is_no_change(space: Space) -> None:
    with watching(space) as watch:
        watch.says()
        for name in (".pricer.yaml.swp", "4913", "pricer.yaml~", "#pricer.yaml#", ".#pricer.yaml", "sedX1Y2Z3"):
            space.write(f"specs/{name}", "none of your business")
        space.write("notes.txt", "neither is this")
        assert watch.is_quiet()
        # An editor that writes another file and gives it the name changes it.
        text = (space.root / "specs/pricer.yaml").read_text().replace("quantity * piece", "1 * quantity * piece")
        space.write("specs/pricer.yaml.new", text).replace(space.root / "specs/pricer.yaml")
        assert counts(watch.says()) == {"built": 1, "up_to_date": 1}


def test_folders_of_specs_come_and_go(space: Space) -> None:
    with watching(space) as watch:
        watch.says()
        (space.root / "specs/more/deep").mkdir(parents=True)
        time.sleep(0.3)
        other = (space.root / "specs/pricer.yaml").read_text().replace("node: pricer", "node: other")
        space.write("specs/more/deep/other.yaml", other)
        while not counts(answer := watch.says()).get("built"):
            assert answer["problems"] == []
        assert set(answer["outcomes"]) == {"money", "other", "pricer"}
        edit(space, "specs/more/deep/other.yaml", "quantity * piece", "1 * quantity * piece")
        while (answer := watch.says())["outcomes"]["other"]["outcome"] != "built":
            assert answer["status"] == "ok"
        shutil.rmtree(space.root / "specs/more")
        while "other" in (answer := watch.says())["outcomes"]:
            assert answer["status"] == "ok"
        (space.root / "specs").rename(space.root / "away")
        while (answer := watch.says())["outcomes"]:
            assert answer["status"] == "ok"
        (space.root / "away").rename(space.root / "specs")
        while counts(answer := watch.says()) != {"restored": 2}:
            assert answer["status"] == "ok"
        edit(space, "specs/pricer.yaml", "quantity * piece", "2 * quantity * piece")
        assert counts(watch.says()) == {"built": 1, "up_to_date": 1}


def test_the_settings_may_change(space: Space) -> None:
    with watching(space) as watch:
        watch.says()
        edit(space, "omnibuild.toml", "[build]", "[biuld]")
        refused = watch.says()
        assert (refused["status"], refused["changed"]) == ("failed", ["omnibuild.toml"])
        (space.root / "specs").rename(space.root / "sources")
        edit(space, "omnibuild.toml", "[biuld]", "[build]")
        edit(space, "omnibuild.toml", 'package = "acme"', 'package = "shop"\nspecs = "sources"')
        while watch.says()["nodes"]["built"] != 2:
            pass
        edit(space, "sources/pricer.yaml", "quantity * piece", "1 * quantity * piece")
        assert counts(watch.says()) == {"built": 1, "up_to_date": 1}
    assert (space.root / "out/src/shop").is_dir()
    assert not (space.root / "out/src/acme").exists()


def test_an_edit_in_out_is_told_until_it_is_taken_away(space: Space) -> None:
    with watching(space) as watch:
        watch.says()
        handler = space.root / "out/src/acme/nodes/node_pricer_compute/handlers/handler_pricer.py"
        handler.write_text(handler.read_text().replace("quantity *", "quantity +"))
        told = watch.says()
        assert [it["code"] for it in told["problems"]] == ["edited"]
        # Another omnibuild makes it right: its own files are no edits, but here is something to be taken back.
        assert omnibuild("-C", str(space.root), "build", "--overwrite").code == 0
        while (answer := watch.says())["problems"]:
            pass
        assert counts(answer) == {"up_to_date": 2}
        assert watch.is_quiet()


def test_another_build_is_waited_for(space: Space) -> None:
    with watching(space) as watch:
        watch.says()
        with locked(space.root / "cache", lambda: None):
            edit(space, "specs/pricer.yaml", "quantity * piece", "1 * quantity * piece")
            assert watch.is_quiet()
        assert counts(watch.says()) == {"built": 1, "up_to_date": 1}


def test_existing_code_that_specs_refer_to_is_watched(space: Space) -> None:
    code = "from pydantic import BaseModel\n\n\nclass Rate(BaseModel, frozen=True):\n"
    space.write("legacy/__init__.py", "")
    space.write("legacy/rates.py", f"{code}    value: int\n")
    space.write("legacy/other.py", "")
    edit(space, "specs/money.yaml", "models:", 'models:\n  Rate: "legacy.rates:Rate"')
    with watching(space) as watch:
        assert watch.says()["status"] == "ok"
        space.write("legacy/other.py", "A = 1\n")
        assert watch.is_quiet()
        edit(space, "legacy/rates.py", "class Rate", "class Other")
        told = watch.says()
        assert (told["status"], told["changed"]) == ("failed", ["legacy/rates.py"])
        edit(space, "legacy/rates.py", "class Other", "class Rate")
        assert watch.says()["status"] == "ok"


def test_the_tests_of_what_was_built_run_until_they_pass(space: Space) -> None:
    with watching(space, "--test") as watch:
        first = watch.says()
        assert first["tests"] == {"nodes": ["pricer"], "failed": []}
        edit(space, "specs/pricer.yaml", 'total: "3.00"', 'total: "4.00"')
        assert watch.says()["tests"] == {"nodes": ["pricer"], "failed": ["pricer"]}
        space.write("specs/other.yaml", (space.root / "specs/money.yaml").read_text().replace("money", "other"))
        assert watch.says()["tests"] == {"nodes": ["pricer"], "failed": ["pricer"]}
        edit(space, "specs/pricer.yaml", 'total: "4.00"', 'total: "3.00"')
        assert watch.says()["tests"] == {"nodes": ["pricer"], "failed": []}
    assert in_step(space)


def test_an_interrupt_in_a_build_leaves_nothing_half_done(space: Space) -> None:
    before = space("build")
    assert before.code == 0
    files = {it: it.read_bytes() for it in (space.root / "out").rglob("*") if it.is_file()}
    edit(space, "specs/pricer.yaml", "quantity * piece", "1 * quantity * piece")
    with locked(space.root / "cache", lambda: None), watching(space) as watch:
        assert watch.is_quiet()
    assert {it: it.read_bytes() for it in (space.root / "out").rglob("*") if it.is_file()} == files
    assert space("build").code == 0
    assert in_step(space)


def test_only_a_workspace_can_be_watched(space: Space) -> None:
    (space.root / "omnibuild.toml").unlink()
    assert space.process("watch").code == 2
    refused = space.process("watch", "--json")
    assert (refused.code, refused.json["problems"][0]["code"]) == (2, "workspace")


def test_a_workspace_that_goes_away_ends_it(space: Space) -> None:
    started = subprocess.Popen(
        [*COMMAND, "-C", str(space.root), "watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert started.stdout
    while b"watching" not in started.stdout.readline():
        pass
    space.root.rename(space.root.with_name("away"))
    _, err = started.communicate(timeout=_LONG)
    assert started.returncode == 2
    assert b"has gone" in err


def test_nobody_who_reads_ends_it(space: Space) -> None:
    started = subprocess.Popen(
        [*COMMAND, "-C", str(space.root), "watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert started.stdout
    assert started.stdout.readline()
    started.stdout.close()
    assert started.wait(timeout=_LONG) == 141


@pytest.mark.parametrize("selector", ["money", "kind:compute"])
def test_a_part_of_the_workspace_can_be_watched(space: Space, selector: str) -> None:
    with watching(space, selector) as watch:
        names = {"money"} if selector == "money" else {"money", "pricer"}
        assert set(watch.says()["outcomes"]) == names
        edit(space, "specs/money.yaml", "How much of it.", "How much there is of it.")
        assert watch.says()["outcomes"]["money"]["outcome"] == "built"


@contextmanager
def on_terminal(space: Space, *options: str) -> Iterator[Callable[[], str]]:
    """Start a watch on a terminal; what is given returns what its screen shows when it waits."""
    main, terminal = pty.openpty()
    started = subprocess.Popen(
        [*COMMAND, *options, "-C", str(space.root), "watch"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads run here
    )
    os.close(terminal)

    def screen() -> str:
        data = b""
        while b"watching; Ctrl-C ends it" not in data:
            data += os.read(main, 65536)
        return data.decode().rpartition("\x1b[2J\x1b[H")[2]

    try:
        yield screen
    finally:
        started.send_signal(signal.SIGINT)
        code = started.wait(timeout=20)
        os.close(main)
    assert code == 130


def test_a_terminal_shows_what_is_wrong_now(space: Space) -> None:
    with on_terminal(space) as screen:
        assert "2 nodes: 2 built" in screen()
        broken = space.write("specs/broken.yaml", BROKEN)
        assert "did you mean `input`?" in screen()
        broken.unlink()
        shown = screen()
        assert "2 nodes: 2 up-to-date" in shown
        assert "error" not in shown


@pytest.mark.parametrize(("options", "has_colors"), [((), True), (("--no-color",), False)])
def test_the_quick_answer_has_colours_unless_they_are_refused(
    space: Space, options: tuple[str, ...], has_colors: bool
) -> None:
    edit(space, "specs/pricer.yaml", "policy:", "# policy:")
    space("build")
    with on_terminal(space, *options) as screen:
        shown = screen()
    assert "1 warning" in shown
    assert ("\x1b[33m" in shown) is has_colors
