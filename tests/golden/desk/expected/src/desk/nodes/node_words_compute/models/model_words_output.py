"""What words answers."""

from pydantic import BaseModel, ConfigDict


class ModelWordsOutput(BaseModel):
    """What words answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int
