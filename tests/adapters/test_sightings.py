from __future__ import annotations

import array
import os
from pathlib import Path

import pytest

from omnibuild import noop
from omnibuild.adapters.sightings import Sightings, known
from tests.workspaces import REPOSITORY

HERE = noop.checkout_tag(str(REPOSITORY))


def packed(*numbers: int) -> bytes:
    return array.array("q", numbers).tobytes()


def test_files_are_named_by_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w/a").write_text("12")
    (tmp_path / "b").write_text("1")
    seen = Sightings(tmp_path / "w")

    assert seen.file(tmp_path / "w/a") == ((tmp_path / "w/a").stat().st_mtime_ns, 2)
    assert seen.file(f"{tmp_path}/b") is not None
    assert seen.file(tmp_path / "w") is None
    assert seen.file(tmp_path / "gone") is None
    assert seen.file("\0") is None
    assert set(seen.files) == {"a", f"{tmp_path}/b"}
    assert seen.saw(f"{tmp_path}/w/a")
    seen.forget(f"{tmp_path}/w/a")
    assert not seen.saw(f"{tmp_path}/w/a")


def test_a_folder_that_is_not_there_is_absent(tmp_path: Path) -> None:
    seen = Sightings(tmp_path)
    (tmp_path / "a").mkdir()
    seen.folder(tmp_path / "a")
    seen.folder(tmp_path / "b/c")
    assert seen.folders == {"a": (tmp_path / "a").stat().st_mtime_ns, "b/c": noop.ABSENT}


def test_known_is_what_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").symlink_to("a")
    first = Sightings(tmp_path)
    first.file(tmp_path / "a")
    first.file(tmp_path / "b")
    second = Sightings(tmp_path, first.files)

    assert second.is_known(f"{tmp_path}/a")
    assert second.saw(f"{tmp_path}/a")
    assert not second.is_known(f"{tmp_path}/b")  # a link
    assert not second.is_known(f"{tmp_path}/c")
    os.utime(tmp_path / "a", ns=(1, 1))
    assert not second.is_known(f"{tmp_path}/a")
    (tmp_path / "a").unlink()
    assert not second.is_known(f"{tmp_path}/a")


def test_the_known_files_are_those_of_the_workspace() -> None:
    inside = (("a\0b\nc", packed(1, 2, 3, 4), "", b""), ("e", packed(7, 8), "", b""))
    other = ("/", "d", packed(5, 6), "", b"")
    state = ("tag", HERE, (), (other,), inside, "", "", b"")
    assert known(state, REPOSITORY) == {"a": (1, 2), "b\nc": (3, 4), "e": (7, 8)}


@pytest.mark.parametrize(
    "state",
    [
        None,
        (),
        ("tag",),
        ("tag", HERE, (), (), None, ""),
        ("tag", HERE, (), (), (7,), ""),
        ("tag", HERE, (), (), (("a", b"", ""),), ""),
        ("tag", HERE, (), (), (("a", b"123", "", b""),), ""),
        ("tag", HERE, (), (), (("a\0b", packed(1, 2), "", b""),), ""),
        ("tag", HERE, (), (), (("a", packed(1, 2, 3), "", b""),), ""),
        ("tag", HERE, (), (), ((7, packed(1, 2), "", b""),), ""),
    ],
)
def test_a_state_of_another_shape_knows_nothing(state: tuple[object, ...] | None) -> None:
    assert known(state, REPOSITORY) == {}
    assert known(state, REPOSITORY / "gone") == {}
