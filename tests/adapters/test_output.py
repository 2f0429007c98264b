from __future__ import annotations

import ctypes
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibuild.adapters import promotion
from omnibuild.adapters.output import OutputFolder
from omnibuild.adapters.sightings import Sightings
from omnibuild.core.ports import Output
from omnibuild.core.values import digest

type Files = dict[str, str]


def output_in(root: Path) -> OutputFolder:
    return OutputFolder(root, root.parent / "aside")


def tree(root: Path) -> Files:
    files = (it for it in root.rglob("*") if it.is_file() and it.name != promotion.LEDGER)
    return {it.relative_to(root).as_posix(): it.read_text() for it in files}


def ledger_of(files: Files) -> Files:
    return {path: digest(text) for path, text in files.items()}


def promote(output: Output, new: Files) -> None:
    output.promote(new, set(output.ledger()) - set(new), ledger_of(new))


def _prefix_free(files: Files) -> bool:
    return not any(other.startswith(f"{path}/") for path in files for other in files)


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
TREES = st.dictionaries(PATHS, st.sampled_from(["", "one\n", "zwei ä\n"]), max_size=6).filter(_prefix_free)


@given(st.lists(TREES, min_size=1, max_size=4))
@settings(deadline=None)
def test_after_each_promotion_tree_and_ledger_agree(
    tmp_path_factory: pytest.TempPathFactory, trees: list[Files]
) -> None:
    root = tmp_path_factory.mktemp("w") / "out"
    output = output_in(root)
    for files in trees:
        promote(output, files)

        assert tree(root) == files
        assert output.ledger() == output.digests(files) == ledger_of(files)
        assert output.strays(files) == []
        assert not any(it.is_dir() and not any(it.iterdir()) for it in root.rglob("*"))
    shutil.rmtree(root)


@given(TREES, TREES, st.integers(0, 20))
@settings(deadline=None)
def test_a_build_killed_anywhere_leaves_only_files_known_to_be_our_own(
    tmp_path_factory: pytest.TempPathFactory, old: Files, new: Files, steps: int
) -> None:
    root = tmp_path_factory.mktemp("w") / "out"
    output = output_in(root)
    promote(output, old)

    with pytest.MonkeyPatch.context() as patch:
        left = [steps]

        def dying[**P, R](step: object) -> object:
            def call(*arguments: object, **options: object) -> object:
                left[0] -= 1
                if left[0] < 0:
                    raise KeyboardInterrupt
                assert callable(step)
                return step(*arguments, **options)

            return call

        for name in ("replace", "unlink", "mkdir"):
            patch.setattr(Path, name, dying(getattr(Path, name)))
        try:
            promote(output, new)
        except KeyboardInterrupt:
            left[0] = 0

    after = output.ledger()
    assert output.digests(after) == after
    assert output.strays(after) == []
    promote(output, new)
    assert tree(root) == new
    assert output.ledger() == ledger_of(new)
    assert not (root / promotion.JOURNAL).exists()
    assert not (root / promotion.STAGED).exists()
    shutil.rmtree(root.parent)


def test_the_ledger_is_the_same_text_for_the_same_tree(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    promote(output_in(first), {"b": "B", "a/c": "C"})
    promote(output_in(second), {"x": "X"})
    promote(output_in(second), {"a/c": "C", "b": "B"})

    text = (first / promotion.LEDGER).read_text()
    assert text == (second / promotion.LEDGER).read_text()
    assert json.loads(text) == {"version": 1, "files": {"a/c": digest("C"), "b": digest("B")}}
    assert text.endswith("}\n")
    assert sum('"b"' in line or '"a/c"' in line for line in text.splitlines()) == 2


def test_files_that_are_right_are_not_touched(tmp_path: Path) -> None:
    output = output_in(tmp_path)
    promote(output, {"a": "A", "b": "B"})
    for name in ("a", "b", promotion.LEDGER):
        os.utime(tmp_path / name, (1, 1))

    promote(output, {"a": "A", "b": "B"})
    assert {(tmp_path / it).stat().st_mtime for it in ("a", "b", promotion.LEDGER)} == {1}

    promote(output, {"a": "A", "b": "changed"})
    assert (tmp_path / "a").stat().st_mtime == 1
    assert (tmp_path / "b").stat().st_mtime > 1


def test_modes_respect_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        promote(output_in(tmp_path), {"a": "A"})
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_folders_with_nothing_but_byte_code_go(tmp_path: Path) -> None:
    output = output_in(tmp_path / "out")
    promote(output, {"src/acme/a.py": "", "b": ""})
    (tmp_path / "out/src/acme/__pycache__").mkdir()
    (tmp_path / "out/src/acme/__pycache__/a.cpython-312.pyc").write_bytes(b"")

    promote(output, {"b": ""})
    assert not (tmp_path / "out/src").exists()

    promote(output, {})
    assert (tmp_path / "out").is_dir()


def test_a_link_is_replaced_and_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    output = output_in(tmp_path / "out")
    promote(output, {"a": "A"})
    (tmp_path / "out/a").unlink()
    (tmp_path / "out/a").symlink_to(tmp_path / "precious")

    assert output.digests(["a"])["a"] not in (digest("A"), digest("precious"))
    promote(output, {"a": "A"})

    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "out/a").is_symlink()
    assert (tmp_path / "out/a").read_text() == "A"


