"""What words is asked."""

from pydantic import BaseModel, ConfigDict


class ModelWordsInput(BaseModel):
    """What words is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
