"""The values of currency."""

from enum import StrEnum


class EnumCurrency(StrEnum):
    """The values of currency."""

    EUR = "EUR"
    """the euro."""
    USD = "USD"
    """the US dollar."""
