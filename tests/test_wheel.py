"""What users install: the wheel and the sdist, and a workspace built with nothing but the wheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.workspaces import REPOSITORY

pytestmark = pytest.mark.slow

TEMPLATES = sorted(it.relative_to(REPOSITORY).as_posix() for it in REPOSITORY.glob("templates/**/*.*"))


def run(command: Sequence[str | Path], cwd: Path) -> str:
    """Run a command without what the tests' own environment would lend it; return what it prints."""
    lent = ("PYTHON", "VIRTUAL_ENV", "MYPY")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(lent)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist, and the wheel that was made of the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, REPOSITORY], folder)
    return folder


def test_the_sdist_has_the_templates(archives: Path) -> None:
    [sdist] = archives.glob("*.tar.gz")

    with tarfile.open(sdist) as archive:
        names = {it.partition("/")[2] for it in archive.getnames()}

    assert {*TEMPLATES, "LICENSE", "README.md", "constraints.txt", "pyproject.toml", "omnibuild/py.typed"} <= names
    assert not [it for it in names if it.startswith(("out/", "cache/", ".venv"))]


def test_the_wheel_has_the_templates_and_nothing_beside_the_package(archives: Path) -> None:
    [wheel] = archives.glob("*.whl")

    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    assert {f"omnibuild/{it}" for it in (*TEMPLATES, "py.typed")} <= names
    assert {it.partition("/")[0].partition("-")[0] for it in names} == {"omnibuild"}


def test_an_installed_wheel_builds_a_workspace_elsewhere(archives: Path, tmp_path: Path) -> None:
    [wheel] = archives.glob("*.whl")
    environment, shop = tmp_path / "environment", tmp_path / "shop"
    uv = [sys.executable, "-m", "uv"]
    run([*uv, "venv", "--quiet", "--python", sys.executable, environment], tmp_path)
    constraints = REPOSITORY / "constraints.txt"
    run([*uv, "pip", "install", "--quiet", "--python", environment, "--constraints", constraints, wheel], tmp_path)
    omnibuild = environment / "bin" / "omnibuild"

    run([omnibuild, "init", shop, "--package", "shop"], tmp_path)
    answer = json.loads(run([omnibuild, "build", "--json"], shop))

    assert answer["status"] == "ok"
    assert answer["nodes"] == {"total": 1, "built": 1, "restored": 0, "up_to_date": 0, "failed": 0, "skipped": 0}
    node = shop / "out/src/shop/nodes/node_greeter_compute"
    assert {"contract.yaml", "metadata.yaml", "node.py", "handlers", "models", "tests"} <= {
        it.name for it in node.iterdir()
    }
    assert (shop / "out/pyproject.toml").is_file()
    request = shop / "ada.json"
    request.write_text('{"name": "Ada"}')
    assert json.loads(run([omnibuild, "run", "greeter", "--input", request], shop)) == {"greeting": "Hello, Ada."}
    assert "environment/lib" in run(
        [environment / "bin" / "python", "-c", "import omnibuild; print(omnibuild.__file__)"], shop
    )
