"""Decide how many boxes the lines of an order need."""

from shop.nodes.node_packer_compute.models import EnumSize, ModelPackerOutput, ModelParcel


class HandlerPacker:
    """Decide how many boxes the lines of an order need."""

    def handle(self, request: ModelParcel) -> ModelPackerOutput:
        """Compute the output of one request."""
        grams = sum(line.grams * 1 for line in request.weighed.values())
        pieces = sum(line.quantity for line in request.ordered)
        is_heavy = grams > 20000 or pieces > 100
        return ModelPackerOutput(
            boxes=max(1, -(-pieces // (50 if is_heavy else 10))), size=EnumSize.LARGE if is_heavy else request.size
        )
