"""An nginx of the test's own, with the configuration of docs/caching.md, where the machine has one to start."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.workspaces import REPOSITORY

USER, PASSWORD, TOKEN = "ci", "open sesame", "hunter2"
_LIMIT = re.compile(r"limit_except GET \{.*?\}\n", re.DOTALL)
_PLACE = "/srv/build-cache"
_MAIN = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
{user}
events {{}}
http {{
    access_log {folder}/access.log;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running server: its URL, its store, and what it has been asked."""

    url: str
    store: Path
    folder: Path

    def names(self, kind: str) -> set[str]:
        """Return the names of all results (`ac`) or blobs (`cas`)."""
        return {it.name for it in (self.store / kind).glob("*")}

    def asked(self) -> list[tuple[str, str, int]]:
        """Return method, path and status of every request so far."""
        # A request is logged after it is answered; when one more is logged, all before it are.
        mark = f"/mark-{uuid4()}"
        connection = HTTPConnection(urlsplit(self.url).netloc)
        connection.request("GET", mark)
        connection.getresponse().read()
        connection.close()
        while mark not in (text := (self.folder / "access.log").read_text()):
            continue
        found = re.findall(r'"(\w+) (\S+) HTTP/1.1" (\d+)', text)
        return [(method, path, int(status)) for method, path, status in found if not path.startswith("/mark-")]


def documented() -> str:
    """Return the server that docs/caching.md says to set up."""
    return _blocks()[0]


def token_only(server: str) -> str:
    """Return the server with a token in the place of users, as the document says."""
    return _LIMIT.sub(lambda _: _blocks()[1].replace("TOKEN", TOKEN), server)


def _blocks() -> list[str]:
    text = (REPOSITORY / "docs/caching.md").read_text()
    return re.findall(r"^```nginx\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def for_everybody(server: str) -> str:
    """Return the server without a check."""
    return _LIMIT.sub("", server)


def with_tls(server: str, certificate: Path, key: Path) -> str:
    """Return the server with TLS."""
    lines = f"listen 8080 ssl;\n    ssl_certificate {certificate};\n    ssl_certificate_key {key};"
    return server.replace("listen 8080;", lines)


@contextmanager
def nginx(folder: Path, server: str) -> Iterator[Nginx]:
    """Start nginx with everything it has in a folder, on a free port of the loopback; stop it at the end."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("no nginx is installed: apt-get install nginx-full")
    store, users = folder / "store", folder / "users"
    store.mkdir(parents=True)
    password = subprocess.run(["openssl", "passwd", "-apr1", PASSWORD], capture_output=True, text=True, check=True)
    users.write_text(f"{USER}:{password.stdout.strip()}\n")
    port = _free_port()
    server = server.replace("listen 8080", f"listen 127.0.0.1:{port}").replace(_PLACE, str(store))
    server = server.replace("/etc/nginx/build-cache.users", str(users))
    text = _MAIN.format(folder=folder, server=server, user="user root;" if os.geteuid() == 0 else "")
    (folder / "nginx.conf").write_text(text)
    process = subprocess.Popen(
        [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")],
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process, folder / "error.log")
        scheme = "https" if "ssl;" in server else "http"
        yield Nginx(f"{scheme}://localhost:{port}" if scheme == "https" else f"http://127.0.0.1:{port}", store, folder)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    while True:
        assert process.poll() is None, log.read_text()
        with socket.socket() as it:
            if it.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue


def _free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return int(it.getsockname()[1])
