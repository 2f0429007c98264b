"""What nothing is asked."""

from pydantic import BaseModel, ConfigDict


class ModelNothingInput(BaseModel):
    """What nothing is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")
