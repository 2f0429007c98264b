"""Orders for the warehouse, over HTTP."""

import httpx

from acme.nodes.node_warehouse_notifier_effect.environment import Environment
from acme.nodes.node_warehouse_notifier_effect.models import (
    ModelWarehouseNotifierInput,
    ModelWarehouseNotifierOutput,
)

TIMEOUT_SECONDS = 30


async def handle(request: ModelWarehouseNotifierInput, environment: Environment) -> ModelWarehouseNotifierOutput:
    """Post the order; the warehouse answers with its receipt."""
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        told = await client.post(
            f"{environment.warehouse_url}/orders",
            json=request.model_dump(mode="json"),
            headers={"Idempotency-Key": str(request.order_id)},
        )
    told.raise_for_status()
    return ModelWarehouseNotifierOutput(receipt=str(told.json()["receipt"]))
