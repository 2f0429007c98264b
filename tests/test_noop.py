"""The answer "nothing to do": never wrong, and from nothing but the interpreter itself."""

from __future__ import annotations

import marshal
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from omnibuild import Workspace, noop
from omnibuild.adapters import promotion
from omnibuild.adapters.state import MEMORY, recall
from tests.play import omnibuild
from tests.workspaces import BILLER_BODY, CHAIN, REPOSITORY, Sandbox, workspace

FAST = '[workspace]\npackage = "acme"\n[build]\nmode = "fast"\n[gates]\nG7 = "off"\nG8 = "off"\n'
ANSWER = "4 nodes: 4 up-to-date\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """Return a workspace in which nothing is to be done; whoever changes it puts it in order again."""
    sandbox = workspace(tmp_path_factory.mktemp("noop"), {**CHAIN, "omnibuild.toml": FAST})
    settle(sandbox)
    return sandbox


@pytest.fixture
def settled(built: Sandbox) -> Iterator[Sandbox]:
    """Return a workspace in which nothing is to be done, to change."""
    yield built
    for file, text in {**CHAIN, "omnibuild.toml": FAST}.items():
        built.write(file, text)
    settle(built)


def settle(sandbox: Sandbox) -> None:
    shutil.rmtree(sandbox.out, ignore_errors=True)
    done = sandbox.command("build")
    assert (done.returncode, done.stderr) == (0, "")


def answer(sandbox: Sandbox) -> str | None:
    return noop.answer(["-C", str(sandbox.root), "build"])


def state_of(sandbox: Sandbox) -> Path:
    return sandbox.root / noop.DEFAULT_CACHE / noop.NAME


def test_the_second_build_has_nothing_to_do(built: Sandbox) -> None:
    assert answer(built) == ANSWER
    assert answer(Sandbox(built.root / "specs")) == ANSWER
    as_json = noop.answer(["-C", str(built.root), "check", "--json"])
    assert as_json is not None
    assert as_json == built.command("check", "--json", OMNIBUILD_CACHE_REMOTE="").stdout
    assert answer(built) is None  # what is known holds for that variable
    assert built.command("build").stdout == ANSWER


@pytest.mark.parametrize("words", [[], ["list"], ["build", "pricer"], ["build", "--mode", "strict"], ["check", "-h"]])
def test_any_other_command_is_for_the_whole_of_omnibuild(built: Sandbox, words: list[str]) -> None:
    assert noop.answer(["-C", str(built.root), *words]) is None


def test_nothing_is_imported_that_is_not_needed(built: Sandbox) -> None:
    code = "import sys; before = set(sys.modules); from omnibuild.__main__ import run; code = run(['build']);"
    code += "print(code, *sorted(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=built.root,
        env={"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{ANSWER}0 __future__ omnibuild omnibuild.__main__ omnibuild.noop\n"


def test_half_a_state_is_none(built: Sandbox, tmp_path: Path) -> None:
    data, half = state_of(built).read_bytes(), tmp_path / "state"
    half.write_bytes(data)
    assert noop.read(str(half)) is not None
    for size in reversed(range(len(data))):
        os.truncate(half, size)
        assert noop.read(str(half)) is None
    half.write_bytes(data + b"\0")
    assert noop.read(str(half)) is None


def test_a_damaged_state_is_none(built: Sandbox, tmp_path: Path) -> None:
    data = state_of(built).read_bytes()
    chance = random.Random(0)
    for position in (*range(40), *(chance.randrange(len(data)) for _ in range(2000))):
        damaged = bytearray(data)
        damaged[position] ^= 1 << chance.randrange(8)
        (tmp_path / "state").write_bytes(damaged)
        assert noop.read(str(tmp_path / "state")) is None


def test_a_damaged_memory_leads_to_the_whole_build(settled: Sandbox) -> None:
    settled.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    settings, memory = settled.open(None).settings, settled.root / "cache" / MEMORY
    assert answer(settled) is None
    assert noop.different is not None
    data, chance = memory.read_bytes(), random.Random(0)
    assert recall(settled.root, settings) is not None
    for position in (*range(40), *(chance.randrange(len(data)) for _ in range(500))):
        memory.write_bytes(data[:position])
        assert recall(settled.root, settings) is None
        damaged = bytearray(data)
        damaged[position] ^= 1 << chance.randrange(8)
        memory.write_bytes(damaged)
        assert recall(settled.root, settings) is None
    memory.unlink()
    assert recall(settled.root, settings) is None
    assert omnibuild(settled, "build").nodes("built") == {"pricer"}


def rewritten(sandbox: Sandbox, state: Any, version: int = noop.FORMAT) -> str | None:
    """Return the answer that stands in another state, whose checksum holds; the state is as before after it."""
    before = state_of(sandbox).read_bytes()
    data = marshal.dumps((version, state))
    state_of(sandbox).write_bytes(noop.checksum(data) + data)
    try:
        return answer(sandbox)
    finally:
        state_of(sandbox).write_bytes(before)


def test_a_state_of_another_shape_is_doubt(built: Sandbox) -> None:
    tag, checkout, modes, elsewhere, inside, text, json, memory = noop.read(str(state_of(built))) or ()
    (names, numbers, folders, times), *rest = inside
    own, outside, installed = elsewhere
    nothing = ("/", "", b"", "", b"")
    same = ("as before", "in colours")
    assert rewritten(built, (tag, checkout, modes, elsewhere, inside, same, json, memory)) == "as before"
    assert rewritten(built, (tag, checkout, modes, elsewhere, inside, text, json, memory), noop.FORMAT + 1) is None
    assert rewritten(built, ("another", checkout, modes, elsewhere, inside, text, json, memory)) is None
    other = (checkout[0], checkout[1] + 1)
    assert rewritten(built, (tag, other, modes, elsewhere, inside, text, json, memory)) is None
    for mode in (
        ("strict", *modes[1:]),
        (modes[0], "strict", modes[2]),
        (*modes[:2], ((b"OMNIBUILD_X", b""),)),
        (),
        None,
    ):
        assert rewritten(built, (tag, checkout, mode, elsewhere, inside, text, json, memory)) is None
    for wrong in ((), elsewhere[:2], (*elsewhere, nothing), (nothing, outside, installed), (own, outside, nothing), 7):
        assert rewritten(built, (tag, checkout, modes, wrong, inside, text, json, memory)) is None
    for place in (
        (noop.SETTINGS, numbers[:16], "", b""),
        (names, numbers, folders),
        (names, numbers[:-1], folders, times),
        (names, numbers[:-8], folders, times),
        (names, numbers, folders, times[:-8]),
        (7, numbers, folders, times),
        7,
    ):
        assert rewritten(built, (tag, checkout, modes, elsewhere, (place, *rest), text, json, memory)) is None
    for state in (None, 7, (), (tag, checkout, modes, elsewhere, inside, text)):
        assert rewritten(built, state) is None


def test_a_state_that_came_with_the_sources_is_doubt(built: Sandbox, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "copy", copy_function=shutil.copy2)
    for folder, _, _ in os.walk(built.root):
        shutil.copystat(folder, tmp_path / "copy" / Path(folder).relative_to(built.root))
    assert answer(Sandbox(tmp_path / "copy")) is None


def test_a_workspace_that_was_moved_is_what_it_was(built: Sandbox) -> None:
    moved = Sandbox(built.root.with_name("moved"))
    built.root.rename(moved.root)
    try:
        assert answer(moved) in (None, ANSWER)
        assert moved.command("build").stdout.endswith(ANSWER)
    finally:
        moved.root.rename(built.root)


def test_the_ledger_is_the_one_that_is_written() -> None:
    assert noop.LEDGER == promotion.LEDGER


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("specs/new.yaml", CHAIN["specs/pricer.yaml"].replace("node: pricer", "node: another")),
        ("specs/pricer.py", "def handle(): ..."),
        ("specs/biller.py", f"{BILLER_BODY}\n# more\n"),
        ("templates/node/readme.md.j2", "own\n"),
        ("out/src/stray.txt", ""),
        ("out/src/acme/nodes/deep/stray.txt", ""),
        ("omnibuild.toml", FAST.replace("G7", "G9")),
    ],
)
def test_every_change_is_found(settled: Sandbox, file: str, text: str) -> None:
    new = not (settled.root / file).exists()
    settled.write(file, text)
    try:
        assert answer(settled) is None
    finally:
        if new:
            settled.remove("templates" if file.startswith("templates") else file)


def test_an_edit_in_place_of_any_output_is_found(settled: Sandbox) -> None:
    for path in [it for it in settled.out.rglob("*") if it.is_file()]:
        before = path.stat()
        data = path.read_bytes()
        path.write_bytes(data[::-1])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert answer(settled) is None, path
        assert noop.different is not None
        assert noop.different[2:] == ([path.relative_to(settled.root).as_posix()], [])
        path.write_bytes(data)
        assert omnibuild(settled, "build").nodes("up-to-date")
        assert answer(settled) == ANSWER


def test_a_file_that_was_only_touched_is_looked_at(settled: Sandbox) -> None:
    os.utime(settled.root / "specs/pricer.yaml")
    assert answer(settled) is None
    assert settled.command("build").stdout.endswith(ANSWER)
    assert answer(settled) == ANSWER


def test_a_removed_folder_is_found(settled: Sandbox) -> None:
    settled.remove("out/src")
    assert answer(settled) is None


def test_names_with_line_ends_are_names(settled: Sandbox) -> None:
    settled.write("specs/a\nb.yaml", CHAIN["specs/pricer.yaml"].replace("node: pricer", "node: another"))
    try:
        for _ in range(3):
            done = settled.command("build")
            assert (done.returncode, done.stderr) == (0, "")
        assert answer(settled) == "5 nodes: 5 up-to-date\n"
    finally:
        settled.remove("specs/a\nb.yaml")


def test_settings_that_change_meanwhile_leave_no_answer(settled: Sandbox) -> None:
    space = Workspace.open(settled.root)
    settled.write("omnibuild.toml", FAST.replace("acme", "other"))
    report = space.check()
    assert report.ok
    space.remember(report, lambda _: (("text", "text"), "json"))
    assert answer(settled) is None


def said(sandbox: Sandbox, **environment: str) -> str | None:
    """Return the answer in a process with these variables, None if it is for the whole of omnibuild."""
    code = "import sys; from omnibuild.noop import answer; print(answer(['build']) or '', end='')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=sandbox.root,
        env={"PYTHONPATH": str(REPOSITORY), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout or None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OMNIBUILD_BUILD_MODE", "fast"),
        ("OMNIBUILD_GATES_G8", "block"),
        ("OMNIBUILD_ENV", ""),
        ("OMNIBUILD_WORKSPACE_OUT", "other"),
        ("OMNIBUILD_CACHE_REMOTE", ""),
        ("OMNIBUILD_ANYTHING", ""),
        ("OMNIBUILDX", ""),
    ],
)
def test_a_variable_that_was_not_set_before_is_doubt(built: Sandbox, name: str, value: str) -> None:
    assert said(built) == ANSWER
    assert said(built, **{name: value}) is None


def test_variables_that_change_no_answer_leave_it(built: Sandbox) -> None:
    assert said(built, **{it.decode(): "x" for it in noop.WITHOUT_EFFECT}) == ANSWER


def test_an_answer_holds_for_the_variables_that_it_was_found_with(settled: Sandbox) -> None:
    with_variable = {"OMNIBUILD_GATES_G12": "warn", "OMNIBUILD_BUILD_JOBS": "1"}
    assert settled.command("build", **with_variable).returncode == 0
    assert said(settled, **with_variable) == ANSWER
    assert said(settled) is None
    assert said(settled, OMNIBUILD_GATES_G12="warn") is None
    assert said(settled, OMNIBUILD_GATES_G12="block", OMNIBUILD_BUILD_JOBS="1") is None
    assert said(settled, **with_variable, OMNIBUILD_ENV="") is None
    assert said(settled, **with_variable, OMNIBUILD_CACHE_TOKEN="secret") == ANSWER


def test_a_secret_is_not_written_down(settled: Sandbox) -> None:
    secrets = {it.decode(): "only-whispered" for it in noop.WITHOUT_EFFECT if it != b"OMNIBUILD_USER_CACHE"}
    assert settled.command("build", OMNIBUILD_BUILD_JOBS="1", **secrets).returncode == 0
    assert said(settled, OMNIBUILD_BUILD_JOBS="1") == ANSWER
    for file in (settled.root / "cache").rglob("*"):
        assert not file.is_file() or b"only-whispered" not in file.read_bytes(), file


def test_a_gate_that_a_variable_turned_off_is_looked_at_again(settled: Sandbox) -> None:
    settled.write("omnibuild.toml", FAST.replace('G7 = "off"', 'G7 = "block"'))
    assert settled.command("build", OMNIBUILD_GATES_G7="off").returncode == 0
    assert settled.command("build", OMNIBUILD_GATES_G7="off").stdout.endswith(ANSWER)
    done = settled.command("build")
    assert (done.returncode, "G7" in done.stdout) == (1, True)
