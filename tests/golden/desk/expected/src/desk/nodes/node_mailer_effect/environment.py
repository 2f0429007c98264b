"""What mailer reads from its environment, once, at start."""

import os
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Environment:
    """What mailer reads from its environment, once, at start."""

    mail_url: str
    """The address of the mail server."""
    mail_sender: str
    """Who the letters come from."""
    mail_token: str | None

    @classmethod
    def read(cls) -> Self:
        """Read the variables; a missing one raises KeyError with its name."""
        return cls(
            mail_url=os.environ["MAIL_URL"],
            mail_sender=os.environ.get("MAIL_SENDER", "desk@example.org"),
            mail_token=os.environ.get("MAIL_TOKEN"),
        )
