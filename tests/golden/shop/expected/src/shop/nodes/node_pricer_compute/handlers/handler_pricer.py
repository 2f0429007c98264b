"""Price an order from its lines and a discount."""

from decimal import Decimal

from shop.nodes.node_pricer_compute.models import ModelPricerInput, ModelPricerOutput
from shop.shared.money import ModelAmount


class HandlerPricer:
    """Price an order from its lines and a discount."""

    def handle(self, request: ModelPricerInput) -> ModelPricerOutput:
        """Compute the output of one request."""
        gross = sum((line.quantity * line.price for line in request.lines), Decimal())
        return ModelPricerOutput(
            gross=gross,
            due=ModelAmount(
                value=(gross * (1 - request.discount)).quantize(Decimal("0.01")), currency=request.currency
            ),
        )
