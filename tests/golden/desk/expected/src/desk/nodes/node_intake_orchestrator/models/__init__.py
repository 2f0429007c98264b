"""The models of intake."""

from desk.nodes.node_intake_orchestrator.models.model_intake_input import ModelIntakeInput
from desk.nodes.node_intake_orchestrator.models.model_intake_output import ModelIntakeOutput

__all__ = ["ModelIntakeInput", "ModelIntakeOutput"]
