"""Seeds, with the real mypy: what one workspace pays for, the next one has."""

from __future__ import annotations

import os
import sqlite3
import tarfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from omnibuild.adapters.seed import user_folder
from omnibuild.adapters.stage import StageFolder

SOURCE = "from decimal import Decimal\n\nimport annotated_types\nimport own\n\nx: int = own.f(1)\n"
FINDING = [("src/acme/a.py", 6, "assignment")]


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OMNIBUILD_USER_CACHE", str(tmp_path / "user"))
    return tmp_path / "user" / "mypy"


def check(root: Path, source: str = SOURCE) -> list[tuple[str, int, str]]:
    """Check a module in a new workspace."""
    root.mkdir()
    (root / "own.py").write_text("def f(x: int) -> str:\n    return str(x)\n")
    stage = StageFolder(root / "cache", [root])
    stage.lay({"src/acme/__init__.py": "", "src/acme/a.py": source})
    with stage.checking_types(["src/acme/a.py"]) as findings:
        return [(it.file, it.line, it.code) for it in findings()]


def seeds(user: Path) -> list[Path]:
    return sorted(user.glob("*")) if user.exists() else []


def modules(folder: Path) -> set[str]:
    """Return the top-level modules that the databases of a cache know."""
    found = set()
    for it in folder.glob("*/cache*.db"):
        with closing(sqlite3.connect(it)) as connection:
            paths = [path for (path,) in connection.execute("select path from files2")]
            found |= {path.partition("/")[0].partition(".")[0] for path in paths}
    return found


def unpacked(seed: Path, folder: Path) -> Path:
    with tarfile.open(seed) as archive:
        archive.extractall(folder, filter="data")
    return folder


def test_a_seed_knows_installed_packages_and_nothing_of_the_workspace(tmp_path: Path, user: Path) -> None:
    assert check(tmp_path / "one") == FINDING

    (seed,) = seeds(user)
    known = modules(unpacked(seed, tmp_path / "seed"))
    assert {"annotated_types", "decimal", "builtins"} <= known
    assert known.isdisjoint({"acme", "own"})
    assert {"acme", "own"} <= modules(tmp_path / "one/cache/mypy-whole")


def test_a_new_workspace_grows_from_it(tmp_path: Path, user: Path) -> None:
    check(tmp_path / "one")
    (seed,) = seeds(user)
    before = seed.read_bytes()

    assert check(tmp_path / "two", "import own\n\nx: int = own.f('1')\n") == [
        ("src/acme/a.py", 3, "assignment"),
        ("src/acme/a.py", 3, "arg-type"),
    ]
    assert "annotated_types" in modules(tmp_path / "two/cache/mypy-whole")
    assert (seeds(user), seed.read_bytes()) == ([seed], before)


def test_who_knows_more_replaces_it(tmp_path: Path, user: Path) -> None:
    check(tmp_path / "one", "import own\n\nx: int = 1\n")
    (seed,) = seeds(user)
    assert "annotated_types" not in modules(unpacked(seed, tmp_path / "first"))

    assert check(tmp_path / "two") == FINDING
    assert seeds(user) == [seed]
    assert "annotated_types" in modules(unpacked(seed, tmp_path / "second"))
    assert not list((tmp_path / "two/cache").glob("mypy-whole-*"))


@pytest.mark.parametrize("damage", ["text", "folder", "databases"])
def test_a_damaged_seed_only_costs_time(tmp_path: Path, user: Path, damage: str) -> None:
    check(tmp_path / "one")
    (seed,) = seeds(user)
    if damage == "databases":
        for it in unpacked(seed, tmp_path / "seed").glob("*/*.db"):
            it.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
        with tarfile.open(seed, "w") as archive:
            archive.add(tmp_path / "seed", ".")
    seed.unlink()
    if damage == "text":
        seed.write_text("no archive")
    elif damage == "folder":
        seed.mkdir()

    assert check(tmp_path / "two") == FINDING


def test_seeds_that_nobody_uses_go(tmp_path: Path, user: Path) -> None:
    user.mkdir(parents=True)
    for name, days in (("old.tar", 31), ("young.tar", 29), ("old.txt", 31)):
        (user / name).touch()
        os.utime(user / name, (time.time() - days * 86400,) * 2)

    check(tmp_path / "one")

    assert [it.name for it in seeds(user) if len(it.name) < 20] == ["old.txt", "young.tar"]


def test_where_it_cannot_be_written_nothing_is_kept(tmp_path: Path, user: Path) -> None:
    user.parent.write_text("a file")

    assert check(tmp_path / "one") == FINDING


@pytest.mark.parametrize("value", ["off", "OFF", "0", "no"])
def test_it_can_be_turned_off(tmp_path: Path, user: Path, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_USER_CACHE", value)

    assert user_folder() is None
    if value == "off":
        assert check(tmp_path / "one") == FINDING
    assert seeds(user) == []


def test_where_seeds_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMNIBUILD_USER_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert user_folder() == tmp_path / ".cache/omnibuild"

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert user_folder() == tmp_path / "xdg/omnibuild"

    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert user_folder() == tmp_path / ".cache/omnibuild"

    monkeypatch.setattr("sys.platform", "darwin")
    assert user_folder() == tmp_path / "Library/Caches/omnibuild"
