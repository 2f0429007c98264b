"""The server of a remote cache, by the HTTP protocol that Bazel's documentation describes ("Remote caching").

A result is `{url}/ac/{name}`, a blob `{url}/cas/{its SHA-256}`; they are had by GET, looked for by HEAD
and given by PUT. nginx, Apache, bazel-remote and others serve it.
"""

from __future__ import annotations

import base64
import netrc
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urlsplit

from omnibuild.core.values import digest
from omnibuild.spec.remote_settings import SECRET_HINT
from omnibuild.spec.variables import PASSWORD, TOKEN, USER

if TYPE_CHECKING:
    import httpx

type Store = Literal["ac", "cas"]

CONNECTIONS = 16
MOST_BYTES_OF_A_RESULT = 4 * 2**20
_MOST_BYTES_OF_A_PAGE = 2**16
_MISSES = frozenset({204, 404})
_REFUSALS = frozenset({401, 403, 407})
_USUAL_HINT = "look at `[cache] remote` in omnibuild.toml; OMNIBUILD_CACHE_REMOTE= builds without it"


class RemoteError(Exception):
    """The server did not do what was asked of it; with `final`, asking again has no sense.

    `of_entry` says that the server works, and what it holds is not as it should be.
    """

    def __init__(self, message: str, hint: str = _USUAL_HINT, *, final: bool = False, of_entry: bool = False) -> None:
        super().__init__(message)
        self.hint = hint
        self.final = final
        self.of_entry = of_entry


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for a connection, for the next bytes, and for any whole answer."""

    connect: float = 2.0
    silence: float = 5.0
    answer: float = 10.0


class RemoteServer:
    """A server that is asked between `__enter__` and `__exit__`, from several threads at once.

    Every question raises RemoteError if the server cannot be reached, refuses, or answers what it should not.
    Its messages never have what proves who is asking.
    """

    def __init__(self, url: str, environ: Mapping[str, str], patience: Patience | None = None) -> None:
        self._url = url.rstrip("/")
        self._environ = environ
        self.patience = patience or Patience()
        self._client: httpx.Client

    @property
    def name(self) -> str:
        """The server's host, with its port if the URL has one."""
        return urlsplit(self._url).netloc.rpartition("@")[2]

    def __enter__(self) -> Self:
        import httpx

        headers = {"Accept-Encoding": "identity", "User-Agent": "omnibuild"}
        if proof := authorization(self.name, self._environ):
            headers["Authorization"] = proof
        seconds = self.patience
        try:
            # Python's own context: it trusts whom the system trusts, and heeds SSL_CERT_FILE. httpx brings a list.
            self._client = httpx.Client(
                headers=headers,
                verify=ssl.create_default_context() if self._url.startswith("https:") else False,
                timeout=httpx.Timeout(seconds.silence, connect=seconds.connect, pool=None),
                limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            )
        except (httpx.InvalidURL, ValueError, ImportError, OSError) as error:
            # The environment names a proxy or certificates that cannot be used; a proxy may have a password.
            hint = "look at HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"
            raise RemoteError(f"no connection can be set up ({type(error).__name__})", hint, final=True) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def result(self, name: str) -> bytes | None:
        """Return the result of this name, None if there is none."""
        return self._get("ac", name, MOST_BYTES_OF_A_RESULT)

    def blob(self, name: str, size: int) -> bytes | None:
        """Return the blob of this digest and size, None if there is none."""
        data = self._get("cas", name, size)
        if data is not None and (len(data) != size or digest(data) != name):
            hint = 'it is damaged: remove it there, or have it replaced by a build with `remote_mode = "read-write"`'
            raise RemoteError(f"the blob {name[:12]} is not what its name says", hint, of_entry=True)
        return data

    def has_blob(self, name: str, size: int) -> bool:
        """Return whether the blob is there, as long as it should be."""
        with self._answer("HEAD", "cas", name) as answer:
            told = answer.headers.get("Content-Length", str(size))
            return answer.status_code not in _MISSES and told == str(size)

    def put(self, store: Store, name: str, data: bytes) -> None:
        """Give a blob or a result; what is there under the name is replaced."""
        with self._answer("PUT", store, name, data) as answer:
            if answer.status_code == 404:
                raise RemoteError(f"PUT /{store}/ is not there (404)", "the server must let this URL be written")

    def _get(self, store: Store, name: str, most: int) -> bytes | None:
        with self._answer("GET", store, name) as answer:
            if answer.status_code in _MISSES:
                return None
            data = bytearray()
            for part in answer.iter_raw():
                data += part
                if len(data) > most:
                    raise RemoteError(f"GET /{store}/{name[:12]} answers more than it should")
            return bytes(data)

    @contextmanager
    def _answer(self, method: str, store: Store, name: str, data: bytes | None = None) -> Iterator[httpx.Response]:
        """Ask, and give the answer if it is what was asked for or a miss."""
        import httpx

        try:
            with self._client.stream(method, f"{self._url}/{store}/{name}", content=data) as answer:
                code = answer.status_code
                if code not in _MISSES and not answer.is_success:
                    hint = SECRET_HINT if code in _REFUSALS else _USUAL_HINT
                    raise RemoteError(f"{method} /{store}/ is answered with {code}", hint, final=code in _REFUSALS)
                yield answer
                if not answer.is_stream_consumed:
                    _read_page(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise _unreachable(error) from error
        except httpx.TimeoutException as error:
            raise RemoteError(f"{method} /{store}/ is not answered in time") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            raise RemoteError(f"{method} /{store}/ failed ({type(error).__name__})") from error


def _read_page(answer: httpx.Response) -> None:
    """Read the page that comes with a miss, which nobody wants, so that the connection serves again; not a long one."""
    size = 0
    for part in answer.iter_raw():
        size += len(part)
        if size > _MOST_BYTES_OF_A_PAGE:
            return


def authorization(host: str, environ: Mapping[str, str]) -> str | None:
    """Return what proves who is asking: a token, a user with a password, or what ~/.netrc has for the host.

    Raises RemoteError, which does not say what they are, if they cannot stand in a header or cannot be read.
    """
    if token := environ.get(TOKEN, "").strip():
        if not (token.isascii() and token.isprintable()):
            raise RemoteError(f"{TOKEN} has characters that no token has", "set it anew", final=True)
        return f"Bearer {token}"
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if not user:
        user, password = _from_netrc(urlsplit(f"//{host}").hostname or "", environ)
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}" if user else None


def _from_netrc(host: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the user and the password for a host; an entry for all hosts is not meant for a cache."""
    try:
        file = Path(environ.get("NETRC") or Path.home() / ".netrc")
        if not file.is_file():
            return "", ""
        login, _, password = netrc.netrc(str(file)).hosts.get(host, ("", "", ""))
    except (netrc.NetrcParseError, OSError, ValueError, RuntimeError) as error:
        # The error may quote the file.
        raise RemoteError("the file .netrc cannot be read", "correct it, or set NETRC", final=True) from error
    return login, password or ""


def _unreachable(error: Exception) -> RemoteError:
    """Return what to say where there is no connection; the usual reasons have no secrets in them."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        hint = "set SSL_CERT_FILE to a file with the certificate of your own authority"
        return RemoteError("its certificate is not trusted", hint, final=True)
    return RemoteError(f"it cannot be reached ({str(error) or type(error).__name__})", final=True)
