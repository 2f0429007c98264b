"""Where a workspace lies in a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.adapters.checkout import folder_in_checkout


@pytest.mark.parametrize("git", ["folder", "file"])
def test_a_checkout_is_where_git_is(tmp_path: Path, git: str) -> None:
    inside = tmp_path / "services" / "shop"
    inside.mkdir(parents=True)
    if git == "folder":
        (tmp_path / ".git").mkdir()
    else:  # a worktree
        (tmp_path / ".git").write_text("gitdir: elsewhere\n")

    assert folder_in_checkout(inside) == "services/shop/"
    assert folder_in_checkout(tmp_path) == ""


def test_without_git_the_runner_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "shop"
    inside.mkdir()
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    assert folder_in_checkout(inside) == ""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert folder_in_checkout(inside) == "shop/"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "other"))
    assert folder_in_checkout(inside) == ""
