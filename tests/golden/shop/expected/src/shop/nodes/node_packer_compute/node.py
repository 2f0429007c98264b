"""Decide how many boxes the lines of an order need."""

from omnibase_core.nodes import NodeCompute

from shop.nodes.node_packer_compute.models import ModelPackerOutput, ModelParcel


class NodePackerCompute(NodeCompute[ModelParcel, ModelPackerOutput]):
    """Decide how many boxes the lines of an order need."""
