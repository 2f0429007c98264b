from __future__ import annotations

import base64
import subprocess
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from omnibuild.adapters import remote_server
from omnibuild.adapters.remote_server import Patience, RemoteError, RemoteServer, authorization
from omnibuild.core.values import digest
from tests.bad_server import Reply, answers, bad_server, drips, hangs, resets, says
from tests.nginx import PASSWORD, TOKEN, USER, documented, for_everybody, nginx, token_only, with_tls

DATA = b"some text\n"
NAME = digest(DATA)
WRITER = {"OMNIBUILD_CACHE_USER": USER, "OMNIBUILD_CACHE_PASSWORD": PASSWORD}
QUICK = Patience(0.5, 0.1, 0.5)


@pytest.fixture(autouse=True)
def _straight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Have no proxy between a test and its server, and no .netrc of whoever runs the test."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("HOME", str(tmp_path))


def test_blobs_and_results_come_back(tmp_path: Path) -> None:
    with nginx(tmp_path / "n", for_everybody(documented())) as it, RemoteServer(f"{it.url}/", {}) as server:
        assert server.blob(NAME, len(DATA)) is None
        assert server.result(NAME) is None
        assert not server.has_blob(NAME, len(DATA))

        server.put("cas", NAME, DATA)
        server.put("ac", NAME, b"result")
        server.put("ac", NAME, b"")

        assert server.has_blob(NAME, len(DATA))
        assert not server.has_blob(NAME, 3), "it was not given as a whole"
        assert server.blob(NAME, len(DATA)) == DATA
        assert server.result(NAME) == b""
        assert (it.store / "cas" / NAME).read_bytes() == DATA


def test_a_blob_that_is_another_one_is_refused(tmp_path: Path) -> None:
    with nginx(tmp_path / "n", for_everybody(documented())) as it, RemoteServer(it.url, {}) as server:
        for damage in (DATA[:-1], DATA + b"more", DATA.upper()):
            server.put("cas", NAME, damage)
            with pytest.raises(RemoteError) as told:
                server.blob(NAME, len(DATA))
            assert not told.value.final


def test_a_result_without_an_end_is_not_read_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_server, "MOST_BYTES_OF_A_RESULT", 5)
    with (
        bad_server(says(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 10)) as it,
        RemoteServer(it.url, {}) as server,
        pytest.raises(RemoteError, match="more than it should"),
    ):
        server.result(NAME)


def test_everybody_reads_and_users_write(tmp_path: Path) -> None:
    wrong = WRITER | {"OMNIBUILD_CACHE_PASSWORD": "secret guess"}
    with nginx(tmp_path / "n", documented()) as it:
        for environ in ({}, wrong):
            with RemoteServer(it.url, environ) as server, pytest.raises(RemoteError) as told:
                server.put("cas", NAME, DATA)
            assert told.value.final
            assert "401" in str(told.value)
            assert "secret guess" not in f"{told.value}{told.value.hint}"
        with RemoteServer(it.url, WRITER) as server:
            server.put("cas", NAME, DATA)
        with RemoteServer(it.url, {}) as server:
            assert server.blob(NAME, len(DATA)) == DATA


