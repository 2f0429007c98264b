"""Where the remote cache may be: what is wrong with its URL, and where its secrets belong."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SECRET_HINT = "give them by OMNIBUILD_CACHE_USER and OMNIBUILD_CACHE_PASSWORD, OMNIBUILD_CACHE_TOKEN, or ~/.netrc"  # noqa: S105  # no secret, but where it goes
_EXAMPLE = "https://cache.example.com/omnibuild"


def holds_secret(url: str) -> bool:
    """Return whether a URL may hold a user or a password, whatever else is wrong with it: it is not to be shown."""
    return "@" in url


def remote_fault(url: str) -> tuple[str, str] | None:
    """Return what is wrong with the URL of a remote cache, and a hint; None if nothing is. Neither has the URL."""
    if not url:
        return None
    if holds_secret(url):
        return "a URL with a user or a password would end up in logs and histories", SECRET_HINT
    hint = f"write it as {_EXAMPLE}"
    try:
        parts = urlsplit(url)
        sound = parts.port != 0
    except ValueError:
        return "this is not a URL", hint
    if parts.scheme not in ("http", "https"):
        return "only http:// and https:// are spoken", hint
    if not parts.hostname or not sound or not re.fullmatch(r"[!-\[\]-~]+", url):
        return "this is not a URL", hint
    if "?" in url or "#" in url:
        return "the URL goes before /ac/ and /cas/: it has no query and no fragment", hint
    return None
