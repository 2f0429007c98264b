"""A server that does what no server should do, to see that a build goes on."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

type Reply = Callable[[socket.socket, Event], object]
"""Answers one request; the event is set when the test is over."""


@dataclass(slots=True)
class BadServer:
    """A running server: its URL, and the first line of every request."""

    url: str
    asked: list[str] = field(default_factory=list)


def says(data: bytes) -> Reply:
    """Return what answers with these bytes, whatever is asked."""
    return lambda it, _: it.sendall(data)


def answers(status: str, body: bytes = b"", *headers: str) -> Reply:
    """Return what answers with this status and body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return says("\r\n".join(lines).encode() + body)


def hangs(_: socket.socket, over: Event) -> None:
    """Say nothing."""
    over.wait()


def drips(connection: socket.socket, over: Event) -> None:
    """Say something now and then, without an end; no time-out between two bytes helps against that."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not over.wait(0.02):
            connection.sendall(b"a")


def resets(connection: socket.socket, _: Event) -> None:
    """Break the connection off, as a machine that goes down does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextmanager
def bad_server(reply: Reply) -> Iterator[BadServer]:
    """Serve every request with a reply, each connection in a thread."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        server = BadServer(f"http://127.0.0.1:{listening.getsockname()[1]}")

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                while head := _head(connection):
                    server.asked.append(head.split("\r\n")[0])
                    reply(connection, over)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()

        Thread(target=accept, daemon=True).start()
        try:
            yield server
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)


def _head(connection: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return ""
        data += part
    return data.decode("latin-1")