@pytest.mark.parametrize("write", [True, False])
def test_a_folder_that_is_a_link_out_of_the_tree_is_refused(tmp_path: Path, write: bool) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a").write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/linked").symlink_to(tmp_path / "elsewhere")
    output = output_in(tmp_path / "out")

    with pytest.raises(OSError, match="leads out of the output folder"):
        output.promote({"linked/a": "A", "b": "B"} if write else {}, [] if write else ["linked/a"], {})

    assert (tmp_path / "elsewhere/a").read_text() == "precious"
    assert not (tmp_path / "out/b").exists()


@pytest.mark.parametrize("path", ["../a", "/a", "a/../../b", "", "a//b", "a\\b", promotion.LEDGER, promotion.JOURNAL])
def test_paths_that_are_none_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(OSError, match="not a path"):
        output_in(tmp_path / "out").promote({path: "x"}, [], {})

    assert not (tmp_path / "out").exists()


def test_a_ledger_from_elsewhere_cannot_name_files_outside(tmp_path: Path) -> None:
    (tmp_path / promotion.LEDGER).write_text(json.dumps({"files": {"../x": "0", "a": "1", "b": 2}}))

    assert output_in(tmp_path).ledger() == {"a": "1"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}', "[" * 100_000])
def test_a_damaged_ledger_is_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / promotion.LEDGER).write_text(text)

    assert output_in(tmp_path).ledger() == {}


