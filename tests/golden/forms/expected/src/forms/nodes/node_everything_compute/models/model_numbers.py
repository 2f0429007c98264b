"""Numbers."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class ModelNumbers(BaseModel):
    """Numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    whole: int = Field(ge=0, le=100, multiple_of=5)
    share: float = Field(gt=0, lt=1)
    price: Decimal = Field(ge=0, multiple_of=0.05)
    exact: Decimal = Field(default=Decimal("12.50"), gt=Decimal("0.1"), lt=Decimal("99.95"))
    ratio: float = 1.0
    some: int | None = Field(default=7, ge=1)
