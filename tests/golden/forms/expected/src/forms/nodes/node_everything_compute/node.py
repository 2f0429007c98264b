"""Take a value of every type that there is."""

from omnibase_core.nodes import NodeCompute

from forms.nodes.node_everything_compute.models import ModelEverythingInput, ModelEverythingOutput


class NodeEverythingCompute(NodeCompute[ModelEverythingInput, ModelEverythingOutput]):
    """Take a value of every type that there is."""
