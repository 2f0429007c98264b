"""What nothing answers."""

from pydantic import BaseModel, ConfigDict


class ModelNothingOutput(BaseModel):
    """What nothing answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")
