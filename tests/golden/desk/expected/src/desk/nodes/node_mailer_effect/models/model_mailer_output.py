"""What mailer answers."""

from pydantic import BaseModel, ConfigDict


class ModelMailerOutput(BaseModel):
    """What mailer answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sent: bool
