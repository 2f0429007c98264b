"""What pricer is asked."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from shop.nodes.node_pricer_compute.models.model_line import ModelLine
from shop.shared.money.enum_currency import EnumCurrency


class ModelPricerInput(BaseModel):
    """What pricer is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: list[ModelLine] = Field(min_length=1)
    discount: Decimal = Field(default=Decimal(0), ge=0, le=1, description="The share that is not charged.")
    currency: EnumCurrency = EnumCurrency.EUR
