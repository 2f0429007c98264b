from __future__ import annotations

import os
from pathlib import Path

import pytest

from omnibuild.adapters.folder import LARGEST, FolderInputs
from omnibuild.core.ports import Inputs
from omnibuild.core.values import Place, Problem


def lay(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"node: {Path(name).stem}\n")


def test_specs_are_found_at_any_depth_and_sorted(tmp_path: Path) -> None:
    lay(tmp_path, "specs/b.yaml", "specs/a/z.yml", "specs/a.yaml", "specs/a/deep/er.yaml", "specs/body.py", "x.yaml")
    inputs: Inputs = FolderInputs(tmp_path, "specs")

    assert inputs.specs() == ["specs/a.yaml", "specs/a/deep/er.yaml", "specs/a/z.yml", "specs/b.yaml"]


def test_hidden_files_and_backups_are_no_specs(tmp_path: Path) -> None:
    lay(
        tmp_path,
        "specs/a.yaml",
        "specs/.b.yaml",
        "specs/.git/c.yaml",
        "specs/d.yaml~",
        "specs/#e.yaml#",
        "specs/f~.yml",
    )
    (tmp_path / "specs/.#a.yaml").symlink_to("user@host:1")

    assert FolderInputs(tmp_path, "specs").specs() == ["specs/a.yaml"]


def test_a_missing_folder_has_no_specs(tmp_path: Path) -> None:
    assert FolderInputs(tmp_path, "specs").specs() == []


def test_loops_of_links_end_and_a_file_keeps_its_own_path(tmp_path: Path) -> None:
    lay(tmp_path, "specs/z/one.yaml", "elsewhere/two.yaml")
    (tmp_path / "specs/a").mkdir()
    (tmp_path / "specs/a/again").symlink_to(tmp_path / "specs")
    (tmp_path / "specs/a/z").symlink_to(tmp_path / "specs/z")
    (tmp_path / "specs/self").symlink_to("self")
    (tmp_path / "specs/linked").symlink_to(tmp_path / "elsewhere")

    assert FolderInputs(tmp_path, "specs").specs() == ["specs/linked/two.yaml", "specs/z/one.yaml"]


def test_text_has_no_mark_and_no_carriage_returns(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfnode: \xc3\xa4\r\nkind: compute\r\n")
    inputs = FolderInputs(tmp_path, "specs")

    assert inputs.text("a.yaml") == "node: ä\nkind: compute\n"
    assert inputs.text("b.yaml") is None
    assert inputs.text("a.yaml/b.yaml") is None


def test_bytes_that_are_not_utf8_are_told_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("node: a\nname: ä".encode() + b"\xff\n")

    problem = FolderInputs(tmp_path, "specs").text("a.yaml")

    assert isinstance(problem, Problem)
    assert (problem.code, problem.at) == ("encoding", Place("a.yaml", 2, 8))
    assert "0xff" in problem.message


@pytest.mark.parametrize("kind", ["folder", "pipe", "large", "dangling"])
def test_what_cannot_be_read_is_a_problem(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.yaml"
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "large":
            path.write_bytes(b"#" * (LARGEST + 1))
        case _:
            path.symlink_to("nothing")

    problem = FolderInputs(tmp_path, "specs").text("a.yaml")

    assert isinstance(problem, Problem)
    assert (problem.code, problem.at) == ("unreadable", Place("a.yaml", 1, 1))
    assert problem.hint


def test_a_file_may_be_as_large_as_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"#" * LARGEST)

    assert FolderInputs(tmp_path, "specs").text("a.yaml") == "#" * LARGEST


def test_a_name_that_is_not_utf8_is_listed_readably(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/specs/\xff.yaml")).write_text("node: a\n")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")

    assert FolderInputs(tmp_path, "specs").specs() == ["specs/\\xff.yaml"]


@pytest.mark.parametrize("file", ["specs/link.py", "specs/../../secret.py", "specs/folder/secret.py"])
def test_what_lies_outside_the_workspace_is_not_read(tmp_path: Path, file: str) -> None:
    root = tmp_path / "root"
    lay(root, "specs/a.yaml")
    (tmp_path / "secret.py").write_text("SECRET")
    (root / "specs/link.py").symlink_to(tmp_path / "secret.py")
    (root / "specs/folder").symlink_to(tmp_path)

    problem = FolderInputs(root, "specs").text(file)

    assert isinstance(problem, Problem)
    assert (problem.code, problem.message) == ("unreadable", f"{file} lies outside the workspace")


def test_a_workspace_may_itself_be_behind_a_link(tmp_path: Path) -> None:
    lay(tmp_path / "real", "specs/a.yaml")
    (tmp_path / "root").symlink_to(tmp_path / "real")

    assert isinstance(FolderInputs(tmp_path / "root", "specs").text("specs/a.yaml"), str)
