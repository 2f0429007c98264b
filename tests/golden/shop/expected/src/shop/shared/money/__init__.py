"""Amounts of money, and the currencies that they are in."""

from shop.shared.money.enum_currency import EnumCurrency
from shop.shared.money.model_amount import ModelAmount

__all__ = ["EnumCurrency", "ModelAmount"]
