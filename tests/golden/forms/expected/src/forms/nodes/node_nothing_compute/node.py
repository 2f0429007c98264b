"""Take nothing and give nothing back at all."""

from omnibase_core.nodes import NodeCompute

from forms.nodes.node_nothing_compute.models import ModelNothingInput, ModelNothingOutput


class NodeNothingCompute(NodeCompute[ModelNothingInput, ModelNothingOutput]):
    """Take nothing and give nothing back at all."""
