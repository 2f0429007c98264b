"""What pricer answers."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from shop.shared.money.model_amount import ModelAmount


class ModelPricerOutput(BaseModel):
    """What pricer answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gross: Decimal
    due: ModelAmount
    remark: str | None = None
