"""What intake is asked."""

from pydantic import BaseModel, ConfigDict


class ModelIntakeInput(BaseModel):
    """What intake is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
