"""What mailer gives for the examples of its spec."""

import asyncio

import pytest
from httpx import ConnectError

from desk.nodes.node_mailer_effect.handlers import HandlerMailer
from desk.nodes.node_mailer_effect.handlers.handler_mailer import NoToken
from desk.nodes.node_mailer_effect.models import ModelMailerInput


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers."""
    monkeypatch.setenv("MAIL_URL", "http://127.0.0.1:9")
    request = ModelMailerInput.model_validate({"to": "ann@example.org", "ticket": {"status": "closed"}})

    with pytest.raises(ConnectError):
        asyncio.run(HandlerMailer().handle(request))


def test_a_closed_ticket_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed ticket without a token."""
    monkeypatch.setenv("MAIL_URL", "none:")
    monkeypatch.setenv("MAIL_TOKEN", "")
    request = ModelMailerInput.model_validate({"to": "ann@example.org", "ticket": {"status": "open"}})

    with pytest.raises(NoToken):
        asyncio.run(HandlerMailer().handle(request))
