"""Golden trees: what is generated for a few workspaces, byte for byte, and whether others find it good.

`pytest --regen tests/test_golden.py` rewrites them; read the difference before you commit it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from omnibuild.adapters.ty_check import TyCheck
from omnibuild.adapters.type_check import TypeCheck
from omnibuild.assemble.template import Templates
from omnibuild.onex.assembly import assemble, assemble_package
from tests.workspaces import Sandbox, blocking

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(it.name for it in GOLDEN.iterdir() if (it / "omnibuild.toml").is_file())
_LEDGER = ".omnibuild.json"


def texts(folder: Path) -> dict[str, str]:
    """Return the text of every file of a tree but the ledger."""
    files = (it for it in folder.rglob("*") if it.is_file() and "__pycache__" not in it.parts)
    return {it.relative_to(folder).as_posix(): it.read_text() for it in files if it.name != _LEDGER}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_generated_is_what_it_was(name: str, tmp_path: Path, regen: bool) -> None:
    home = GOLDEN / name
    shutil.copytree(home, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected"))

    report = Sandbox(tmp_path).build()

    assert blocking(report) == []
    made = texts(tmp_path / "out")
    if regen:
        shutil.rmtree(home / "expected", ignore_errors=True)
        for path, text in made.items():
            file = home / "expected" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    expected = texts(home / "expected")
    assert sorted(made) == sorted(expected)
    for path in expected:
        assert made[path] == expected[path], path


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_what_has_none_is_never_seen(name: str, tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / name, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected"))
    space = Sandbox(tmp_path).open()
    found, templates = space.survey(), Templates(space._world().templates)

    for spec in found.graph.specs.values():
        assert assemble(spec, found.names, templates) == assemble(spec, found.turned, templates)
    one, other = (assemble_package(it, space.settings, templates) for it in (found.names, found.turned))
    assert one == other


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the packages of all golden trees."""
    folder = tmp_path_factory.mktemp("golden")
    for name in NAMES:
        shutil.copytree(GOLDEN / name / "expected" / "src", folder / "src", dirs_exist_ok=True)
    return folder


def run(folder: Path, *command: str) -> str:
    """Run a tool on the golden trees with nobody's configuration; return what it says, "" if it is content."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": "src"},
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("outlined", [False, True])
def test_mypy_is_content(together: Path, tmp_path: Path, outlined: bool) -> None:
    files = {it.relative_to(together).as_posix(): it.read_text() for it in together.rglob("*.py")}

    with TypeCheck(together, files, tmp_path, (), outlined=outlined).running(sorted(files)) as findings:
        assert findings() == []
    assert (tmp_path / ("mypy" if outlined else "mypy-whole")).exists()


def test_ty_is_content(together: Path) -> None:
    paths = [it.relative_to(together).as_posix() for it in together.rglob("*.py")]

    with TyCheck(together, ()).running(paths) as findings:
        assert findings() == []


def test_the_linter_is_content(together: Path) -> None:
    # What is left out: asserts are what tests are made of; missing docstrings of magic methods; a body is its author's.
    rules = "A,B,C4,D,E,F,FURB,I,ISC,N,PERF,PIE,PL,PT,PTH,PYI,Q,RET,RUF,SIM,T20,TID,UP,W"
    left_out = "D105,D107,D203,D213,D400,D415,N818,PLR2004,RUF005"
    run_ = run(
        together,
        "ruff",
        "check",
        "--isolated",
        "--line-length=120",
        "--target-version=py312",
        f"--select={rules}",
        f"--ignore={left_out}",
        "--output-format=concise",
        "src",
    )
    assert run_ == ""


def test_the_formatter_is_content(together: Path) -> None:
    assert run(together, "ruff", "format", "--isolated", "--check", "--line-length=120", "src") == ""


def test_the_generated_tests_pass(together: Path) -> None:
    assert run(together, "pytest", "-q", "-p", "no:cacheprovider", "src") == ""


@pytest.mark.parametrize("name", NAMES)
def test_nothing_tells_of_the_tool_or_the_machine(name: str) -> None:
    for path, text in texts(GOLDEN / name / "expected").items():
        assert "omnibuild" not in text.lower(), path
        assert "generated" not in text.lower(), path
        assert str(Path.home()) not in text, path
