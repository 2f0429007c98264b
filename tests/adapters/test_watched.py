"""Which folders of a workspace are watched, and which changes in them matter."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from omnibuild.adapters.watched import Watched
from tests.workspaces import CHAIN, Sandbox, workspace

FAST = '[workspace]\npackage = "acme"\n[build]\nmode = "fast"\n'
NODE = "src/acme/nodes/node_pricer_compute/node.py"


@pytest.fixture
def built(tmp_path: Path) -> Sandbox:
    made = workspace(tmp_path / "w", {**CHAIN, "omnibuild.toml": FAST})
    assert made.build(mode=None).ok
    return made


def fine(sandbox: Sandbox) -> Watched:
    return Watched(sandbox.root, elsewhere=frozenset({"legacy/rates.py"}), was_fine=True)


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        ("omnibuild.toml", True),
        ("specs", True),
        ("specs/pricer.yaml", True),
        ("specs/deep/gone.yml", True),
        ("specs/biller.py", True),
        ("specs/.pricer.yaml.swp", False),
        ("specs/pricer.yaml~", False),
        ("specs/#pricer.yaml#", False),
        ("specs/.#pricer.yaml", False),
        ("specs/pricer.yaml___jb_tmp___", False),
        ("specs/4913", False),
        ("templates/README.md.j2", True),
        ("templates/README.md.j2~", False),
        ("legacy", True),
        ("legacy/rates.py", True),
        ("legacy/other.py", False),
        ("README.md", False),
        ("cache/events.jsonl", False),
        ("out/.omnibuild.json", False),
        (f"out/{NODE}", False),
        ("out/src/acme/nodes/node_pricer_compute/__pycache__/node.cpython-312.pyc", False),
        ("out/src/acme/nodes/gone.py", False),
    ],
)
def test_what_matters(built: Sandbox, path: str, matters: bool) -> None:
    assert fine(built).concerns(f"{built.root}/{path}") is matters


def test_what_omnibuild_did_not_leave_in_out_matters(built: Sandbox) -> None:
    file = built.root / "out" / NODE
    text = file.read_text()
    file.write_text(f"{text}# mine\n")
    assert fine(built).concerns(str(file))
    file.write_text(text)
    assert not fine(built).concerns(str(file))
    assert Watched(built.root, was_fine=False).concerns(str(file)), "it may have been what was wrong"
    file.unlink()
    assert fine(built).concerns(str(file))
    shutil.rmtree(built.root / "out")
    assert fine(built).concerns(f"{built.root}/out")


def test_an_edit_before_its_folder_was_watched_is_not_missed(built: Sandbox) -> None:
    watched = fine(built)
    below = [it for it in watched.folders() if it.startswith(f"{built.root}/out/")]
    assert not watched.may_differ(below)
    (built.root / "out" / NODE).write_text("# mine\n")
    assert watched.may_differ(below)
    assert watched.may_differ([f"{built.root}/specs"])


def test_folders_are_watched_whose_content_matters(built: Sandbox) -> None:
    (built.root / "legacy/deep").mkdir(parents=True)
    (built.root / "specs/deep/.hidden").mkdir(parents=True)
    (built.root / "out/src/acme/__pycache__").mkdir()
    found = {it.removeprefix(str(built.root)).lstrip("/") for it in fine(built).folders()}
    assert {"", "specs", "specs/deep", "legacy", "out", "out/src/acme/nodes/node_pricer_compute"} <= found
    assert not {"cache", "legacy/deep", "specs/deep/.hidden", "out/src/acme/__pycache__"} & found
    missing = Watched(built.root, specs="not/there", elsewhere=frozenset({"nor/this/one.py"}))
    assert str(built.root) in missing.folders()


def test_a_folder_in_the_place_of_another_one_is_another_one(built: Sandbox) -> None:
    before = fine(built).folders()
    (built.root / "specs").rename(built.root / "old")
    shutil.copytree(built.root / "old", built.root / "specs")
    now = fine(built).folders()
    assert now.keys() == before.keys()
    assert now != before


def test_links_to_folders_of_specs_are_followed_once(built: Sandbox) -> None:
    (built.root / "more/deep").mkdir(parents=True)
    (built.root / "specs/link").symlink_to(built.root / "more", target_is_directory=True)
    (built.root / "more/deep/back").symlink_to(built.root / "specs", target_is_directory=True)
    found = {it.removeprefix(f"{built.root}/") for it in fine(built).folders()}
    assert {"specs/link", "specs/link/deep"} <= found
    assert not any(it.endswith("back") for it in found)