def test_the_user_of_the_host_is_found_in_netrc(tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text(f'machine 127.0.0.1 login {USER} password "{PASSWORD}"\n')
    file.chmod(0o600)
    with nginx(tmp_path / "n", documented()) as it, RemoteServer(it.url, {"NETRC": str(file)}) as server:
        server.put("cas", NAME, DATA)
        assert server.has_blob(NAME, len(DATA))


def test_a_token_opens(tmp_path: Path) -> None:
    with nginx(tmp_path / "n", token_only(documented())) as it:
        with RemoteServer(it.url, {"OMNIBUILD_CACHE_TOKEN": f"{TOKEN}\n"}) as server:
            server.put("cas", NAME, DATA)
            assert server.has_blob(NAME, len(DATA))
        with (
            RemoteServer(it.url, {"OMNIBUILD_CACHE_TOKEN": "guess"}) as server,
            pytest.raises(RemoteError, match="401") as told,
        ):
            server.blob(NAME, len(DATA))
        assert "OMNIBUILD_CACHE_TOKEN" in told.value.hint
        assert "guess" not in f"{told.value}{told.value.hint}"


def test_the_certificate_of_an_own_authority_is_trusted_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, certificate, key = certificates(tmp_path)
    with nginx(tmp_path / "n", with_tls(for_everybody(documented()), certificate, key)) as it:
        with RemoteServer(it.url, {}) as server, pytest.raises(RemoteError, match="not trusted") as told:
            server.result(NAME)
        assert told.value.final
        assert "SSL_CERT_FILE" in told.value.hint

        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        with RemoteServer(it.url, {}) as server:
            server.put("cas", NAME, DATA)
            assert server.blob(NAME, len(DATA)) == DATA
        wrong_host = it.url.replace("localhost", "127.0.0.1")
        with RemoteServer(wrong_host, {}) as server, pytest.raises(RemoteError, match="not trusted"):
            server.result(NAME)
        with RemoteServer(it.url.replace("https", "http"), {}) as server, pytest.raises(RemoteError, match="400"):
            server.result(NAME)


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Return an authority's certificate, and a certificate for localhost by it with its key."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(*new, "-x509", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2")
    openssl(*new, "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "request.pem")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"]
    openssl("x509", "-req", "-in", "request.pem", *signed, "-out", "certificate.pem")
    return folder / "ca.pem", folder / "certificate.pem", folder / "key.pem"


BAD: dict[str, tuple[Reply, bool]] = {
    "hangs": (hangs, False),
    "resets": (resets, False),
    "garbage": (says(b"\x00\xff garbage\r\n\r\n"), False),
    "ends early": (says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\nabc"), False),
    "500": (answers("500 Internal Server Error"), False),
    "400": (answers("400 Bad Request"), False),
    "redirect": (answers("302 Found", b"", "Location: http://127.0.0.1:1/"), False),
    "403": (answers("403 Forbidden"), True),
}


@pytest.mark.parametrize("name", BAD)
def test_whatever_is_wrong_is_one_kind_of_error(name: str) -> None:
    reply, final = BAD[name]
    environ = {"OMNIBUILD_CACHE_TOKEN": "secret"}
    with bad_server(reply) as it, RemoteServer(it.url, environ, QUICK) as server:
        asks = (partial(server.result, NAME), partial(server.blob, NAME, 3), partial(server.put, "cas", NAME, DATA))
        for ask in asks:
            with pytest.raises(RemoteError) as told:
                ask()
            assert told.value.final is final
            assert "secret" not in f"{told.value}{told.value.hint}"


@pytest.mark.parametrize("status", ["404 Not Found", "204 No Content"])
def test_a_miss_is_no_error(status: str) -> None:
    reply = answers(status) if status.startswith("404") else says(f"HTTP/1.1 {status}\r\n\r\n".encode())
    with bad_server(reply) as it, RemoteServer(it.url, {}, QUICK) as server:
        assert server.result(NAME) is None
        assert server.blob(NAME, 3) is None
        assert not server.has_blob(NAME, 3)


def test_no_server_is_final(tmp_path: Path) -> None:
    with bad_server(hangs) as it:
        gone = it.url
    with RemoteServer(gone, {}, QUICK) as server, pytest.raises(RemoteError, match="cannot be reached") as told:
        server.result(NAME)
    assert told.value.final


@pytest.mark.parametrize("url", ["http://no.such.host.invalid", "https://[::1]:1", "http://127.0.0.1:1"])
def test_no_host_is_final(url: str) -> None:
    with RemoteServer(url, {}, QUICK) as server, pytest.raises(RemoteError) as told:
        server.result(NAME)
    assert told.value.final


def test_a_proxy_that_cannot_be_used_is_an_error_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTP_PROXY", "gopher://user:secret@proxy")
    with pytest.raises(RemoteError) as told, RemoteServer("http://cache.example.com", {}):
        raise AssertionError
    assert "secret" not in f"{told.value}{told.value.hint}"
    assert "HTTP_PROXY" in told.value.hint


def basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"OMNIBUILD_CACHE_TOKEN": "  "}, None),
        ({"OMNIBUILD_CACHE_TOKEN": "t", "OMNIBUILD_CACHE_USER": "u"}, "Bearer t"),
        ({"OMNIBUILD_CACHE_USER": "ü", "OMNIBUILD_CACHE_PASSWORD": "p:\n"}, basic("ü", "p:\n")),
        ({"NETRC": "netrc"}, basic("u", "p")),
        ({"NETRC": "no such file"}, None),
        ({"NETRC": "netrc", "OMNIBUILD_CACHE_USER": "me"}, basic("me", "")),
    ],
)
def test_who_is_asking(
    environ: Mapping[str, str], expected: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("netrc").write_text("machine cache login u password p\ndefault login anybody password x\n")

    assert authorization("cache:8080", environ) == expected
    assert authorization("other", {"NETRC": "netrc"}) is None, "what is for all hosts is not for a cache"


def test_what_cannot_be_sent_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine cache login u secret")
    for environ in ({"OMNIBUILD_CACHE_TOKEN": "secret\nX: y"}, {"NETRC": str(tmp_path / "netrc")}):
        with pytest.raises(RemoteError) as told:
            authorization("cache", environ)
        assert "secret" not in f"{told.value}{told.value.hint}"


def test_a_drip_is_for_the_threads_to_give_up() -> None:
    from omnibuild.adapters.parallel import each

    with bad_server(drips) as it, RemoteServer(it.url, {}, QUICK) as server, pytest.raises(TimeoutError):
        each(server.result, [NAME], 1, QUICK.answer)
