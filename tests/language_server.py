"""yaml-language-server, which most editors check and complete YAML with: started, and spoken to as an editor does."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

import pytest

VERSION = "1.25.0"
_PATIENCE = 60
_SETTINGS = {
    "yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}},
    "http": {},
    "[yaml]": {},
    "editor": {},
    "files": {},
}


def install(folder: Path) -> Path:
    """Install the server into a folder and return its program; skip the test where that cannot be."""
    package = f"yaml-language-server@{VERSION}"
    command = ["npm", "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix", str(folder)]
    try:
        done = subprocess.run([*command, package], cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    except FileNotFoundError:
        pytest.skip("npm is not on this machine: nothing speaks LSP here")
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install {package} in time")
    if done.returncode:
        pytest.skip(f"npm could not install {package}: {done.stderr.strip().splitlines()[-1:]}")
    return folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"


class Editor:
    """An editor that has a workspace open."""

    def __init__(self, program: Path, root: Path) -> None:
        self._root = root
        self._number = 0
        self._texts: dict[str, str] = {}
        self._arrived: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._published: dict[str, list[dict[str, Any]]] = {}
        command = ["node", str(program), "--stdio"]
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root
        )
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        folder = {"uri": self._root.as_uri(), "name": "workspace"}
        texts = ["markdown", "plaintext"]
        can = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": texts}},
                "hover": {"contentFormat": texts},
                "publishDiagnostics": {"relatedInformation": True},
            },
        }
        self._ask("initialize", processId=None, rootUri=folder["uri"], workspaceFolders=[folder], capabilities=can)
        self._tell("initialized")
        self._tell("workspace/didChangeConfiguration", settings=_SETTINGS)
        return self

    def __exit__(self, *unused: object) -> None:
        self._server.kill()
        self._server.wait()
        self._reader.join()
        for stream in (self._server.stdin, self._server.stdout):
            if stream:
                stream.close()

    def open(self, file: str) -> list[dict[str, Any]]:
        """Open a file and return what is found wrong with it."""
        path = self._root / file
        uri = path.as_uri()
        text = self._texts[uri] = path.read_text()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", textDocument=document)
        while uri not in self._published:
            self._take()
        return self._published[uri]

    def hover(self, file: str, word: str) -> str:
        """Return what is shown where the mouse rests on a word."""
        found = self._ask("textDocument/hover", **self._at(file, word, 1))
        return str(found["contents"]["value"]) if found else ""

    def offers(self, file: str, word: str) -> dict[str, dict[str, Any]]:
        """Return what is offered behind a text, by label."""
        found = self._ask("textDocument/completion", **self._at(file, word, len(word)))
        items = found["items"] if isinstance(found, dict) else found
        return {it["label"]: it for it in items or []}

    def _at(self, file: str, word: str, offset: int) -> dict[str, Any]:
        uri = (self._root / file).as_uri()
        before = self._texts[uri][: self._texts[uri].index(word) + offset]
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return {"textDocument": {"uri": uri}, "position": position}

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": parameters})
        while True:
            message = self._take()
            if message.get("id") == self._number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, **parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self._server.stdin.flush()

    def _take(self) -> dict[str, Any]:
        """Take the next message, and answer it if it is a question."""
        message = self._arrived.get(timeout=_PATIENCE)
        assert message is not None, "the language server has ended"
        if message.get("method") == "textDocument/publishDiagnostics":
            self._published[message["params"]["uri"]] = message["params"]["diagnostics"]
        if "method" in message and "id" in message:
            asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            result = None if asked is None else [_SETTINGS.get(it["section"]) for it in asked]
            self._send({"id": message["id"], "result": result})
        return message

    def _read(self) -> None:
        stream = self._server.stdout
        assert stream
        while found := re.match(rb"Content-Length: (\d+)", stream.readline()):
            while stream.readline().strip():
                pass
            self._arrived.put(json.loads(stream.read(int(found[1]))))
        self._arrived.put(None)
