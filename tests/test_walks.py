"""Every command that a document shows is run, and prints what stands there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages import DOCUMENTS, SHELLS, Walk, blocks, code, take
from tests.workspaces import REPOSITORY, TOML, workspace

SPEC = next(it for it in blocks((REPOSITORY / "README.md").read_text(), "yaml") if it.startswith("# specs/"))
WATCH = "omnibuild watch --mode fast             # without types, imports and examples"
SHOP = ("omnibuild init shop", "cd shop")
STAGED = (*SHOP, "git init --quiet", "omnibuild build", "git add --all")

WALKS = (
    Walk("README.md", "", files={"omnibuild.toml": TOML.replace("acme", "shop")}),
    Walk("README.md", "## A tour in five minutes", files={"specs/order_pricer.yaml": SPEC}, without=(WATCH,)),
    Walk("README.md", "## In git and in CI", STAGED),
    Walk("docs/index.md", files={"omnibuild.toml": TOML.replace("acme", "shop")}),
    Walk("docs/getting-started.md", without=("$ pip install .",)),
    Walk("docs/adopting.md", before=("mkdir repository", "cd repository")),
    Walk("docs/settings.md", before=SHOP),
    Walk("docs/caching.md", "## On this machine", (*SHOP, "omnibuild build")),
    Walk("docs/ci.md", "## A hook before each commit", STAGED, without=("pip install pre-commit",)),
    Walk("docs/ci.md", "## GitHub", STAGED),
    Walk("docs/ci.md", "## Elsewhere", STAGED),
    Walk("docs/recipes.md", before=SHOP),
)
"""The parts of documents that have commands."""

ELSEWHERE = {
    "README.md": {
        "PIP_BREAK_SYSTEM_PACKAGES=1 python3 -m pip install --quiet uv &&": ".ci/run: see test_repository.py",
        ".venv/bin/pytest": ".ci/run: see test_repository.py",
        "$ pip install .": "test_wheel.py installs omnibuild, and uses it",
        WATCH: "it does not end by itself: see tests/cli/test_watch.py",
    },
    "docs/getting-started.md": {"$ pip install .": "test_wheel.py installs omnibuild, and uses it"},
    "docs/ci.md": {"pip install pre-commit": "tests/cli/test_hook.py runs the hooks by pre-commit"},
    "CONTRIBUTING.md": {
        "bash .ci/run": "it runs these tests",
        ".venv/bin/pytest                        # everything": "the steps of .ci/run, and parts of them",
        ".venv/bin/pytest --regen": "it would change what it is to be compared with",
        ".venv/bin/pytest tests/test_walks.py --regen   # write what the commands print now into the documents": (
            "so would this; tests/test_site.py builds the site"
        ),
        ".ci/pin                                 # keeps the versions that still fit": "it asks for new versions",
    },
}
"""The blocks that no walk comes by, each by its first line, and why."""

MADE = ("docs/commands.md",)
"""Pages that are made of the help texts: what their examples need is not there."""


@pytest.mark.slow
@pytest.mark.parametrize("walk", WALKS, ids=lambda it: f"{it.document}{it.heading.replace('## ', ' ')}")
def test_the_commands_print_what_the_document_shows(walk: Walk, built_once: Path, tmp_path: Path, regen: bool) -> None:
    differences = take(walk, tmp_path, regen=regen)

    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("name", sorted({it.relative_to(REPOSITORY).as_posix() for it in DOCUMENTS} - {*MADE}))
def test_every_block_of_commands_is_run_or_said_to_be_run_elsewhere(name: str) -> None:
    text = (REPOSITORY / name).read_text()
    walked = {block.start for it in WALKS if it.document == name for block in it.blocks(text)}
    left = {it.first for it in code(text) if it.language in SHELLS and it.start not in walked}

    assert left == ELSEWHERE.get(name, {}).keys()


def test_the_python_of_the_readme_runs(built_once: Path, tmp_path: Path) -> None:
    program = next(it for it in blocks((REPOSITORY / "README.md").read_text(), "python") if "Workspace" in it)
    workspace(tmp_path / "shop", {"specs/order_pricer.yaml": SPEC})
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "order_pricer built ('it was never built',)\n", done.stderr
