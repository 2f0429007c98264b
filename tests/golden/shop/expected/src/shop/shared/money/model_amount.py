"""An amount."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from shop.shared.money.enum_currency import EnumCurrency


class ModelAmount(BaseModel):
    """An amount."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Decimal = Field(ge=0, description="How much it is.")
    currency: EnumCurrency = EnumCurrency.EUR
