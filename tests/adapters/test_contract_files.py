"""Contracts on the disk, in whatever state it is."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from omnibuild.adapters.contract_files import ContractFile, ContractFiles
from omnibuild.adopt.original import LARGEST
from omnibuild.core.values import Level, Place, Problem

TEXT = "name: node_a_compute\nnode_type: compute\n"


def lay(root: Path, *files: str, text: str = TEXT) -> None:
    for it in files:
        (root / it).parent.mkdir(parents=True, exist_ok=True)
        (root / it).write_text(text, encoding="utf-8")


def find(root: Path, *words: Path | str, passed_by: tuple[str, ...] = ()) -> tuple[list[str], list[Problem]]:
    """Return the contracts and the problems."""
    found = list(ContractFiles(root, passed_by).find([str(it) for it in words]))
    return [it.file for it in found if isinstance(it, ContractFile)], [it for it in found if isinstance(it, Problem)]


def places(problems: list[Problem]) -> list[tuple[str, str]]:
    return [
        (it.at.file if isinstance(it.at, Place) else "", it.message.removeprefix("this cannot be adopted: "))
        for it in problems
    ]


def test_folders_are_searched_in_order_and_all_that_is_installed_is_passed_by(tmp_path: Path) -> None:
    lay(
        tmp_path,
        "src/b/contract.yaml",
        "src/a/contract.yaml",
        "src/a/inner/contract.yaml",
        "src/.hidden/contract.yaml",
        "src/x/site-packages/y/contract.yaml",
        "src/__pycache__/contract.yaml",
        "src/a/other.yaml",
    )

    assert find(tmp_path, tmp_path) == (["src/a/contract.yaml", "src/a/inner/contract.yaml", "src/b/contract.yaml"], [])


def test_what_omnibuild_made_is_passed_by_unless_it_is_named(tmp_path: Path) -> None:
    lay(tmp_path, "src/a/contract.yaml", "out/src/a/contract.yaml", "cache/stage/a/contract.yaml")

    assert find(tmp_path, tmp_path, passed_by=("out", "cache"))[0] == ["src/a/contract.yaml"]
    assert find(tmp_path, tmp_path / "out", passed_by=("out",))[0] == ["out/src/a/contract.yaml"]


@pytest.mark.parametrize("words", [("src", "src"), ("src/a", "src"), ("src", "src/a/contract.yaml"), ("link", "src/a")])
def test_a_contract_is_found_once(tmp_path: Path, words: tuple[str, ...]) -> None:
    lay(tmp_path, "src/a/contract.yaml")
    (tmp_path / "link").symlink_to("src")

    files, problems = find(tmp_path, *(tmp_path / it for it in words))

    assert len(files) == 1
    assert problems == []


def test_the_places_of_what_lies_elsewhere_are_whole_paths(tmp_path: Path) -> None:
    lay(tmp_path, "there/a/contract.yaml")

    assert find(tmp_path / "here", tmp_path / "there")[0] == [str(tmp_path / "there/a/contract.yaml")]


def test_each_broken_thing_is_one_problem(tmp_path: Path) -> None:
    lay(tmp_path, "nodes/node_good/contract.yaml", "nodes/node_lost/handlers/x.py", "nodes/library/handlers.py")
    for it in ("dangling", "own", "memory"):
        (tmp_path / f"nodes/{it}").mkdir()
    (tmp_path / "nodes/dangling/contract.yaml").symlink_to("nowhere")
    (tmp_path / "nodes/own/contract.yaml").symlink_to("contract.yaml")
    (tmp_path / "nodes/memory/contract.yaml").symlink_to("/proc/self/mem")
    (tmp_path / "nodes/folder/contract.yaml").mkdir(parents=True)
    (tmp_path / "nodes/loop").symlink_to("..")
    (tmp_path / "nodes/nothing").symlink_to("nowhere")
    (tmp_path / "nodes/self").symlink_to("self")
    lay(tmp_path, "nodes/latin/contract.yaml", "nodes/large/contract.yaml")
    (tmp_path / "nodes/latin/contract.yaml").write_bytes("name: é".encode("latin-1"))
    (tmp_path / "nodes/large/contract.yaml").write_text("x" * (LARGEST + 1))
    (tmp_path / "nodes/pipe").mkdir()
    os.mkfifo(tmp_path / "nodes/pipe/contract.yaml")
    started = time.monotonic()

    files, problems = find(tmp_path, tmp_path)

    assert files == ["nodes/node_good/contract.yaml"]
    assert places(problems) == [
        ("nodes/dangling/contract.yaml", "no such file or directory"),
        ("nodes/folder/contract.yaml", "it is no file"),
        ("nodes/large/contract.yaml", f"it has {LARGEST + 1} bytes, and at most {LARGEST} are read"),
        ("nodes/latin/contract.yaml", "it is not UTF-8: byte 6 is 0xe9"),
        ("nodes/loop", "the folder leads back to one that it lies in"),
        ("nodes/memory/contract.yaml", "input/output error"),
        ("nodes/node_lost", "the node node_lost has no contract.yaml, and is not adopted"),
        ("nodes/nothing", "a symbolic link leads nowhere"),
        ("nodes/own/contract.yaml", "too many levels of symbolic links"),
        ("nodes/pipe/contract.yaml", "it is no file"),
        ("nodes/self", "the symbolic link leads to itself"),
    ]
    assert {it.message for it in problems if it.level is Level.WARN} >= {"a symbolic link leads nowhere"}
    assert all(it.hint for it in problems)
    assert time.monotonic() - started < 5


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    lay(tmp_path, "a/contract.yaml", "b/contract.yaml", "c/contract.yaml")
    (tmp_path / "a/contract.yaml").chmod(0)
    (tmp_path / "b").chmod(0)

    files, problems = find(tmp_path, tmp_path)

    (tmp_path / "b").chmod(0o700)
    assert files == ["c/contract.yaml"]
    assert places(problems) == [("a/contract.yaml", "permission denied"), ("b", "permission denied")]


def test_folders_without_end_end(tmp_path: Path) -> None:
    deep = tmp_path / "/".join(["d"] * 150)
    lay(deep, "contract.yaml")

    files, problems = find(tmp_path, tmp_path)

    assert files == []
    assert [it.message for it in problems] == ["this cannot be adopted: it lies more than 100 folders deep"]


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    lay(tmp_path, "a/contract.yaml", text=f"\ufeff{TEXT}")

    (found,) = ContractFiles(tmp_path).find([str(tmp_path)])

    assert isinstance(found, ContractFile)
    assert found.text == TEXT


def test_words_that_lead_nowhere_are_told_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, "orders/x.py")
    monkeypatch.chdir(tmp_path)

    _, problems = find(tmp_path, "ordrs", "orders", "orders/x.py", "", "no such.distribution", "pydantic")

    assert [(it.message, it.hint) for it in problems[:2]] == [
        ("there is neither a folder nor an installed distribution `ordrs`", "did you mean `orders`?"),
        (
            "there is no contract.yaml in orders",
            "name a node's folder, a package's folder, or an installed distribution",
        ),
    ]
    assert problems[2].message == "this cannot be adopted: not a directory"
    assert [it.message for it in problems[3:]] == [
        "there is neither a folder nor an installed distribution ``",
        "there is neither a folder nor an installed distribution `no such.distribution`",
        "the distribution `pydantic` has no contract.yaml",
    ]


@pytest.mark.parametrize(
    ("text", "root", "package"),
    [
        ("input_model: acme.nodes.a.models.Model\n", "src", "acme"),
        ("input_model: acme.nodes.a.models:Model\n", "src", "acme"),
        ("handler: {module: acme.nodes.a, class: Handler}\n", "src", "acme"),
        ("description: nothing named\n", "src/acme/nodes", "a"),
        ("input_model: other.Model\n", "src/acme/nodes", "a"),
    ],
)
def test_the_package_is_the_one_that_the_contract_refers_to(tmp_path: Path, text: str, root: str, package: str) -> None:
    lay(tmp_path, "src/acme/nodes/a/__init__.py", text="")
    lay(tmp_path, "src/acme/nodes/a/contract.yaml", text=text)

    (found,) = ContractFiles(tmp_path).find([str(tmp_path)])

    assert isinstance(found, ContractFile)
    assert found.root == tmp_path / root
    assert found.package == package


def test_the_package_is_the_topmost_folder_with_an_init(tmp_path: Path) -> None:
    lay(tmp_path, "src/acme/__init__.py", "src/acme/nodes/__init__.py", "src/acme/nodes/a/__init__.py", text="")
    lay(tmp_path, "src/acme/nodes/a/contract.yaml")

    (found,) = ContractFiles(tmp_path).find([str(tmp_path / "src/acme/nodes/a")])

    assert isinstance(found, ContractFile)
    assert (found.root, found.package) == (tmp_path / "src", "acme")


@pytest.mark.parametrize("more", [(), ("src/acme/nodes/a/__init__.py",)])
def test_a_folder_without_an_init_is_of_the_package_that_it_lies_in(tmp_path: Path, more: tuple[str, ...]) -> None:
    lay(tmp_path, "src/acme/__init__.py", *more, text="")
    lay(tmp_path, "src/acme/nodes/a/contract.yaml")

    (found,) = ContractFiles(tmp_path).find([str(tmp_path)])

    assert isinstance(found, ContractFile)
    assert (found.root, found.package) == (tmp_path / "src", "acme")


def test_names_without_end_are_looked_through_at_once(tmp_path: Path) -> None:
    lay(tmp_path, "a/contract.yaml", text=f"{TEXT}description: {'a.' * 200_000}\n")
    started = time.monotonic()

    assert len(find(tmp_path, tmp_path)[0]) == 1
    assert time.monotonic() - started < 5
