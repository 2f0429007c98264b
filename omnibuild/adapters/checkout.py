"""Where a folder lies in the checkout of a repository, found without git."""

from __future__ import annotations

import os
from pathlib import Path


def folder_in_checkout(folder: Path) -> str:
    """Return a folder's path in its checkout, with a `/` at its end; empty if it is the checkout, or is in none.

    Of a checkout without `.git`, as an archive makes it, the runner of a workflow knows the folder.
    """
    folder = folder.resolve()
    root = next((it for it in (folder, *folder.parents) if (it / ".git").exists()), None)
    if root is None and (workspace := os.environ.get("GITHUB_WORKSPACE")):
        root = Path(workspace).resolve()
    if root is None or root == folder or not folder.is_relative_to(root):
        return ""
    return f"{folder.relative_to(root).as_posix()}/"
