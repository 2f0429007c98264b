"""The models of nothing."""

from forms.nodes.node_nothing_compute.models.model_nothing_input import ModelNothingInput
from forms.nodes.node_nothing_compute.models.model_nothing_output import ModelNothingOutput

__all__ = ["ModelNothingInput", "ModelNothingOutput"]
