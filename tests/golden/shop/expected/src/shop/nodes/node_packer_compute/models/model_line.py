"""A line."""

from pydantic import BaseModel, ConfigDict, Field


class ModelLine(BaseModel):
    """A line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: str
    grams: int = Field(ge=0)
