"""What pricer gives for the examples of its spec."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from shop.nodes.node_pricer_compute.handlers import HandlerPricer
from shop.nodes.node_pricer_compute.models import ModelPricerInput, ModelPricerOutput
from shop.shared.money import EnumCurrency, ModelAmount


def test_ten_percent_off() -> None:
    """Ten percent off."""
    request = ModelPricerInput.model_validate(
        {"lines": [{"sku": "A", "quantity": 2, "price": "5.00"}], "discount": "0.1"}
    )

    assert HandlerPricer().handle(request) == ModelPricerOutput(
        gross=Decimal("10.00"), due=ModelAmount(value=Decimal("9.00"))
    )


def test_ten_percent_off_2() -> None:
    """Ten percent off."""
    request = ModelPricerInput.model_validate(
        {"lines": [{"sku": "A", "quantity": 2, "price": "5.00"}], "discount": "0.10", "currency": "USD"}
    )

    assert HandlerPricer().handle(request) == ModelPricerOutput(
        gross=Decimal("10.00"), due=ModelAmount(value=Decimal("9.00"), currency=EnumCurrency.USD)
    )


def test_no_lines() -> None:
    """No lines."""
    with pytest.raises(ValidationError):
        HandlerPricer().handle(ModelPricerInput.model_validate({"lines": []}))
