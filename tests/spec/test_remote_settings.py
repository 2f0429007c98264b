from __future__ import annotations

import pytest

from omnibuild.core.values import Place, RemoteMode
from omnibuild.spec.remote_settings import remote_fault
from omnibuild.spec.settings import read_settings

LEAST = '[workspace]\npackage = "acme"\n'


def test_there_is_none_unless_it_is_named() -> None:
    settings, _ = read_settings(LEAST)
    assert settings
    assert (settings.remote, settings.remote_mode) == ("", RemoteMode.READ)


def test_an_environment_may_be_the_one_that_writes() -> None:
    text = f'{LEAST}[cache]\nremote = "https://cache.example.com/a/"\n[env.ci.cache]\nremote_mode = "read-write"\n'
    plain, _ = read_settings(text)
    ci, _ = read_settings(text, "ci")
    assert plain
    assert ci
    assert (plain.remote, plain.remote_mode) == ("https://cache.example.com/a/", RemoteMode.READ)
    assert (ci.remote, ci.remote_mode) == ("https://cache.example.com/a/", RemoteMode.READ_WRITE)


@pytest.mark.parametrize("url", ["", "http://cache", "https://cache:8443/a/b", "http://[::1]:80", "http://127.0.0.1:9"])
def test_urls(url: str) -> None:
    assert remote_fault(url) is None


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("cache.example.com", "only http"),
        ("ftp://cache", "only http"),
        ("grpc://cache:9092", "only http"),
        ("file:///etc", "only http"),
        ("https://", "not a URL"),
        ("https://cache:port", "not a URL"),
        ("https://cache:0", "not a URL"),
        ("https://cache:99999", "not a URL"),
        ("https://[::1", "not a URL"),
        ("https://cache/a b", "not a URL"),
        ("https://cache\\a", "not a URL"),
        ("https://cäche", "not a URL"),
        ("https://cache/?token=secret", "no query"),
        ("https://cache/#secret", "no query"),
        ("https://user:secret@cache", "a user or a password"),
        ("https://secret@cache", "a user or a password"),
        ("user:secret@cache", "a user or a password"),
    ],
)
def test_what_is_no_url_of_a_cache(url: str, message: str) -> None:
    settings, (problem,) = read_settings(f'{LEAST}[cache]\nremote = "{url}"\n'.replace("\\", "\\\\"))
    assert settings is None
    assert problem.message.startswith("`cache.remote`: ")
    assert message in problem.message
    # The line is shown with the place: not where it may have a password.
    assert problem.at == (None if "@" in url else Place("omnibuild.toml", 4, 1))
    assert "secret" not in f"{problem.message}{problem.hint}"


def test_a_mode_that_does_not_exist() -> None:
    settings, (problem,) = read_settings(f'{LEAST}[cache]\nremote_mode = "write"\n')
    assert settings is None
    assert problem.message == "`cache.remote_mode`: input should be 'read' or 'read-write'"
