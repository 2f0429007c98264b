"""A line."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class ModelLine(BaseModel):
    """A line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: str = Field(min_length=1)
    quantity: int = Field(gt=0)
    price: Decimal = Field(ge=0)
