"""A PostgreSQL server of the test's own, where the machine has one to start."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DEBIAN = Path("/usr/lib/postgresql")
_USER = "postgres"


def binaries() -> Path | None:
    """Return the folder of the newest server's programs, None if there is no server."""
    known = [it.parent for it in _DEBIAN.glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    newest = max(known, key=lambda it: int(it.parent.name), default=None)
    return newest or (Path(on_path).resolve().parent if on_path else None)


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server with its data in a temporary folder; give the url of its database, and stop it at the end."""
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="omnibuild-postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, _USER)
        yield from _serve(programs, Path(folder), _free_port())


def _serve(programs: Path, folder: Path, port: int) -> Iterator[str]:
    data = folder / "data"
    _run(programs / "initdb", "-D", data, "-U", _USER, "-A", "trust", "--no-sync", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    _run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-t", "60", "-o", options, "start")
    try:
        yield f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
    finally:
        _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _run(program: Path, *arguments: str | Path) -> None:
    # The server refuses to run as root.
    prefix = ["runuser", "-u", _USER, "--"] if os.geteuid() == 0 else []
    command = [*prefix, str(program), *map(str, arguments)]
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout.decode()


def _free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return int(it.getsockname()[1])
