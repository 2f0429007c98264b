"""The models of echo."""

from shop.shared.money.model_amount import ModelAmount

__all__ = ["ModelAmount"]
