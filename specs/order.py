"""The transitions of an order."""

from decimal import Decimal

from acme.nodes.node_order_reducer.models import (
    EnumStatus,
    ModelOrderInput,
    ModelOrderOutput,
    ModelState,
)


def handle(request: ModelOrderInput) -> ModelOrderOutput:
    """Take the transition that the event allows in this state, or reject the event."""
    state, event = request.state, request.event
    match state.status, event.name:
        case EnumStatus.DRAFT, "placed":
            total = sum((line.quantity * line.unit_price for line in event.lines), Decimal())
            return ModelOrderOutput(state=ModelState(status=EnumStatus.PLACED, lines=event.lines, total=total))
        case EnumStatus.PLACED, "payment_received" if event.amount >= state.total:
            return ModelOrderOutput(state=state.model_copy(update={"status": EnumStatus.PAID}))
        case (EnumStatus.DRAFT | EnumStatus.PLACED), "cancelled":
            return ModelOrderOutput(state=state.model_copy(update={"status": EnumStatus.CANCELLED}))
        case _:
            return ModelOrderOutput(state=state, accepted=False)
