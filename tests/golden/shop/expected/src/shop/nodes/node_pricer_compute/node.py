"""Price an order from its lines and a discount."""

from omnibase_core.nodes import NodeCompute

from shop.nodes.node_pricer_compute.models import ModelPricerInput, ModelPricerOutput


class NodePricerCompute(NodeCompute[ModelPricerInput, ModelPricerOutput]):
    """Price an order from its lines and a discount."""