def test_the_outputs_own_folder_in_the_way_is_told_before_anything_happens(tmp_path: Path) -> None:
    output = output_in(tmp_path)
    promote(output, {"a": "A"})
    (tmp_path / "b").mkdir()
    (tmp_path / "b/notes.txt").write_text("mine")

    with pytest.raises(IsADirectoryError):
        promote(output, {"a": "new", "b": "B"})
    with pytest.raises(NotADirectoryError):
        output.promote({"b/notes.txt/x": ""}, [], {})

    assert tree(tmp_path) == {"a": "A", "b/notes.txt": "mine"}
    assert output.ledger() == ledger_of({"a": "A"})


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = output_in(tmp_path)
    promote(output, {"a": "A", "b": "B"})
    write = os.write
    calls = []

    def full(file: int, data: bytes) -> int:
        calls.append(data)
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        return write(file, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        promote(output, {"a": "1", "b": "2", "c": "3"})

    assert sorted(it.name for it in tmp_path.iterdir()) == [promotion.LEDGER, "a", "b"]
    assert tree(tmp_path) == {"a": "A", "b": "B"}


def test_a_process_that_is_killed_leaves_files_known_as_our_own(tmp_path: Path) -> None:
    promote(output_in(tmp_path), {"a": "old", "gone": "x"})
    script = """
import os, sys
from pathlib import Path
from omnibuild.adapters.output import OutputFolder
from omnibuild.adapters.sightings import Sightings
unlink = Path.unlink
def die(self, *a, **k):
    unlink(self, *a, **k)
    os.kill(os.getpid(), 9)
Path.unlink = die
OutputFolder(Path(sys.argv[1]), Path()).promote({"a": "new", "b": "new"}, ["gone"], {})
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)

    output = output_in(tmp_path)
    assert done.returncode == -9
    assert output.ledger() == ledger_of({"a": "new", "b": "new"})
    (tmp_path / "b").write_text("edited")
    assert output.ledger() == ledger_of({"a": "new"})


def test_what_would_be_lost_is_set_aside(tmp_path: Path) -> None:
    output = output_in(tmp_path / "out")
    promote(output, {"src/a.py": "1"})
    for text in ("mine", "mine too", "mine"):
        (tmp_path / "out/src/a.py").write_text(text)
        output.set_aside(["src/a.py", "gone.py", "../out/src/a.py"])
    (tmp_path / "out/src/a.py").unlink()
    (tmp_path / "out/src/a.py").symlink_to("nothing")
    output.set_aside(["src/a.py"])

    copies = sorted((tmp_path / "aside").rglob("a.py.*"))
    assert {it.parent for it in copies} == {tmp_path / "aside/src"}
    assert len(copies) == 3
    assert {it.read_text() for it in copies if not it.is_symlink()} == {"mine", "mine too"}


def test_strays_are_what_people_put_there(tmp_path: Path) -> None:
    output = output_in(tmp_path)
    promote(output, {"src/a.py": ""})
    made = [
        "src/__pycache__/a.pyc",
        ".mypy_cache/x",
        "src/acme.egg-info/PKG-INFO",
        "dist/a.whl",
        ".coverage",
        ".venv/x",
    ]
    put = ["notes.txt", "src/b.py", "src/build/c.py"]
    for name in [*made, *put]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "link").symlink_to("src")

    assert output.strays(["src/a.py"]) == ["link", *put]


def test_text_is_none_for_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff")
    (tmp_path / "b").write_bytes("ä\r\n".encode())
    output = output_in(tmp_path)

    assert (output.text("a"), output.text("b"), output.text("c")) == (None, "ä\r\n", None)
    assert output.digests(["b", "c", "."]) == {"b": digest("ä\r\n")}


def test_no_obstacle_leaves_no_trace(tmp_path: Path) -> None:
    output = output_in(tmp_path / "deep/out")

    assert output.obstacle(1000) is None
    assert list(tmp_path.iterdir()) == []


def test_obstacles(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("nothing")

    assert output_in(tmp_path / "file").obstacle(1) == f"{tmp_path}/file is not a folder"
    assert output_in(tmp_path / "file/out").obstacle(1) == f"{tmp_path}/file is not a folder"
    assert output_in(tmp_path / "link").obstacle(1) == f"{tmp_path}/link is not a folder"
    assert "has room for" in str(output_in(tmp_path).obstacle(1 << 60))


def test_a_folder_that_may_not_be_written_is_an_obstacle(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere; the read-only file system below is the test for root")
    tmp_path.chmod(0o555)

    assert "cannot be written" in str(output_in(tmp_path).obstacle(1))
    assert "cannot be written" in str(output_in(tmp_path / "out").obstacle(1))


def test_a_read_only_file_system_is_an_obstacle(tmp_path: Path) -> None:
    mount = ctypes.CDLL(None, use_errno=True)
    if not hasattr(mount, "mount") or mount.mount(b"tmpfs", bytes(tmp_path), b"tmpfs", 1, None):
        pytest.skip("a read-only file system cannot be mounted here")
    try:
        assert "cannot be written" in str(output_in(tmp_path).obstacle(1))
        assert "cannot be written" in str(output_in(tmp_path / "out").obstacle(1))
    finally:
        mount.umount(bytes(tmp_path))


def test_a_file_system_without_room_for_files_is_an_obstacle(tmp_path: Path) -> None:
    mount = ctypes.CDLL(None, use_errno=True)
    if not hasattr(mount, "mount") or mount.mount(b"tmpfs", bytes(tmp_path), b"tmpfs", 0, b"size=32k,nr_inodes=20"):
        pytest.skip("a small file system cannot be mounted here")
    try:
        output = output_in(tmp_path)
        assert output.obstacle(1000) is None
        assert "has room for" in str(output.obstacle(100_000))
        promote(output, {"a": "x"})
        with pytest.raises(OSError, match="No space left"):
            promote(output, {"a": "y" * 40_000, "b": "z"})
        assert tree(tmp_path) == {"a": "x"}
        with pytest.raises(OSError, match="No space left"):  # noqa: PT012  # until there are no inodes left
            for number in range(20):
                (tmp_path / str(number)).touch()
        assert "no free inodes" in str(output.obstacle(1))
    finally:
        mount.umount(bytes(tmp_path))


def test_every_folder_in_which_a_stray_may_appear_is_taken_note_of(tmp_path: Path) -> None:
    seen = Sightings(tmp_path)
    output = OutputFolder(tmp_path / "out", tmp_path / "aside", seen)
    promote(output, {"src/acme/deep/a.py": "", "top": ""})
    (tmp_path / "out/src/empty/er").mkdir(parents=True)
    (tmp_path / "out/src/__pycache__").mkdir()

    assert output.take_note()

    folders = ("", "/src", "/src/acme", "/src/acme/deep", "/src/empty", "/src/empty/er")
    assert set(seen.folders) == {f"out{it}" for it in folders}
    (tmp_path / "out/src/stray").write_text("")
    assert not output.take_note()
