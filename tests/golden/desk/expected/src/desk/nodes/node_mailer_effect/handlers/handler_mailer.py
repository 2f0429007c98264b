"""Letters to customers, by way of a mail server that speaks HTTP."""

# The server is not ours: see https://example.org/mail for what it wants.
import httpx

from desk.nodes.node_mailer_effect.environment import Environment
from desk.nodes.node_mailer_effect.models import ModelMailerInput, ModelMailerOutput

TIMEOUT = 5.0  # seconds


class NoToken(Exception):
    """The server is not asked without a token."""


def _letter(request: ModelMailerInput, environment: Environment) -> dict[str, str]:
    return {
        "from": environment.mail_sender,
        "to": request.to,
        "text": f"Your ticket is {request.ticket.status.value}.",
    }


class HandlerMailer:
    """Send a letter to the customer of a ticket."""

    def __init__(self, environment: Environment | None = None) -> None:
        self._environment = environment or Environment.read()

    async def handle(self, request: ModelMailerInput) -> ModelMailerOutput:
        """Post the letter; the server answers with 202."""
        environment = self._environment
        if environment.mail_url == "none:":
            raise NoToken
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            answer = await client.post(environment.mail_url, json=_letter(request, environment))
        # It answers 200 for a letter that it has sent before.
        return ModelMailerOutput(sent=answer.status_code in {200, 202})
