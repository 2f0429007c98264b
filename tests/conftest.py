"""What several tests share: the option `--regen`, workspaces, and a type checker that has read ONEX before."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest

from omnibuild.core.values import Mode
from tests.oracle import Oracle, quick
from tests.workspaces import CHAIN, REPOSITORY, Sandbox, workspace

type Make = Callable[[Mapping[str, str]], Sandbox]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that rewrites the golden trees."""
    parser.addoption("--regen", action="store_true", help="rewrite the golden trees with what is generated now")


@pytest.fixture
def regen(request: pytest.FixtureRequest) -> bool:
    """Return whether the golden trees are to be rewritten."""
    return bool(request.config.getoption("--regen"))


@pytest.fixture(scope="session", autouse=True)
def user_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder that stands for the user's cache in all tests: nothing is read or kept in the real one."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("user-cache")
        patch.setenv("OMNIBUILD_USER_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def oracle(user_cache: Path) -> Iterator[Oracle]:
    """Return what knows the clean builds; while it is there, builds of small workspaces are quick."""
    with quick():
        found = Oracle()
        yield found
        found.close()


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return what makes an empty workspace with these files."""
    return partial(workspace, tmp_path)


@pytest.fixture
def chain(tmp_path: Path) -> Sandbox:
    """Return a workspace of money ← charger ← biller, and of pricer on its own."""
    return workspace(tmp_path, CHAIN)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of this repository's workspace that was built with all checks; not to be changed."""
    sandbox = workspace(tmp_path_factory.mktemp("built"), {})
    shutil.copy(REPOSITORY / "omnibuild.toml", sandbox.root)
    shutil.copytree(REPOSITORY / "specs", sandbox.root / "specs")
    report = sandbox.build(mode=Mode.BALANCED)
    assert report.ok, report.problems
    return sandbox.root


@pytest.fixture
def checked(built_once: Path, tmp_path: Path) -> Make:
    """Return what makes a workspace whose type checker need not read ONEX again, which takes it ten seconds."""

    def make(files: Mapping[str, str]) -> Sandbox:
        shutil.copytree(built_once / "cache" / "mypy", tmp_path / "cache" / "mypy")
        return workspace(tmp_path, files)

    return make


@pytest.fixture
def repository(built_once: Path, tmp_path: Path) -> Sandbox:
    """Return this repository's workspace as it was just built, to do everything with."""
    shutil.copytree(built_once, tmp_path, dirs_exist_ok=True)
    return Sandbox(tmp_path)
