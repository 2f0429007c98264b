"""The documentation as a site: every page and every link in it, and nothing from anywhere else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workspaces import REPOSITORY

_LOADED = re.compile(
    r"""<(?:script|img|iframe)\b[^>]*\bsrc="([^"]+)"|<link\b(?![^>]*rel="canonical")[^>]*\bhref="([^"]+)\""""
)
_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built as strictly as there is and without a way to the network."""
    folder = tmp_path_factory.mktemp("site")
    nowhere = "http://127.0.0.1:9"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=REPOSITORY,
        env={**os.environ, "HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere, "ALL_PROXY": nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_document_has_its_page(site: Path) -> None:
    documents = {it.stem for it in (REPOSITORY / "docs").glob("*.md")}

    assert {it.stem for it in site.glob("*.html")} == documents | {"404"}


def test_the_pages_load_nothing_from_other_hosts(site: Path) -> None:
    for page in site.glob("*.html"):
        loaded = [one or other for one, other in _LOADED.findall(_CODE.sub("", page.read_text()))]
        assert loaded
        assert not [it for it in loaded if "//" in it], page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", sheet.read_text()), sheet.name


def test_no_page_has_a_diagram_that_a_script_would_be_fetched_for(site: Path) -> None:
    for page in site.glob("*.html"):
        assert 'class="mermaid"' not in page.read_text(), page.name
