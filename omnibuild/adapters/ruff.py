"""Ruff's formatter, as one process for all files."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path


class RuffFormatter:
    """Lays out Python text; no configuration on disk and no variable of the environment plays a part."""

    def format(self, files: Mapping[str, str]) -> Mapping[str, str]:
        """Return the files laid out; those that do not parse are returned as they are.

        Raises OSError if ruff cannot be run.
        """
        if not files:
            return {}
        with tempfile.TemporaryDirectory(prefix="omnibuild-") as name:
            folder = Path(name)
            # Numbers for names: the result must depend on the text alone, and no path may leave the folder.
            numbered = {path: folder / f"f{number}.py" for number, path in enumerate(files) if _is_text(files[path])}
            try:
                for path, file in numbered.items():
                    file.write_bytes(files[path].encode())
            except OSError as error:
                error.filename = error.filename or name
                raise
            _run(folder)
            laid_out = {path: file.read_bytes().decode() for path, file in numbered.items()}
        return {path: laid_out.get(path, text) for path, text in files.items()}


def _is_text(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _run(folder: Path) -> None:
    from ruff import find_ruff_bin  # type: ignore[import-untyped]

    options = ["--isolated", "--no-cache", "--no-respect-gitignore", "--line-length=120", "--target-version=py312"]
    settings = ["--config=exclude=[]", "--config=format.line-ending='lf'"]
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("RUFF_")}
    done = subprocess.run(  # noqa: S603  # ruff's own binary, fixed arguments
        [find_ruff_bin(), "format", *options, *settings, "."],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and f"os error {errno.ENOSPC}" in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    # 2 says that some file did not parse; ruff has then laid out the others.
    if done.returncode not in (0, 2) or (done.returncode == 2 and "Failed to parse" not in done.stderr):
        raise OSError(f"ruff format ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
