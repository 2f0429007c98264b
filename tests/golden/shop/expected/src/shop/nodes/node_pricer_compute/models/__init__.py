"""The models of pricer."""

from shop.nodes.node_pricer_compute.models.model_line import ModelLine
from shop.nodes.node_pricer_compute.models.model_pricer_input import ModelPricerInput
from shop.nodes.node_pricer_compute.models.model_pricer_output import ModelPricerOutput

__all__ = ["ModelLine", "ModelPricerInput", "ModelPricerOutput"]
