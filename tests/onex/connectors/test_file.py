"""file: texts below one folder, written at once, and no way out of it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.onex.effects import Effect, generate, problems

KEEPER = """\
node: keeper
kind: effect
description: Write a text, and read what was there.
env: {FOLDER: {required: true}}
input: {path: str, text: str}
output: {text: str}
operations:
  - file: {in: env.FOLDER, write: path, text: text}
  - file: {in: env.FOLDER, read: path}
    as: found
logic: {text: found}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "folder"
    place.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setenv("FOLDER", str(place))
    return place


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Effect:
    return generate(tmp_path / "workspace", monkeypatch, KEEPER)


def files(folder: Path) -> dict[str, bytes]:
    return {it.relative_to(folder).as_posix(): it.read_bytes() for it in folder.rglob("*") if it.is_file()}


def test_a_text_is_written_and_read_as_it_is(keeper: Effect, folder: Path) -> None:
    assert keeper.run(path="a/b/c.txt", text="one\r\ntwo\nthrée").text == "one\r\ntwo\nthrée"
    assert keeper.run(path="a/b/c.txt", text="").text == ""
    assert files(folder) == {"a/b/c.txt": b""}


@pytest.mark.parametrize(
    "path", ["../secret.txt", "a/../../secret.txt", "/etc/hostname", "", ".", "..", "link/x", "to"]
)
def test_a_path_cannot_leave_the_folder(keeper: Effect, folder: Path, tmp_path: Path, path: str) -> None:
    (folder / "link").symlink_to(tmp_path)
    (folder / "to").symlink_to(tmp_path / "secret.txt")
    error = keeper.fails(path=path, text="mine")
    assert error.operation == "file_1"
    assert isinstance(error.__cause__, PermissionError)
    assert (tmp_path / "secret.txt").read_text() == "secret"
    assert not (tmp_path / "x").exists()


def test_a_link_inside_the_folder_is_followed(keeper: Effect, folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "link").symlink_to(folder / "real")
    assert keeper.run(path="link/a.txt", text="x").text == "x"
    assert files(folder)["real/a.txt"] == b"x"


def test_a_text_is_there_as_a_whole_or_not_at_all(keeper: Effect, folder: Path) -> None:
    """Readers that look all the time see one of the texts; what cannot be written leaves nothing behind."""
    texts = {letter: letter * 500_000 for letter in "ab"}
    module = keeper.module("files")
    asyncio.run(module.write_text(folder, "x.txt", texts["a"]))
    seen: set[str] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.add((folder / "x.txt").read_text())

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(20):
        for text in texts.values():
            asyncio.run(module.write_text(folder, "x.txt", text))
    done.set()
    reader.join()
    assert seen <= set(texts.values())
    with pytest.raises(UnicodeEncodeError):
        asyncio.run(module.write_text(folder, "x.txt", "\ud800"))
    assert files(folder) == {"x.txt": texts["b"].encode()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(path=st.text("./ab\\~\0", max_size=12))
def test_no_path_leads_out(keeper: Effect, folder: Path, path: str) -> None:
    module = keeper.module("files")
    try:
        asyncio.run(module.write_text(folder, path, "mine"))
    except (OSError, ValueError):
        pass_by = True
    else:
        pass_by = False
    assert {it.name for it in folder.parent.iterdir()} == {"folder", "secret.txt", "workspace"}
    assert pass_by or files(folder)


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("write: path, text: text", "write: path", "{in:", "`text` goes with `write`"),
        ("read: path", "read: path, text: text", "text:", "`text` goes with `write`"),
        ("read: path", "read: path, write: path", "{in:", "a file is either read or written"),
        (", read: path", "", "{in:", "what is to be done with the file?"),
        (
            "in: env.FOLDER, r",
            "in: path, r",
            "path,",
            "the folder of a file is the same for every request, and `path` is not",
        ),
        ("in: env.FOLDER, read", "in: env.FOLDRE, read", "FOLDRE,", "`env` has no `FOLDRE`"),
        ("text: text}", "text: 3}", "3}", "this gives int, but str is needed"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    assert old in KEEPER
    found = problems(tmp_path, KEEPER.replace(old, new, 1))
    assert (at, message) in [it[:2] for it in found]
